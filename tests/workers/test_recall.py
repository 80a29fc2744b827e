"""A recall joined to the shops: what is called back goes off sale by itself, kits included."""

from datetime import timedelta

import pytest

from connectors.spec import Capability
from hub.flow.channels.channels import change_switches
from hub.flow.recalls.recall import start_recall
from hub.invariants import check
from hub.models.records.channels import ChannelAccount
from hub.models.records.listings import Listing
from hub.models.records.stock import Lot
from hub.models.session import Database
from tests.doors import HandClock, connect_shop, make_ports
from tests.factories import NOW, PIECE, make_item, make_listing, make_lot
from tests.workers.a_counting_shop import CountingShop
from workers.plan import plan
from workers.push import push


class Shop:
    """A shop that shows ten candles and five gift sets of a candle and a soap."""

    def __init__(self, database: Database) -> None:
        self.clock = HandClock()
        self.shop = CountingShop("shopify", shown={"candle": 10, "gift": 5})
        registered = {"shopify": self.shop.registration()}
        self.ports = make_ports(database, clock=self.clock, channels=registered)
        account_id = connect_shop(self.ports).id
        with database.begin() as session:
            account = session.get_one(ChannelAccount, account_id)
            account.places = [{"external_id": "home", "name": "Home", "is_active": True}]
            account.reconciled_at = account.catalogue_at = NOW
            candle, soap = (
                make_item(session, code="CANDLE"),
                make_item(session, code="SOAP"),
            )
            self.bad: Lot = make_lot(session, item=candle, quantity=6 * PIECE)
            self.good: Lot = make_lot(session, item=candle, quantity=4 * PIECE)
            make_lot(session, item=soap, quantity=5 * PIECE)
            for name, parts in (
                ("candle", {candle: PIECE}),
                ("gift", {candle: PIECE, soap: PIECE}),
            ):
                listing = make_listing(session, account=account, components=parts, sku=name)
                listing.inventory_id = listing.variant_id = name
                listing.is_tracked = True
                self._seen(listing)
            change_switches(
                session,
                account_id=account_id,
                capabilities={Capability.STOCK.value: "live"},
                who="user:1",
                now=NOW,
            )
        self.work()

    def _seen(self, listing: Listing) -> None:
        listing.stock_shown = self.shop.shown[listing.inventory_id]
        listing.stock_shown_at = listing.stock_told_at = NOW

    def work(self) -> None:
        """Let a minute pass, then do what waits."""
        self.clock.move(timedelta(minutes=1))
        while plan(self.ports):
            pass
        while push(self.ports):
            pass

    def call_back(self, *lots: Lot, is_drill: bool = False) -> None:
        """Call lots back, one by one."""
        for lot in lots:
            with self.ports.database.begin() as session:
                start_recall(
                    session,
                    lot_id=lot.id,
                    reason="mould",
                    is_drill=is_drill,
                    who="user:1",
                    now=self.clock.now(),
                )
        self.work()


@pytest.fixture
def shop(database: Database) -> Shop:
    return Shop(database)


def test_listings_are_offered_less_by_just_what_was_called_back(shop: Shop) -> None:
    shop.call_back(shop.bad)

    assert shop.shop.shown == {"candle": 4, "gift": 4}


def test_listings_of_which_all_was_called_back_are_told_to_have_none(shop: Shop) -> None:
    shop.call_back(shop.bad, shop.good)

    assert shop.shop.shown == {"candle": 0, "gift": 0}
    assert ("candle", 0) in shop.shop.writes
    with shop.ports.database.reading() as session:
        assert check(session, now=shop.clock.now()) == []


def test_a_drill_tells_the_shop_nothing(shop: Shop) -> None:
    before = list(shop.shop.writes)

    shop.call_back(shop.bad, shop.good, is_drill=True)

    assert shop.shop.writes == before
    assert shop.shop.shown == {"candle": 10, "gift": 5}
