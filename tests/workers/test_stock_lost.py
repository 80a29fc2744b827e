"""Stock told to the pretended shops themselves, with answers lost and things sold meanwhile."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from connectors.etsy.channel import REGISTRATION as ETSY
from connectors.etsy.channel import Etsy
from connectors.sandbox.etsy.shop import EtsyShop
from connectors.sandbox.etsy.wanted import Wanted as EtsyWanted
from connectors.sandbox.faults import Fault
from connectors.sandbox.shopify.storefront import Storefront
from connectors.sandbox.shopify.wanted import Wanted
from connectors.shopify.channel import REGISTRATION as SHOPIFY
from connectors.shopify.channel import Shopify
from hub.flow.channels.channels import change_switches
from hub.flow.stock.stock import adjust, receive
from hub.models.records.channels import ChannelAccount
from hub.models.records.listings import Listing
from hub.models.records.messages import OutboundMessage
from hub.models.session import Database
from tests import pretend_etsy, pretend_shopify
from tests.doors import HandClock, connect_shop, make_ports
from tests.factories import PIECE, make_item, make_lot
from workers.catalogue import import_catalogues
from workers.plan import plan
from workers.poll import poll
from workers.push import push
from workers.read import read_messages
from workers.reconcile import reconcile_due

SET = "inventorySetQuantities"


@dataclass
class Clock(HandClock):
    """One clock for the hub and its shop."""

    def seconds(self) -> float:
        """Say it in seconds."""
        return self.at.timestamp()


class Hub:
    """The hub with one soap of which there are ten, and a shop of each kind that sells five."""

    def __init__(self, database: Database) -> None:
        self.clock = Clock()
        self.store = self._store()
        self.etsy = self._etsy()
        wires = pretend_shopify.InProcess(self.store), pretend_etsy.InProcess(self.etsy)
        channels = {
            "shopify": replace(
                SHOPIFY, connect=lambda told: Shopify(told, transport=wires[0])
            ),
            "etsy": replace(ETSY, connect=lambda told: Etsy(told, transport=wires[1])),
        }
        self.ports = make_ports(database, clock=self.clock, channels=channels)
        with database.begin() as session:
            soap = make_item(session, code="SOAP")
            self.item_id = soap.id
            self.lot_id = make_lot(session, item=soap, quantity=10 * PIECE).id

    def _store(self) -> Storefront:
        store = Storefront(
            pretend_shopify.DOMAIN,
            access_token=pretend_shopify.TOKEN,
            client_id=pretend_shopify.CLIENT_ID,
            client_secret=pretend_shopify.CLIENT_SECRET,
            clock=self.clock.now,
            monotonic=self.clock.seconds,
            background=False,
        )
        self.madrid = store.add_location("Madrid")
        store.add_variant(sku="SOAP", title="Soap", price="6.50", stock={self.madrid: 5})
        return store

    def _etsy(self) -> EtsyShop:
        shop = EtsyShop(
            pretend_etsy.SHOP_ID,
            keystring=pretend_etsy.KEYSTRING,
            shared_secret=pretend_etsy.SHARED_SECRET,
            webhook_secret=pretend_etsy.WEBHOOK_SECRET,
            clock=self.clock.now,
            monotonic=self.clock.seconds,
            rates=(1_000_000, 1_000_000),
            background=False,
        )
        self.soap = str(shop.add_listing(title="Soap", sku="SOAP", quantity=5)["id"])
        return shop

    def join(self, channel: str) -> None:
        """Connect a shop, read what it sells, and tell its stock from now on."""
        etsy = {
            "keystring": pretend_etsy.KEYSTRING,
            "shared_secret": pretend_etsy.SHARED_SECRET,
            "access_token": self.etsy.access_token,
            "refresh_token": self.etsy.refresh_token,
        }
        account = connect_shop(
            self.ports,
            channel=channel,
            settings=(
                {"shop_id": pretend_etsy.SHOP_ID}
                if channel == "etsy"
                else {"shop": pretend_shopify.DOMAIN}
            ),
            credentials=(
                etsy if channel == "etsy" else {"access_token": pretend_shopify.TOKEN}
            ),
            webhook_secrets=(pretend_etsy.WEBHOOK_SECRET,),
        )
        self.account_id = account.id
        poll(self.ports)
        import_catalogues(self.ports)
        with self.ports.database.begin() as session:
            change_switches(
                session,
                account_id=account.id,
                capabilities={"stock": "live"},
                who="user:1",
                now=self.clock.now(),
            )

    def work(self, seconds: float) -> None:
        """Let so much time pass, then do whatever waits."""
        self.clock.move(timedelta(seconds=seconds))
        for job in (poll, read_messages, plan, push):
            job(self.ports)

    def settle(self) -> None:
        """Work until nothing is owed; it is an error if that takes too long."""
        for _ in range(12):
            self.work(seconds=330)
            if all(row.state in {"sent", "held"} for row in self.rows()):
                return
        raise AssertionError([row.last_error for row in self.rows()])

    def look(self) -> None:
        """Compare with the shop a little later, and read its catalogue anew."""
        self.clock.move(timedelta(seconds=60))
        with self.ports.database.begin() as session:
            account = session.get_one(ChannelAccount, self.account_id)
            account.reconciled_at = account.catalogue_at = None
        for job in (reconcile_due, import_catalogues, read_messages):
            job(self.ports)

    def count(self, pieces: int) -> None:
        """Have a person count the lot: so many more or fewer than were thought."""
        with self.ports.database.begin() as session:
            adjust(
                session, lot_id=self.lot_id, delta=pieces * PIECE, reason="counted",
                who="user:1", now=self.clock.now(),
            )  # fmt: skip

    def receive(self, pieces: int) -> None:
        """Take soap in."""
        with self.ports.database.begin() as session:
            receive(
                session, item_id=self.item_id, quantity=pieces * PIECE,
                who="user:1", now=self.clock.now(),
            )  # fmt: skip

    def listing(self) -> Listing:
        with self.ports.database.reading() as session:
            return session.scalars(select(Listing)).one()

    def rows(self) -> list[OutboundMessage]:
        with self.ports.database.reading() as session:
            return list(session.scalars(select(OutboundMessage)))

    def store_shows(self) -> int:
        variant = self.store.variant("SOAP")
        assert variant is not None
        return variant.available[int(self.madrid)]

    def etsy_shows(self) -> int:
        is_on_sale = self.etsy_state() == "active"
        return self.etsy.stock()["SOAP"] if is_on_sale else 0

    def etsy_state(self) -> str:
        return self.etsy.books.listing(int(self.soap)).state


@pytest.fixture
def hub(sqlite_database: Database) -> Hub:
    return Hub(sqlite_database)


# A sale behind a lost answer ------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["drop_after_apply", "drop_before_apply"])
@pytest.mark.parametrize("pieces", [0, 1, 3])
def test_what_is_sold_behind_a_lost_answer_is_not_sold_again(
    hub: Hub, kind: str, pieces: int
) -> None:
    hub.join("shopify")
    hub.store.faults.add(Fault(kind=kind, operation=SET, times=1))
    hub.work(seconds=10)
    assert [row.state for row in hub.rows()] == ["unknown"]
    if pieces:
        hub.store.place_order([Wanted(sku="SOAP", quantity=pieces)])

    # The shop is slow to list the order: the message is looked up before it is read.
    hub.clock.move(timedelta(seconds=300))
    push(hub.ports)
    most = hub.store_shows()
    hub.settle()

    assert most <= 10 - pieces
    assert hub.store_shows() == 10 - pieces


def test_what_was_said_last_is_kept_with_a_message_that_may_have_arrived(hub: Hub) -> None:
    hub.join("shopify")
    plan(hub.ports)
    hub.count(-2)
    hub.store.faults.add(Fault(kind="drop_after_apply", times=1, operation=SET))

    push(hub.ports)

    [row] = hub.rows()
    assert (row.state, row.payload["quantity"], row.payload["expected"]) == (
        "unknown",
        8,
        None,
    )


# Off sale at Etsy -----------------------------------------------------------------------------


def test_a_listing_nothing_is_left_of_goes_off_sale_and_comes_back(hub: Hub) -> None:
    hub.join("etsy")
    hub.settle()
    assert hub.etsy_shows() == 10

    hub.count(-10)
    hub.settle()
    assert (hub.etsy_state(), hub.etsy_shows()) == ("inactive", 0)
    hub.look()
    assert hub.listing().is_active

    hub.receive(4)
    hub.settle()
    assert (hub.etsy_state(), hub.etsy_shows()) == ("active", 4)


@pytest.mark.parametrize("kind", ["drop_after_apply", "drop_before_apply"])
@pytest.mark.parametrize("operation", ["updateListing", "updateListingInventory"])
@pytest.mark.parametrize("comes_back_first", [False, True])
def test_whatever_is_lost_on_the_way_off_sale_and_back_ends_as_it_should(
    hub: Hub, kind: str, operation: str, comes_back_first: bool
) -> None:
    hub.join("etsy")
    hub.settle()
    hub.count(-10)
    hub.etsy.faults.add(Fault(kind=kind, operation=operation, times=1))
    hub.work(seconds=330)
    if not comes_back_first:
        hub.settle()
        assert hub.etsy_state() == "inactive"

    hub.receive(4)
    hub.settle()
    hub.settle()

    assert (hub.etsy_state(), hub.etsy_shows()) == ("active", 4)
    assert {row.state for row in hub.rows()} == {"sent"}


def test_what_a_person_takes_off_sale_is_left_alone_and_asked_about_no_more(
    hub: Hub,
) -> None:
    hub.join("etsy")
    hub.settle()

    hub.etsy.switch_listing(hub.soap, on=False)
    hub.look()
    hub.receive(4)
    hub.settle()

    assert hub.etsy_state() == "inactive"
    assert not hub.listing().is_active


def test_what_sold_out_waits_for_a_person_to_renew_it(hub: Hub) -> None:
    hub.join("etsy")
    hub.settle()
    hub.etsy.place_order([EtsyWanted(sku="SOAP", quantity=10)])
    hub.settle()

    hub.receive(4)
    hub.settle()

    assert hub.etsy_state() == "sold_out"
    last = hub.rows()[-1]
    assert last.state == "held"
    assert "renew it there" in (last.last_error or "")


def test_more_than_a_shop_can_show_is_wished_for_once(hub: Hub) -> None:
    hub.join("etsy")
    hub.receive(2_000)

    hub.settle()
    hub.look()
    hub.work(seconds=400)

    assert (
        hub.etsy_shows() == hub.listing().stock_shown == hub.listing().stock_wanted == 999
    )
    assert len(hub.rows()) == 1
