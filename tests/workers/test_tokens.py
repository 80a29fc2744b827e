"""Tokens are fetched in good time, once, by one of us, and kept before they are used."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from connectors.errors import AuthExpired, Retryable
from hub.models.records.channels import ChannelAccount
from hub.models.session import Database
from hub.ports import connection_of
from tests.doors import HandClock, connect_shop, make_ports
from tests.flow.orders_of_the_shop import an_order
from tests.workers.a_shop import Shop
from workers.shops import Shops
from workers.tokens import LEASE, TokenBusy, renew_due

DAY = timedelta(hours=24)


class Bench:
    """A shop that gives tokens for an app's id and secret."""

    def __init__(self, database: Database) -> None:
        self.shop = Shop(database, token="nobody has one yet")
        self.shop.orders["7"] = an_order(external_id="7")
        self.clock = HandClock()
        self.failpoints: dict[str, Callable[[], None]] = {}
        self.ports = make_ports(
            database, clock=self.clock, channels={"shopify": self.shop.registration()},
            failpoint=lambda name: self.failpoints.get(name, lambda: None)(),
        )  # fmt: skip
        self.account = connect_shop(
            self.ports, credentials={"client_id": "app", "client_secret": "shpss_secret"}
        )

    def call(self) -> None:
        """Do what a job does: get the channel and ask it something."""
        channel = Shops(self.ports).caller(self.account.id)
        channel.fetch_order("7")  # type: ignore[attr-defined]

    def now_there(self) -> ChannelAccount:
        with self.ports.database.reading() as session:
            return session.get_one(ChannelAccount, self.account.id)

    def set(self, **values: object) -> None:
        with self.ports.database.begin() as session:
            session.execute(update(ChannelAccount).values(values))


@pytest.fixture
def bench(sqlite_database: Database) -> Bench:
    return Bench(sqlite_database)


@pytest.fixture
def either(database: Database) -> Bench:
    return Bench(database)


def test_the_first_call_fetches_a_token_and_the_next_ones_use_it(either: Bench) -> None:
    either.call()
    either.call()

    account = either.now_there()
    assert either.shop.asked == ["renew", "fetch_order", "fetch_order"]
    assert account.token_expires_at == either.clock.now() + DAY
    assert account.granted_scopes == ["write_fulfillments"]
    assert account.token_lease_until is None


def test_a_token_is_kept_sealed(bench: Bench) -> None:
    bench.call()

    account = bench.now_there()
    assert account.token is not None
    assert b"minted" not in account.token
    told = connection_of(bench.ports, account=account)
    assert told.token is not None
    assert told.token.value == "minted-1"


def test_who_is_killed_before_the_token_is_kept_loses_only_the_token(either: Bench) -> None:
    either.failpoints["token.after_call"] = _die
    with pytest.raises(Killed):
        either.call()
    either.failpoints.clear()

    with pytest.raises(TokenBusy):
        either.call()
    either.clock.move(LEASE)
    either.call()

    assert either.shop.mints == 2
    assert either.shop.asked[-1] == "fetch_order"


class Killed(BaseException):
    """The process is gone: nothing after this runs."""


def _die() -> None:
    raise Killed


@pytest.mark.parametrize("share, renewals", [(0.79, 0), (0.81, 1)])
def test_a_token_is_renewed_when_four_fifths_of_its_life_are_over(
    bench: Bench, share: float, renewals: int
) -> None:
    bench.call()
    bench.clock.move(DAY * share)

    assert renew_due(bench.ports) == renewals
    assert bench.shop.mints == 1 + renewals


def test_the_sweep_leaves_tokens_alone_that_nobody_ever_needed(bench: Bench) -> None:
    assert renew_due(bench.ports) == 0
    assert bench.shop.asked == []


def test_a_pasted_token_is_never_fetched(sqlite_database: Database) -> None:
    bench = Bench(sqlite_database)
    fixed = connect_shop(bench.ports, name="Fixed", credentials={"access_token": "shpat_x"})
    bench.shop.token = "shpat_x"

    Shops(bench.ports).caller(fixed.id).fetch_order("7")  # type: ignore[attr-defined]

    assert bench.shop.asked == ["fetch_order"]


def test_while_somebody_fetches_the_others_go_on_with_the_old_one(either: Bench) -> None:
    either.call()
    either.clock.move(DAY * 0.9)
    either.set(token_lease_until=either.clock.now() + LEASE)

    either.call()

    assert either.shop.mints == 1


def test_while_somebody_fetches_and_the_old_one_is_over_the_others_wait(
    bench: Bench,
) -> None:
    bench.call()
    bench.clock.move(DAY)
    bench.set(token_lease_until=bench.clock.now() + LEASE)

    with pytest.raises(TokenBusy) as waiting:
        bench.call()

    assert waiting.value.retry_after == timedelta(seconds=5)
    assert bench.shop.mints == 1


def test_who_fetched_and_died_is_replaced_when_its_lease_is_over(bench: Bench) -> None:
    bench.set(token_lease_until=bench.clock.now() + LEASE)
    bench.clock.move(LEASE)

    bench.call()

    assert bench.shop.mints == 1


def test_a_token_somebody_renewed_a_moment_ago_is_not_renewed_again(either: Bench) -> None:
    either.call()
    either.clock.move(DAY * 0.9)
    late = Shops(either.ports)
    late.reader(either.account.id)
    either.call()

    late.caller(either.account.id).fetch_order("7")  # type: ignore[attr-defined]

    assert either.shop.mints == 2


def test_a_shop_that_gives_no_token_any_more_asks_for_its_owner(bench: Bench) -> None:
    bench.shop.next_calls.append(AuthExpired("the app was removed"))

    with pytest.raises(AuthExpired):
        bench.call()

    account = bench.now_there()
    assert (account.needs_reconnect, account.problem) == (True, "the app was removed")
    assert account.token_lease_until is None


def test_a_shop_that_is_away_leaves_the_account_as_it_is(bench: Bench) -> None:
    bench.shop.next_calls.append(Retryable("away"))

    with pytest.raises(Retryable):
        bench.call()
    bench.call()

    assert bench.now_there().needs_reconnect is False
    assert bench.shop.mints == 1


def test_one_shop_without_a_token_does_not_stop_the_others(bench: Bench) -> None:
    bench.call()
    other = connect_shop(
        bench.ports,
        name="Otra",
        credentials={"client_id": "app", "client_secret": "secret-2"},
    )
    Shops(bench.ports).caller(other.id)
    bench.clock.move(DAY * 0.9)
    bench.shop.next_calls.append(AuthExpired("removed"))

    assert renew_due(bench.ports) == 1
    assert bench.shop.mints == 3


def test_a_token_refused_before_its_time_is_fetched_anew(bench: Bench) -> None:
    bench.call()
    bench.shop.token = "revoked and another made"
    shops = Shops(bench.ports)
    channel = shops.caller(bench.account.id)

    with pytest.raises(AuthExpired) as refused:
        channel.fetch_order("7")  # type: ignore[attr-defined]
    again = shops.after_refusal(bench.account.id, refused.value)

    assert again.retry_after == timedelta(0)
    shops.caller(bench.account.id).fetch_order("7")  # type: ignore[attr-defined]
    assert bench.shop.mints == 2
