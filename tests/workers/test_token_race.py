"""A pair of tokens that changes each time is renewed once, kept before it is used, never lost."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

import pytest

from connectors.errors import AuthExpired
from connectors.protocol import ChecksUp, Connection, Registration
from connectors.sandbox.shopify.storefront import Storefront
from connectors.shopify.channel import SPEC, Shopify
from connectors.transport import Answer
from hub.flow.channels.channels import keep_token
from hub.models.records.channels import ChannelAccount
from hub.models.session import Database
from hub.ports import connection_of
from tests.doors import HandClock, connect_shop, make_ports
from tests.pretend_shopify import (
    CLIENT_ID,
    CLIENT_SECRET,
    DOMAIN,
    NOW,
    Hands,
    InProcess,
    open_store,
    press,
)
from workers.shops import Shops
from workers.tokens import LEASE, TokenBusy

APP = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
BACK = "https://hub.example/oauth/shopify"
WORKERS = 8
LATE, OVER = timedelta(minutes=50), timedelta(minutes=60)
"""How much of a token's hour has passed: it is due, or it is no good any more."""


class Killed(BaseException):
    """The process is gone: nothing after this runs."""


def die() -> None:
    raise Killed


class Watched(InProcess):
    """Sees that a token that is used is the one the database holds, and counts what is traded."""

    bench: "Bench"

    def post_json(
        self, url: str, *, payload: Mapping[str, object], headers: Mapping[str, str]
    ) -> Answer:
        if not self.bench.stands_still:
            assert headers["X-Shopify-Access-Token"] in self.bench.known
        return super().post_json(url, payload=payload, headers=headers)

    def post_form(
        self, url: str, *, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        self.bench.trades.append(fields.get("grant_type", "code"))
        return super().post_form(url, fields=fields, headers=headers)


class Bench:
    """A shop whose owner let us in, its account, and clocks that move together."""

    def __init__(self, database: Database, store: Storefront, hands: Hands) -> None:
        self.store, self.hands, self.clock = store, hands, HandClock(at=NOW)
        self.trades: list[str] = []
        self.stands_still = False
        self.failpoints: dict[str, Callable[[], None]] = {}
        made = Registration(spec=SPEC, connect=self._channel, check=lambda _told: {})
        self.ports = make_ports(
            database,
            clock=self.clock,
            channels={"shopify": made},
            failpoint=lambda name: self.failpoints.get(name, lambda: None)(),
        )
        self.account = connect_shop(self.ports, settings={"shop": DOMAIN}, credentials=APP)
        self._let_in()
        self.trades.clear()

    def _channel(self, told: Connection) -> Shopify:
        wire = Watched(self.store)
        wire.bench = self
        return Shopify(told, transport=wire)

    def _let_in(self) -> None:
        channel = self._channel(connection_of(self.ports, account=self.account))
        url = channel.authorise(redirect_uri=BACK, state="s", verifier="v")
        token = channel.finish(
            redirect_uri=BACK, verifier="v", answer=press(self.store, url), now=NOW
        )
        with self.ports.database.begin() as session:
            account = session.get_one(ChannelAccount, self.account.id)
            keep_token(account, token, vault=self.ports.vault, now=NOW)

    @property
    def now_there(self) -> ChannelAccount:
        with self.ports.database.reading() as session:
            return session.get_one(ChannelAccount, self.account.id)

    @property
    def known(self) -> set[str]:
        """The token the database holds."""
        token = connection_of(self.ports, account=self.now_there).token
        return {token.value} if token else set()

    def move(self, by: timedelta) -> None:
        self.clock.move(by)
        self.hands.move(by)

    def call(self) -> str:
        """Do what a worker does: get the channel and ask it something."""
        channel = Shops(self.ports).caller(self.account.id)
        assert isinstance(channel, ChecksUp)
        return channel.check_up(now=self.clock.now()).shop_ref

    def call_till_answered(self) -> str:
        """As a message that waits and is tried again."""
        for _ in range(200):
            try:
                return self.call()
            except TokenBusy:
                time.sleep(0.02)
        raise AssertionError("the token never came")


@pytest.fixture
def bench(database: Database) -> Iterator[Bench]:
    hands = Hands()
    store = open_store(hands)
    store.add_location("Madrid")
    yield Bench(database, store, hands)
    store.close()


def test_a_pair_is_kept_sealed_and_whole(bench: Bench) -> None:
    account = bench.now_there
    token = connection_of(bench.ports, account=account).token

    assert token is not None
    assert token.refresh.startswith("shprt_")
    assert token.refresh_expires_at == NOW + timedelta(days=90)
    assert token.scopes == SPEC.scopes
    assert account.token is not None
    assert b"shprt_" not in account.token


@pytest.mark.parametrize("passed", [LATE, OVER], ids=["due", "over"])
def test_eight_workers_renew_once(bench: Bench, passed: timedelta) -> None:
    bench.move(passed)
    # While the old one is good some still use it, and the database already holds the next.
    bench.stands_still = True
    start, answers = threading.Barrier(WORKERS), list[str]()

    def work() -> None:
        start.wait()
        answers.append(bench.call_till_answered())

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [str(bench.store.shop.id)] * WORKERS
    assert bench.trades == ["refresh_token"]


def test_a_new_pair_is_kept_before_it_is_used(bench: Bench) -> None:
    before = bench.known
    bench.move(LATE)

    assert bench.call()

    assert bench.known.isdisjoint(before)
    assert bench.trades == ["refresh_token"]


def test_who_dies_between_the_answer_and_the_keeping_loses_nothing(bench: Bench) -> None:
    bench.move(OVER)
    bench.failpoints["token.after_call"] = die
    with pytest.raises(Killed):
        bench.call()
    bench.failpoints.clear()

    with pytest.raises(TokenBusy):
        bench.call()
    bench.move(LEASE)

    assert bench.call()
    assert bench.trades == ["refresh_token", "refresh_token"]
    assert not bench.now_there.needs_reconnect


def test_only_a_refused_refresh_token_asks_for_the_owner(bench: Bench) -> None:
    bench.move(OVER)
    bench.failpoints["token.after_call"] = die
    with pytest.raises(Killed):
        bench.call()
    bench.failpoints.clear()
    bench.store.api.keys.pairs.clear()
    bench.move(LEASE)

    with pytest.raises(AuthExpired):
        bench.call()

    there = bench.now_there
    assert there.needs_reconnect
    assert "let us in again" in there.problem
