"""What channels are told to have: what can be promised, once, and never over an unread sale."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.errors import NotAllowedHere, OutcomeUnknown, RateLimited, Retryable
from connectors.readings import StockSeen
from connectors.spec import Capability
from hub.flow.channels.channels import change_switches
from hub.flow.stock.stock import receive
from hub.flow.telling.stock_told import note_seen
from hub.invariants import check
from hub.models.channels.drift_views import open_drift
from hub.models.records.channels import ChannelAccount
from hub.models.records.listings import Listing
from hub.models.records.messages import OutboundMessage
from hub.models.session import Database
from mapping.canonical import Order
from tests.doors import HandClock, calls_of, connect_shop, make_ports
from tests.factories import NOW, PIECE, make_item, make_listing, make_lot
from tests.flow.orders_of_the_shop import a_line, an_order
from tests.workers.a_counting_shop import CountingShop
from workers.plan import plan
from workers.poll import poll
from workers.push import push
from workers.read import read_messages
from workers.reconcile import reconcile_due


class Bench:
    """Two shops that sell the same candle, of which there are ten."""

    def __init__(self, database: Database, *, stock: str = "live") -> None:
        self.clock = HandClock()
        self.shop = CountingShop("shopify", shown={"i-1": 10})
        self.other = CountingShop("north", shown={"i-2": 10})
        self.ports = make_ports(
            database,
            clock=self.clock,
            channels={
                "shopify": self.shop.registration(),
                "north": self.other.registration(),
            },
        )
        self.accounts = [
            connect_shop(self.ports),
            connect_shop(self.ports, channel="north", name="North"),
        ]
        with database.begin() as session:
            self.candle = make_item(session, code="CANDLE")
            make_lot(session, item=self.candle, quantity=10 * PIECE)
            self.listings = [
                self._listing(session, account.id, number)
                for number, account in enumerate(self.accounts, start=1)
            ]
        self.switch(stock)

    def _listing(self, session: Session, account_id: int, number: int) -> int:
        account = session.get_one(ChannelAccount, account_id)
        account.places = [{"external_id": "home", "name": "Home", "is_active": True}]
        account.reconciled_at = NOW
        account.catalogue_at = NOW
        listing = make_listing(session, account=account, components={self.candle: PIECE})
        listing.inventory_id, listing.is_tracked = f"i-{number}", True
        listing.variant_id = f"v-{number}"
        return listing.id

    def switch(self, stock: str) -> None:
        """Turn the telling of stock to a mode at both shops."""
        for account in self.accounts:
            with self.ports.database.begin() as session:
                change_switches(
                    session,
                    account_id=account.id,
                    capabilities={"stock": stock},
                    who="user:1",
                    now=self.clock.now(),
                )

    def receive(self, pieces: int) -> None:
        """Take candles in, from nowhere in particular."""
        with self.ports.database.begin() as session:
            receive(
                session, item_id=self.candle.id, quantity=pieces * PIECE,
                who="user:1", now=self.clock.now(),
            )  # fmt: skip

    def work(self, seconds: float = 0) -> None:
        """Let so much time pass, then do whatever waits."""
        self.clock.move(timedelta(seconds=seconds))
        for job in (poll, read_messages, plan, push):
            job(self.ports)

    def listing(self, number: int = 0) -> Listing:
        with self.ports.database.reading() as session:
            return session.get_one(Listing, self.listings[number])

    def rows(self, number: int = 0) -> list[OutboundMessage]:
        with self.ports.database.reading() as session:
            query = select(OutboundMessage).filter_by(listing_id=self.listings[number])
            return list(session.scalars(query.order_by(OutboundMessage.id)))

    def states(self, number: int = 0) -> list[str]:
        return [row.state for row in self.rows(number)]

    def drift(self) -> list[str]:
        with self.ports.database.reading() as session:
            shown = open_drift(session, account_id=self.accounts[0].id)
            return [f"{each.kind}: {each.ours} / {each.theirs}" for each in shown.rows]

    def see(self, available: int | None, *, place: str = "home") -> str:
        """Hear from the first shop what it shows."""
        with self.ports.database.begin() as session:
            return note_seen(
                session,
                account=session.get_one(ChannelAccount, self.accounts[0].id),
                seen=StockSeen(
                    inventory_id="i-1",
                    place_id=place,
                    available=available,
                    at=self.clock.now(),
                ),
                now=self.clock.now(),
            )

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


def sold(pieces: int, *, external_id: str = "1", after: int = 0) -> Order:
    line = a_line("CANDLE", pieces=pieces, external_id=f"l{external_id}")
    return an_order(line, external_id=external_id, after=after)


# What is told ---------------------------------------------------------------------------------


def test_going_live_tells_every_shop_what_can_be_promised(either: Bench) -> None:
    either.shop.shown["i-1"] = either.other.shown["i-2"] = 3

    either.work()

    assert either.shop.shown == {"i-1": 10}
    assert either.other.shown == {"i-2": 10}
    assert either.listing().stock_shown == 10
    assert either.listing().stock_told_at == NOW
    assert either.violations() == []


def test_what_is_shown_already_is_not_written(bench: Bench) -> None:
    bench.work()

    assert bench.shop.writes == []
    assert [row.outcome for row in bench.rows()] == ["already_there"]


def test_an_order_on_one_shop_is_told_to_the_other_and_not_undone_on_its_own(
    either: Bench,
) -> None:
    either.work()

    either.shop.sell("i-1", sold(4), pieces=4)
    either.work(seconds=400)
    either.work(seconds=60)

    assert either.other.writes == [("i-2", 6)]
    assert either.shop.writes == []
    assert either.shop.shown == {"i-1": 6}
    assert either.listing(0).stock_shown == either.listing(1).stock_shown == 6
    assert either.violations() == []


def test_an_unread_sale_is_never_given_back_to_the_shop(either: Bench) -> None:
    either.work()
    either.clock.move(timedelta(seconds=60))
    either.receive(2)
    plan(either.ports)
    either.shop.sell("i-1", sold(4), pieces=4)

    push(either.ports)

    assert either.shop.writes == []
    assert either.states() == ["sent", "waiting"]
    assert either.listing().stock_shown == 6

    push(either.ports)
    either.work(seconds=40)
    either.work(seconds=40)

    assert either.shop.shown == {"i-1": 8}
    assert either.other.shown == {"i-2": 8}
    assert set(either.states()) == {"sent"}


def test_stock_is_not_raised_before_the_orders_were_read_however_often_it_is_tried(
    bench: Bench,
) -> None:
    bench.work()
    bench.receive(2)
    bench.clock.move(timedelta(seconds=10))
    plan(bench.ports)
    bench.shop.sell("i-1", sold(4), pieces=4)

    for _ in range(20):
        push(bench.ports)
        bench.clock.move(timedelta(seconds=31))

    assert bench.shop.writes == []
    [_, row] = bench.rows()
    assert (row.state, row.attempts) == ("waiting", 0)
    assert "poll" in calls_of(bench.ports)


def test_changes_before_a_message_leaves_become_one_message(either: Bench) -> None:
    either.work()
    either.clock.move(timedelta(seconds=60))
    for pieces in (1, 2, 3):
        either.receive(pieces)
        plan(either.ports)

    [_, row] = either.rows()
    push(either.ports)

    assert row.payload["quantity"] == 16
    assert either.shop.writes == [("i-1", 16)]


def test_one_listing_is_not_written_more_often_than_its_shop_bears(bench: Bench) -> None:
    bench.receive(1)
    bench.work()
    bench.receive(1)
    bench.work(seconds=1)

    assert bench.shop.shown == {"i-1": 11}

    bench.work(seconds=4)

    assert bench.shop.shown == {"i-1": 12}


def test_the_number_is_worked_out_when_it_leaves_and_not_when_it_was_owed(
    bench: Bench,
) -> None:
    bench.receive(5)
    plan(bench.ports)
    with bench.ports.database.begin() as session:
        make_lot(session, item=bench.candle, quantity=PIECE)

    push(bench.ports)

    assert bench.shop.shown == {"i-1": 16}


def test_what_is_not_known_any_more_is_not_told(bench: Bench) -> None:
    bench.receive(5)
    plan(bench.ports)
    with bench.ports.database.begin() as session:
        session.get_one(Listing, bench.listings[0]).is_active = False

    push(bench.ports)

    [row] = bench.rows()
    assert (row.state, row.outcome) == ("sent", "nothing_to_do")
    assert bench.shop.shown == {"i-1": 10}


def test_a_lost_answer_is_looked_up_and_the_newest_number_wins(bench: Bench) -> None:
    bench.receive(5)
    plan(bench.ports)
    bench.shop.next_errors.append(OutcomeUnknown("lost"))
    push(bench.ports)
    bench.receive(5)
    plan(bench.ports)

    bench.work(seconds=300)
    bench.work(seconds=300)

    assert bench.shop.shown == {"i-1": 20}
    assert set(bench.states()) == {"sent"}
    assert bench.violations() == []


def test_a_channel_that_asks_for_patience_is_not_written_to_meanwhile(bench: Bench) -> None:
    bench.receive(5)
    plan(bench.ports)
    bench.shop.next_errors.append(RateLimited("slower", retry_after=timedelta(minutes=5)))

    push(bench.ports)
    push(bench.ports)

    assert bench.shop.writes == []
    assert bench.other.writes == [("i-2", 15)]


def test_a_shop_that_denies_it_is_left_to_people(bench: Bench) -> None:
    bench.receive(5)
    plan(bench.ports)
    bench.shop.next_errors.append(
        NotAllowedHere("not in this country", capability=Capability.STOCK)
    )
    push(bench.ports)
    bench.receive(5)
    bench.work(seconds=60)

    assert bench.states() == ["held"]
    with bench.ports.database.reading() as session:
        account = session.get_one(ChannelAccount, bench.accounts[0].id)
    assert account.cannot == ["stock"]


# Rehearsal ------------------------------------------------------------------------------------


def test_in_rehearsal_one_message_a_listing_shows_what_would_be_told(
    database: Database,
) -> None:
    bench = Bench(database, stock="shadow")
    for _ in range(3):
        bench.receive(1)
        bench.work(seconds=10)

    [row] = bench.rows()
    assert (row.state, row.payload["quantity"]) == ("shadowed", 13)
    assert bench.shop.writes == []


def test_the_first_number_of_a_live_account_is_only_rehearsed(bench: Bench) -> None:
    for account in bench.accounts:
        with bench.ports.database.begin() as session:
            session.get_one(ChannelAccount, account.id).capabilities = {}
    bench.receive(5)
    bench.work()

    assert bench.shop.writes == []
    assert bench.states() == ["shadowed"]


def test_going_back_to_rehearsal_sends_nothing_more(either: Bench) -> None:
    either.receive(5)
    plan(either.ports)

    either.switch("shadow")
    either.work(seconds=10)

    assert either.shop.writes == []
    assert set(either.states()) == {"shadowed"}


def test_what_was_switched_off_waits(bench: Bench) -> None:
    bench.receive(5)
    plan(bench.ports)
    bench.switch("off")
    bench.work(seconds=10)

    assert bench.states() == ["waiting"]
    assert bench.shop.writes == []


# What the shop says ---------------------------------------------------------------------------


def test_our_own_write_coming_back_is_nothing(either: Bench) -> None:
    either.receive(5)
    either.work()

    assert either.see(15) == "unchanged"
    assert either.drift() == []


def test_another_number_is_a_difference_until_it_is_told_again(either: Bench) -> None:
    either.work()
    either.clock.move(timedelta(minutes=10))
    either.shop.shown["i-1"] = 25

    assert either.see(25) == "applied"
    assert either.drift() == ["stock: 10 / 25"]

    either.work()

    assert either.shop.shown == {"i-1": 10}
    assert either.drift() == []
    assert either.violations() == []


def test_fewer_than_ours_is_a_sale_until_the_orders_are_read(bench: Bench) -> None:
    bench.work()
    bench.clock.move(timedelta(minutes=10))
    bench.shop.sell("i-1", sold(4), pieces=4)

    bench.see(6)
    bench.work()

    assert bench.shop.writes == []
    assert bench.drift() == []
    assert bench.other.shown == {"i-2": 6}


def test_an_order_that_could_not_be_fetched_yet_keeps_its_sale(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.work()
    bench.clock.move(timedelta(minutes=10))
    bench.shop.sell("i-1", sold(4), pieces=4)
    bench.see(6)

    def away(_channel: object, _external_id: str) -> Order:
        raise Retryable("the shop is away", retry_after=timedelta(minutes=3))

    with monkeypatch.context() as patch:
        patch.setattr("tests.workers.a_counting_shop.AtTheCounter.fetch_order", away)
        for _ in range(3):
            bench.work(seconds=45)
    assert bench.shop.writes == []
    bench.work(seconds=200)

    assert bench.shop.writes == []
    assert bench.other.shown == {"i-2": 6}


def test_what_somebody_took_away_by_hand_is_put_back(bench: Bench) -> None:
    bench.work()
    bench.clock.move(timedelta(minutes=10))
    bench.shop.shown["i-1"] = 2

    bench.see(2)
    bench.work()
    assert bench.shop.writes == []
    bench.work(seconds=31)

    assert bench.shop.shown == {"i-1": 10}
    assert bench.drift() == []


def test_another_place_and_old_news_change_nothing(bench: Bench) -> None:
    bench.work()

    assert bench.see(3, place="shed") == "ignored: another place"
    bench.clock.move(-timedelta(minutes=1))
    assert bench.see(3) == "unchanged"
    assert bench.listing().stock_shown == 10


def test_the_hourly_check_finds_and_heals_what_nobody_told(either: Bench) -> None:
    either.work()
    either.shop.shown["i-1"] = 25

    either.clock.move(timedelta(hours=1))
    assert reconcile_due(either.ports) == 2
    assert either.drift() == ["stock: 10 / 25"]
    either.work()

    assert either.shop.shown == {"i-1": 10}
    assert either.drift() == []
