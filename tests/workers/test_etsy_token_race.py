"""Etsy's refresh tokens die at their first use: one of us renews, and keeps before it uses."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.errors import AuthExpired
from connectors.etsy.channel import SPEC, Etsy
from connectors.protocol import ChecksUp, Connection, Registration
from connectors.transport import Answer
from hub.flow.channels.channels import keep_token
from hub.models.records.channels import ChannelAccount
from hub.models.session import Database
from hub.ports import connection_of
from tests.contract.channels.etsy.harness import TOKEN_PATH, EtsyHarness
from tests.contract.wire import Asked
from tests.doors import HandClock, connect_shop, make_ports
from workers.shops import Shops
from workers.tokens import LEASE, TokenBusy

WORKERS = 8
LATE, OVER = timedelta(minutes=50), timedelta(minutes=60)
"""How much of a token's hour has passed: it is due, or it is no good any more."""


class Killed(BaseException):
    """The process is gone: nothing after this runs."""


def die() -> None:
    raise Killed


class Bench:
    """A strict Etsy shop, its account, clocks that move together, and what was sent."""

    def __init__(self, database: Database) -> None:
        self.etsy = EtsyHarness()
        self.clock = HandClock(at=self.etsy.now)
        self.failpoints: dict[str, Callable[[], None]] = {}
        self.unkept: list[str] = []
        """Tokens used before the database held them."""
        made = Registration(spec=SPEC, connect=self._channel, check=lambda _told: {})
        self.ports = make_ports(
            database,
            clock=self.clock,
            channels={"etsy": made},
            failpoint=lambda name: self.failpoints.get(name, lambda: None)(),
        )
        typed = self.etsy.typed()
        self.account = connect_shop(
            self.ports,
            channel="etsy",
            settings=typed.settings,
            credentials=typed.credentials,
            webhook_secrets=tuple(typed.webhook_secrets),
        )
        self._keep_first()
        self._answer, self.etsy.wire.answer = self.etsy.wire.answer, self._watch

    def _channel(self, told: Connection) -> Etsy:
        return Etsy(replace(told, allow_loopback=False), transport=self.etsy.wire)

    def _keep_first(self) -> None:
        token = self.etsy.token()
        assert token is not None
        with self.ports.database.begin() as session:
            account = session.get_one(ChannelAccount, self.account.id)
            keep_token(account, token, vault=self.ports.vault, now=self.clock.now())

    def _watch(self, asked: Asked) -> Answer:
        told = asked.headers.get("Authorization", "").removeprefix("Bearer ")
        if asked.path != TOKEN_PATH and told not in self.ever_kept():
            self.unkept.append(asked.path)
        return self._answer(asked)

    def ever_kept(self) -> set[str]:
        """The token the database holds, and the first one, which it held before."""
        token = connection_of(self.ports, account=self.now_there).token
        return {self.etsy.shop.access_token, *((token.value,) if token else ())}

    @property
    def now_there(self) -> ChannelAccount:
        with self.ports.database.reading() as session:
            return session.get_one(ChannelAccount, self.account.id)

    @property
    def trades(self) -> int:
        """How often the shop was asked for a new pair."""
        return sum(one.path == TOKEN_PATH for one in self.etsy.wire.asked)

    def pass_time(self, by: timedelta) -> None:
        """Let time pass here and there; unlike the suite's, nobody renews meanwhile."""
        self.clock.move(by)
        self.etsy._hands.at = self.clock.at  # noqa: SLF001 - the hands of the shop's clock

    def call(self) -> str:
        """Do what a worker does: get the channel and ask it something."""
        channel = Shops(self.ports).caller(self.account.id)
        assert isinstance(channel, ChecksUp)
        return channel.check_up(now=self.clock.now()).shop_ref

    def call_till_answered(self) -> str:
        """As a message that waits and is tried again."""
        for _ in range(1000):
            try:
                return self.call()
            except TokenBusy:
                time.sleep(0.02)
        raise AssertionError("the token never came")

    def die_before_keeping(self) -> None:
        """Let a worker be killed after Etsy answered and before the pair is committed."""
        self.failpoints["token.after_call"] = die
        with pytest.raises(Killed):
            self.call()
        self.failpoints.clear()


@pytest.fixture
def bench(database: Database) -> Iterator[Bench]:
    made = Bench(database)
    yield made
    made.etsy.close()


@pytest.mark.parametrize("passed", [LATE, OVER], ids=["due", "over"])
def test_eight_workers_trade_the_pair_once_and_all_go_on(
    bench: Bench, passed: timedelta
) -> None:
    bench.pass_time(passed)
    start, answers = threading.Barrier(WORKERS), list[str]()

    def work() -> None:
        start.wait()
        answers.append(bench.call_till_answered())

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [bench.etsy.shop_ref] * WORKERS
    assert bench.trades == bench.etsy.shop.grants.refreshed == 1
    assert bench.unkept == []
    assert not bench.now_there.needs_reconnect


def test_each_pair_is_kept_before_it_is_used_and_fetches_the_next(bench: Bench) -> None:
    for _ in range(3):
        bench.pass_time(OVER)
        first = bench.ever_kept()

        assert bench.call() == bench.etsy.shop_ref
        assert bench.ever_kept() != first

    assert bench.trades == bench.etsy.shop.grants.refreshed == 3
    assert bench.unkept == []


def test_a_pair_that_was_answered_and_never_kept_asks_for_the_owner(bench: Bench) -> None:
    bench.pass_time(OVER)
    bench.die_before_keeping()

    with pytest.raises(TokenBusy):
        bench.call()
    bench.pass_time(LEASE)
    with pytest.raises(AuthExpired):
        bench.call()

    there = bench.now_there
    assert bench.etsy.shop.grants.refreshed == 1
    assert there.needs_reconnect
    assert "press Connect" in there.problem


def test_a_worker_killed_before_it_asked_loses_nothing(bench: Bench) -> None:
    bench.pass_time(OVER)
    bench.failpoints["token.before_call"] = die
    with pytest.raises(Killed):
        bench.call()
    bench.failpoints.clear()

    bench.pass_time(LEASE)

    assert bench.call() == bench.etsy.shop_ref
    assert bench.trades == 1
    assert not bench.now_there.needs_reconnect
