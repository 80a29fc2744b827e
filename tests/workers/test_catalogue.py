"""Catalogues become listings under the key that order lines give; an import survives everything."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from connectors.errors import CursorExpired, PermissionDenied, Retryable
from connectors.protocol import Place
from connectors.readings import CatalogueChanged
from hub.flow.intake.upsert import upsert_order
from hub.flow.meaning.map_lines import save_mapping
from hub.flow.reading.catalogue_import import (
    ask_import,
    choose_place,
    import_soon,
    key_of,
    publish,
)
from hub.flow.reading.read import apply
from hub.models.records.channels import ChannelAccount
from hub.models.records.listings import Listing
from hub.models.records.planning import Replan
from hub.models.session import Database
from mapping.bundle import Component
from mapping.canonical import Money
from mapping.listing import listing_ref
from tests.doors import HandClock, connect_shop, make_ports
from tests.factories import NOW, PIECE, make_item, make_listing
from tests.flow.orders_of_the_shop import a_line, an_order
from tests.workers.a_counting_shop import CountingShop, an_item
from workers.catalogue import import_catalogues, is_due


class Killed(BaseException):
    """The process is gone: nothing after this runs."""


class Bench:
    """A shop that sells three things, and a clock."""

    def __init__(self, database: Database) -> None:
        self.clock = HandClock()
        self.shop = CountingShop(
            "shopify", items=[an_item("CANDLE"), an_item("SOAP"), an_item("BALM")]
        )
        self.ports = make_ports(
            database, clock=self.clock, channels={"shopify": self.shop.registration()}
        )
        self.account = connect_shop(self.ports, mode="shadow")

    def run(self) -> int:
        return import_catalogues(self.ports)

    def account_now(self) -> ChannelAccount:
        with self.ports.database.reading() as session:
            return session.get_one(ChannelAccount, self.account.id)

    def listings(self) -> dict[str, Listing]:
        with self.ports.database.reading() as session:
            found = session.scalars(select(Listing).order_by(Listing.id))
            return {listing.sku: listing for listing in found}


@pytest.fixture
def bench(sqlite_database: Database) -> Bench:
    return Bench(sqlite_database)


@pytest.fixture
def either(database: Database) -> Bench:
    """A bench on each engine in turn."""
    return Bench(database)


def test_everything_a_shop_sells_becomes_a_listing(either: Bench) -> None:
    either.shop.items[0] = replace(
        either.shop.items[0], price=Money(minor=1250, currency="EUR")
    )

    assert either.run() == 2

    candle = either.listings()["CANDLE"]
    assert (candle.product_id, candle.variant_id) == ("p-CANDLE", "v-CANDLE")
    assert (candle.inventory_id, candle.is_tracked) == ("i-CANDLE", True)
    assert (candle.price_minor, candle.currency) == (1250, "EUR")
    assert (candle.state, candle.catalogued_at) == ("unmapped", NOW)
    assert len(either.listings()) == 3
    account = either.account_now()
    assert (account.catalogue_cursor, account.catalogue_at) == (None, NOW)
    assert account.places == [{"external_id": "home", "name": "Home", "is_active": True}]


def test_a_listing_has_the_key_that_order_lines_give(bench: Bench) -> None:
    bench.run()
    line = a_line("CANDLE", variant_id="v-CANDLE")
    with bench.ports.database.begin() as session:
        account = session.get_one(ChannelAccount, bench.account.id)
        upsert_order(session, account=account, order=an_order(line), who="t", now=NOW)

    assert bench.listings()["CANDLE"].key == listing_ref(line).key
    assert key_of(bench.shop.items[0]) == listing_ref(line).key
    assert len(bench.listings()) == 3


def test_what_orders_showed_first_is_filled_and_keeps_its_meaning(bench: Bench) -> None:
    line = a_line("CANDLE", variant_id="v-CANDLE")
    with bench.ports.database.begin() as session:
        candle = make_item(session, code="WAXWORK")
        account = session.get_one(ChannelAccount, bench.account.id)
        upsert_order(session, account=account, order=an_order(line), who="t", now=NOW)
    with bench.ports.database.begin() as session:
        save_mapping(
            session,
            listing_id=session.scalars(select(Listing.id)).one(),
            components=(Component(item_id=candle.id, quantity=PIECE),),
            who="user:1",
            now=NOW,
        )

    bench.run()

    candle_listing = bench.listings()["CANDLE"]
    assert candle_listing.inventory_id == "i-CANDLE"
    assert (candle_listing.state, candle_listing.matched_by) == ("mapped", "person")


def test_a_new_listing_is_matched_by_its_sku_like_a_line_is(bench: Bench) -> None:
    with bench.ports.database.begin() as session:
        make_item(session, code="CANDLE")

    bench.run()

    assert bench.listings()["CANDLE"].state == "mapped"
    assert bench.listings()["SOAP"].state == "unmapped"


def test_what_a_whole_import_no_longer_shows_is_not_sold_and_not_deleted(
    either: Bench,
) -> None:
    either.run()
    either.clock.move(timedelta(hours=25))
    either.shop.items.pop(0)

    either.run()

    assert not either.listings()["CANDLE"].is_active
    assert either.listings()["SOAP"].is_active
    either.clock.move(timedelta(hours=25))
    either.shop.items.append(an_item("CANDLE"))
    either.run()
    assert either.listings()["CANDLE"].is_active


def test_a_listing_only_orders_showed_is_not_ended_by_an_import(bench: Bench) -> None:
    with bench.ports.database.begin() as session:
        account = session.get_one(ChannelAccount, bench.account.id)
        make_listing(
            session, account=account, components={make_item(session): PIECE}, sku="OLD"
        )

    bench.run()

    assert bench.listings()["OLD"].is_active


def test_an_import_goes_on_where_it_was(bench: Bench) -> None:
    died_at: list[str] = []

    def die_once(name: str) -> None:
        if name == "catalogue.after_call" and bench.shop.calls.count("catalogue") == 2:
            died_at.append(name)
            raise Killed

    with pytest.raises(Killed):
        import_catalogues(replace(bench.ports, failpoint=die_once))
    bench.clock.move(timedelta(minutes=3))
    bench.run()

    assert died_at == ["catalogue.after_call"]
    assert bench.shop.calls.count("catalogue") == 3
    assert bench.shop.calls.count("places") == 1
    assert len(bench.listings()) == 3


def test_a_page_that_fails_is_read_again_later_and_nothing_before_it(either: Bench) -> None:
    either.shop.next_errors = [Retryable("away")]

    assert either.run() == 0
    assert not is_due(either.ports)
    assert either.listings() == {}

    either.clock.move(timedelta(minutes=5))
    assert either.run() == 2
    assert len(either.listings()) == 3


def test_a_place_that_is_gone_begins_the_list_again(bench: Bench) -> None:
    bench.run()
    bench.clock.move(timedelta(hours=25))
    with bench.ports.database.begin() as session:
        ask_import(
            session, account_id=bench.account.id, who="user:1", now=bench.clock.now()
        )
    bench.shop.next_errors = [CursorExpired("gone")]
    bench.run()
    bench.clock.move(timedelta(minutes=5))

    assert bench.run() == 2
    assert bench.account_now().catalogue_cursor is None


def test_a_missing_right_makes_it_wait_and_never_gives_up(bench: Bench) -> None:
    for _ in range(15):
        bench.shop.next_errors = [PermissionDenied("read_products is missing")]
        bench.run()
        bench.clock.move(timedelta(hours=5))

    assert bench.shop.next_errors == []
    assert bench.run() == 2


def test_a_catalogue_is_read_nightly_and_when_somebody_asks(bench: Bench) -> None:
    bench.run()
    assert not is_due(bench.ports)

    bench.clock.move(timedelta(hours=23))
    assert not is_due(bench.ports)
    bench.clock.move(timedelta(hours=1))
    assert is_due(bench.ports)
    bench.run()
    with bench.ports.database.begin() as session:
        ask_import(
            session, account_id=bench.account.id, who="user:1", now=bench.clock.now()
        )
    assert is_due(bench.ports)


def test_a_hundred_changes_are_one_import_and_soon(bench: Bench) -> None:
    bench.run()
    with bench.ports.database.begin() as session:
        account = session.get_one(ChannelAccount, bench.account.id)
        for _ in range(100):
            import_soon(session, account=account, now=bench.clock.now())
        reading = CatalogueChanged(product_id="p-CANDLE")
        assert apply(session, account=account, reading=reading, now=NOW) == "applied"

    assert not is_due(bench.ports)
    bench.clock.move(timedelta(minutes=5))
    assert is_due(bench.ports)


def test_an_account_that_is_off_or_lost_is_not_asked(bench: Bench) -> None:
    with bench.ports.database.begin() as session:
        session.get_one(ChannelAccount, bench.account.id).mode = "off"
    assert not is_due(bench.ports)
    with bench.ports.database.begin() as session:
        account = session.get_one(ChannelAccount, bench.account.id)
        account.mode, account.needs_reconnect = "live", True

    assert bench.run() == 0


def test_choosing_where_stock_is_kept_states_it_all_anew(bench: Bench) -> None:
    bench.shop.places = (
        Place(external_id="home", name="Home"),
        Place(external_id="shed", name="Shed"),
    )
    with bench.ports.database.begin() as session:
        item = make_item(session, code="CANDLE").id
    bench.run()
    with bench.ports.database.begin() as session:
        session.query(Replan).delete()
        session.scalars(select(Listing).filter_by(sku="CANDLE")).one().stock_shown = 4

    with bench.ports.database.begin() as session:
        choose_place(
            session, account_id=bench.account.id, place="shed", who="user:1", now=NOW
        )

    with bench.ports.database.reading() as session:
        assert set(session.scalars(select(Replan.item_id))) == {item}
    assert bench.account_now().settings["place"] == "shed"
    assert bench.listings()["CANDLE"].stock_shown is None


def test_people_may_keep_a_listing_to_themselves(bench: Bench) -> None:
    bench.run()
    listing = bench.listings()["CANDLE"]
    with bench.ports.database.begin() as session:
        publish(session, listing_id=listing.id, publishes=False, who="user:1", now=NOW)

    assert not bench.listings()["CANDLE"].publishes
