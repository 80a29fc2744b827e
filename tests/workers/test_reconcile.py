"""Once an hour each connection is compared with its shop, and what differs is mended or shown."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from connectors.errors import RateLimited, Retryable
from hub.domain.channels.drift import Kind
from hub.flow.telling.drift import Subject, heal, note, note_order
from hub.invariants import check
from hub.models.channels.drift_views import open_drift, open_drift_counts
from hub.models.records.channels import ChannelAccount
from hub.models.records.orders import SalesOrder
from hub.models.records.upkeep import Drift
from hub.models.session import Database
from tests.doors import HandClock, calls_of, connect_shop, make_ports
from tests.factories import NOW
from tests.flow.orders_of_the_shop import a_line, an_order
from tests.workers.a_counting_shop import CountingShop, later
from workers.read import read_messages
from workers.reconcile import is_due, reconcile_due

CANDLES = a_line("CANDLE", external_id="l1")


class Bench:
    """A shop with an order nobody told us of."""

    def __init__(self, database: Database) -> None:
        self.clock = HandClock(NOW - timedelta(hours=1))
        self.shop = CountingShop("shopify")
        self.ports = make_ports(
            database, clock=self.clock, channels={"shopify": self.shop.registration()}
        )
        self.account = connect_shop(self.ports)
        self.clock.at = NOW + timedelta(minutes=5)

    def place(self, number: int) -> None:
        self.shop.orders[str(number)] = an_order(CANDLES, external_id=str(number))

    def run(self) -> int:
        done = reconcile_due(self.ports)
        read_messages(self.ports)
        return done

    def orders(self) -> list[str]:
        with self.ports.database.reading() as session:
            return list(session.scalars(select(SalesOrder.external_id)))

    def drift(self) -> list[tuple[str, str]]:
        with self.ports.database.reading() as session:
            found = session.scalars(select(Drift).order_by(Drift.id))
            return [(each.kind, each.how) for each in found]

    def subject(self, kind: Kind = Kind.STOCK, external_id: str = "v-1") -> Subject:
        return Subject(account_id=self.account.id, kind=kind, external_id=external_id)

    def violations(self) -> list[str]:
        with self.ports.database.reading() as session:
            return [f"{each.code} {each.what}" for each in check(session)]


@pytest.fixture
def bench(sqlite_database: Database) -> Bench:
    return Bench(sqlite_database)


@pytest.fixture
def either(database: Database) -> Bench:
    """A bench on each engine in turn."""
    return Bench(database)


def test_orders_nobody_told_us_of_are_found_and_read(either: Bench) -> None:
    for number in range(5):
        either.place(number)

    assert reconcile_due(either.ports) == 1
    assert either.drift() == [("order", "")] * 5
    read_messages(either.ports)

    assert sorted(either.orders()) == ["0", "1", "2", "3", "4"]
    assert either.drift() == [("order", "read")] * 5
    assert either.violations() == []


def test_a_newer_version_is_found_and_read(bench: Bench) -> None:
    bench.place(1)
    bench.run()
    bench.shop.orders["1"] = replace(
        later(bench.shop.orders["1"], minutes=30), note="a gift"
    )
    bench.clock.move(timedelta(hours=1))

    bench.run()

    with bench.ports.database.reading() as session:
        assert session.scalars(select(SalesOrder.note)).all() == ["a gift"]
    assert bench.drift() == [("order", "read"), ("order", "read")]


def test_what_agrees_costs_no_order_a_call(bench: Bench) -> None:
    bench.place(1)
    bench.run()
    bench.clock.move(timedelta(hours=1))
    fetched = bench.shop.calls.count("fetch_order")

    assert bench.run() == 1

    assert bench.shop.calls.count("fetch_order") == fetched


def test_it_is_done_once_an_hour(bench: Bench) -> None:
    assert bench.run() == 1
    assert not is_due(bench.ports)

    bench.clock.move(timedelta(minutes=59))
    assert not is_due(bench.ports)
    bench.clock.move(timedelta(minutes=1))
    assert is_due(bench.ports)


def test_a_shop_that_is_away_is_looked_at_again_before_the_hour_is_over(
    bench: Bench,
) -> None:
    bench.shop.next_errors = [Retryable("away")]
    assert bench.run() == 0

    bench.clock.move(timedelta(minutes=10))

    assert bench.run() == 1


def test_a_shop_that_asks_for_patience_gets_it(bench: Bench) -> None:
    bench.shop.next_errors = [RateLimited("slower", retry_after=timedelta(minutes=7))]
    bench.run()

    bench.clock.move(timedelta(minutes=6))
    assert not is_due(bench.ports)
    bench.clock.move(timedelta(minutes=2))
    assert is_due(bench.ports)


def test_an_account_that_is_off_or_lost_is_not_compared(bench: Bench) -> None:
    with bench.ports.database.begin() as session:
        session.get_one(ChannelAccount, bench.account.id).mode = "off"
    assert not is_due(bench.ports)


def test_what_must_be_read_is_asked_for_at_once(bench: Bench) -> None:
    bench.place(1)

    reconcile_due(bench.ports)

    assert {"read_messages", "plan", "push"} <= set(calls_of(bench.ports))


def test_a_difference_is_opened_once_and_healed_once(either: Bench) -> None:
    subject = either.subject()
    with either.ports.database.begin() as session:
        for theirs in ("7", "8"):
            note(session, subject, ours="5", theirs=theirs, now=NOW)

    with either.ports.database.begin() as session:
        shown = open_drift(session, account_id=either.account.id)
        assert [(each.ours, each.theirs) for each in shown.rows] == [("5", "8")]
        assert shown.count == 1
        assert heal(session, subject, how="pushed", now=NOW)
        assert not heal(session, subject, how="agreed", now=NOW)
        note(session, subject, ours="5", theirs="9", now=NOW)

    assert either.drift() == [("stock", "pushed"), ("stock", "")]
    with either.ports.database.reading() as session:
        counts = open_drift_counts(session, account_ids=[either.account.id])
    assert counts == {either.account.id: 1}


def test_a_difference_about_an_order_we_have_names_it(bench: Bench) -> None:
    bench.place(1)
    bench.run()
    with bench.ports.database.begin() as session:
        note_order(
            session, account_id=bench.account.id, external_id="1", ours="v1", theirs="v2",
            now=NOW,
        )  # fmt: skip
        order_id = session.scalars(select(SalesOrder.id)).one()
        named = session.scalars(select(Drift.order_id).where(Drift.healed_at.is_(None)))
        assert named.all() == [order_id]


def test_a_difference_between_parcels_is_looked_at_again_every_hour(bench: Bench) -> None:
    bench.place(1)
    bench.run()
    with bench.ports.database.begin() as session:
        note(
            session, bench.subject(Kind.FULFILMENT, "1"), ours="1 sent", theirs="0 sent",
            now=NOW,
        )  # fmt: skip
    bench.clock.move(timedelta(hours=1))

    bench.run()

    assert ("fulfilment", "agreed") in bench.drift()
