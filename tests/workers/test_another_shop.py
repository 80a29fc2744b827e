"""Credentials that open another shop: nothing of ours becomes its own, and a person can go on."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from connectors.protocol import Connection, Health, Registration
from connectors.spec import Capability
from hub.flow.channels.edit_connection import Typed, drafted, save_edit
from hub.flow.reading.checkups import SHOP_CHANGED, code_of
from hub.invariants import check
from hub.models.records.channels import ChannelAccount
from hub.models.records.listings import Listing, ListingComponent
from hub.models.records.orders import SalesOrder
from hub.models.session import Database
from tests.doors import HandClock, connect_shop, make_ports
from tests.factories import NOW, PIECE, make_item, make_listing
from tests.flow.orders_of_the_shop import a_line, an_order
from tests.workers.a_counting_shop import AtTheCounter, CountingShop, an_item
from workers.catalogue import import_catalogues
from workers.checkups import check_up_due
from workers.plan import plan
from workers.poll import poll
from workers.push import push
from workers.read import read_messages
from workers.reconcile import reconcile_due
from workers.reread import reread

OURS, THEIRS = {"access_token": "ours"}, {"access_token": "theirs"}
JOBS = (
    check_up_due, read_messages, plan, push, poll, reread, import_catalogues, reconcile_due,
    read_messages, plan, push,
)  # fmt: skip


class Street:
    """Two shops of one kind: which of them is opened depends on the credentials."""

    def __init__(self, database: Database) -> None:
        self.clock = HandClock()
        self.ours, self.theirs = CountingShop("shopify"), CountingShop("shopify")
        self.ours.items = [an_item("CANDLE")]
        self.theirs.items = [an_item("CANDLE", title="A candle of others")]
        line = a_line("CANDLE", pieces=2, external_id="l1", variant_id="v-CANDLE")
        self.ours.orders["1"] = an_order(line, external_id="1", note="ours")
        foreign = an_order(line, external_id="1", note="theirs", after=30)
        self.theirs.orders = {"1": foreign, "2": replace(foreign, external_id="2")}
        self.ours.shown["i-CANDLE"], self.theirs.shown["i-CANDLE"] = 5, 99
        self.ports = make_ports(
            database, clock=self.clock, channels={"shopify": self._registration()}
        )
        self.account = connect_shop(self.ports, credentials=OURS)
        with database.begin() as session:
            candle = make_item(session, code="CANDLE")
            account = session.get_one(ChannelAccount, self.account.id)
            account.capabilities = {"stock": "live"}
            listing = make_listing(session, account=account, components={candle: 6 * PIECE})
            listing.key, listing.variant_id = "variant:v-CANDLE", "v-CANDLE"
            self.candle_id = candle.id

    def _registration(self) -> Registration:
        plain = self.ours.registration()
        spec = replace(
            plain.spec, capabilities=plain.spec.capabilities | {Capability.WEBHOOKS}
        )

        class Door(AtTheCounter):
            def check_up(self, *, now: datetime) -> Health:
                assert now.tzinfo is not None
                self._call("check_up")
                shop_ref = self.told.credentials["access_token"]
                return Health(shop_ref=shop_ref, shop_name=shop_ref.title())

        Door.spec = spec
        shops = {"ours": self.ours, "theirs": self.theirs}

        def open_door(told: Connection) -> Door:
            return Door(shops[told.credentials["access_token"]], told)

        return Registration(spec=spec, connect=open_door, check=lambda _told: {})

    def reconnect(self, credentials: Mapping[str, str]) -> None:
        """Give other credentials that nobody tried before, as when a token is changed there."""
        account, registration = self.account_now(), self.ports.channels["shopify"]
        typed = Typed(
            name="", settings={}, credentials=credentials, forgotten=(), webhook_secrets=()
        )
        draft = drafted(
            account, typed, vault=self.ports.vault, registration=registration,
            allow_loopback=True,
        )  # fmt: skip
        with self.ports.database.begin() as session:
            save_edit(
                session, draft, vault=self.ports.vault, registration=registration,
                account_id=account.id, trial=None, who="user:1", now=self.clock.now(),
            )  # fmt: skip
            session.get_one(ChannelAccount, account.id).needs_reconnect = False

    def work(self, *, hours: int = 0) -> None:
        """Let hours pass, then do whatever waits."""
        self.clock.move(timedelta(hours=hours))
        for job in JOBS:
            job(self.ports)

    def account_now(self) -> ChannelAccount:
        with self.ports.database.reading() as session:
            return session.get_one(ChannelAccount, self.account.id)

    def orders(self) -> list[tuple[int, str, str]]:
        with self.ports.database.reading() as session:
            orders = session.scalars(select(SalesOrder).order_by(SalesOrder.id))
            return [(each.account_id, each.external_id, each.note) for each in orders]

    def meanings(self) -> list[tuple[int, str, int, int]]:
        """What each listing means: account, key, item, thousandths."""
        with self.ports.database.reading() as session:
            query = select(Listing, ListingComponent).join(
                ListingComponent, ListingComponent.listing_id == Listing.id
            )
            return [
                (listing.account_id, listing.key, part.item_id, part.quantity)
                for listing, part in session.execute(query.order_by(Listing.id))
            ]


@pytest.fixture
def street(database: Database) -> Street:
    """Our shop connected and read, on each engine in turn."""
    made = Street(database)
    made.work()
    assert made.orders() == [(made.account.id, "1", "ours")]
    return made


def test_nothing_of_ours_becomes_another_shop_s(street: Street) -> None:
    meant = street.meanings()

    street.reconnect(THEIRS)
    for _ in range(3):
        street.work(hours=2)

    account = street.account_now()
    assert (account.shop_ref, account.shop_name) == ("ours", "Ours")
    assert account.needs_reconnect
    assert [code_of(one) for one in account.findings] == [SHOP_CHANGED]
    assert street.theirs.calls == ["check_up"]
    assert street.theirs.writes == []
    assert street.orders() == [(account.id, "1", "ours")]
    assert (
        street.meanings()
        == meant
        == [(account.id, "variant:v-CANDLE", street.candle_id, 6 * PIECE)]
    )
    with street.ports.database.reading() as session:
        assert check(session) == []


def test_the_words_say_both_ways_out(street: Street) -> None:
    street.reconnect(THEIRS)
    street.work(hours=1)

    [found] = street.account_now().findings
    assert isinstance(found, dict)
    assert found["words"] == (
        "These credentials open another shop now (Theirs), not Ours: nothing is read or told "
        "until they open the old one again."
    )
    assert found["way_out"] == (
        "Reconnect it with the old shop's credentials, or connect the new shop by itself."
    )


def test_reconnected_with_the_right_shop_it_goes_on(street: Street) -> None:
    street.reconnect(THEIRS)
    street.work(hours=1)
    street.ours.orders["3"] = replace(
        street.ours.orders["1"], external_id="3", updated_at=NOW + timedelta(hours=1)
    )

    street.reconnect(OURS)
    street.work(hours=1)

    account = street.account_now()
    assert (account.needs_reconnect, account.problem, account.findings) == (False, "", [])
    assert [name for _, name, _ in street.orders()] == ["1", "3"]
    assert street.theirs.calls == ["check_up"]


def test_the_other_shop_is_connected_by_itself_beside_the_old(street: Street) -> None:
    street.reconnect(THEIRS)
    street.work(hours=1)

    other = connect_shop(street.ports, name="North", credentials=THEIRS)
    street.work(hours=1)

    ours = street.account.id
    assert street.orders() == [
        (ours, "1", "ours"),
        (other.id, "1", "theirs"),
        (other.id, "2", "theirs"),
    ]
    assert [meant[0] for meant in street.meanings()].count(ours) == 1
    assert street.account_now().needs_reconnect
