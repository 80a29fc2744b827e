"""A day of chaos: two pretended shops, one hub, and the clock, the weather and the mishaps of it.

Everything follows from one seed. Nothing here is a fake of ours: the channels, the workers, the
front door and the sandboxes are those of the product, only the wires and the clock are not.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from connectors.etsy import channel as etsy_channel
from connectors.protocol import Connection, Registration, Token
from connectors.sandbox.etsy.listings import Sold
from connectors.sandbox.etsy.shop import EtsyShop
from connectors.sandbox.faults import Fault
from connectors.sandbox.messages import Signed
from connectors.sandbox.shopify.storefront import Storefront
from connectors.shopify import channel as shopify_channel
from hub.flow.channels.authorise import let_in
from hub.flow.channels.channels import change_switches
from hub.flow.meaning.map_lines import save_mapping
from hub.flow.reading.catalogue_import import publish
from hub.flow.reading.checkups import webhook_address
from hub.flow.refusal import Refusal
from hub.models.records.channels import ChannelAccount
from hub.models.records.listings import Listing
from hub.models.session import Database
from hub.ports import Ports
from hub.settings import Settings
from mapping.bundle import Component
from tests import pretend_etsy, pretend_shopify
from tests.doors import VAULT, Calls, connect_shop
from tests.factories import PIECE, make_item, make_lot, make_recipe
from tests.journeys.chaos_hands import EtsyWire, Hands, ShopifyWire, Watch
from webhooks.intake import Keep
from webhooks.receive import make_blueprint
from workers.sweep import sweep

WHO = "user:1"
ADDRESS = "https://hub.example"
SHARED = "CANDLE"
"""Sold in both shops from one heap: what one of them sells the other must hear."""
MEANS = {
    "CANDLE": ("CANDLE", 1),
    "SOAP": ("SOAP", 1),
    "BALM": ("BALM", 1),
    "SOAP-X6": ("SOAP", 6),
}
UNPUBLISHED = "SOAP"

API_TROUBLE = 0.20
"""Share of calls that go wrong, shared among all the ways."""
SHOPIFY_WAYS = (
    Fault(kind="rate_limited", seconds=2.0),
    Fault(kind="rate_limited"),
    Fault(kind="throttled"),
    Fault(kind="fail_before_apply", status=500),
    Fault(kind="fail_before_apply", status=503),
    Fault(kind="fail_after_apply", status=502),
    Fault(kind="drop_before_apply"),
    Fault(kind="drop_after_apply"),
    Fault(kind="hang_after_apply", seconds=40),
    Fault(kind="apply_late", seconds=25),
    Fault(kind="garbage"),
    Fault(kind="unauthorised"),
    Fault(kind="slow", seconds=4),
)
ETSY_WAYS = tuple(each for each in SHOPIFY_WAYS if each.kind != "throttled")


class Died(BaseException):
    """A worker process died here."""


@dataclass(frozen=True)
class Weather:
    """How bad the day is: the shares of what goes wrong."""

    api: float = API_TROUBLE
    lost: float = 0.05
    doubled: float = 0.25
    shuffled_seconds: float = 240
    deaths: float = 0.004


FAIR = Weather(api=0, lost=0, doubled=0, shuffled_seconds=0.001, deaths=0)


class Day:
    """The two shops and the hub on one day."""

    def __init__(self, database: Database, *, seed: int) -> None:
        """Open the shops and connect them, in fair weather."""
        self.seed, self.random = seed, Random(seed)
        self.hands = Hands()
        self.store = self._open_storefront()
        self.etsy = self._open_etsy()
        self.watch: Watch = lambda _url, _said: None
        self.weather = FAIR
        self.is_door_closed = False
        self.is_working = True
        self.deaths = 0
        self.revoked_at: datetime | None = None
        self.refused: list[str] = []
        self.ports = self._ports(database)
        self.client = self._front_door()
        self.accounts: dict[str, int] = {}
        self.items: dict[str, int] = {}
        self._found()

    # Opening ------------------------------------------------------------------------------

    def _open_storefront(self) -> Storefront:
        store = Storefront(
            pretend_shopify.DOMAIN,
            access_token=None,
            client_id=pretend_shopify.CLIENT_ID,
            client_secret=pretend_shopify.CLIENT_SECRET,
            clock=self.hands.now,
            monotonic=self.hands.seconds,
            rng=Random(self.seed + 1),
            send=self._knock,
            background=False,
            later=self.hands.later,
            sleep=self.hands.sleep,
        )
        place = store.add_location("Granada")
        for sku, units in (("CANDLE", 60), ("SOAP", 500), ("BALM", 20), ("SOAP-X6", 500)):
            store.add_variant(
                sku=sku, title=sku.title(), price="6.50", stock={place: units}
            )
        self.place = place
        return store

    def _open_etsy(self) -> EtsyShop:
        shop = EtsyShop(
            pretend_etsy.SHOP_ID,
            keystring=pretend_etsy.KEYSTRING,
            shared_secret=pretend_etsy.SHARED_SECRET,
            webhook_secret=pretend_etsy.WEBHOOK_SECRET,
            refresh_grace=3600,
            clock=self.hands.now,
            monotonic=self.hands.seconds,
            rng=Random(self.seed + 2),
            send=self._knock,
            background=False,
            later=self.hands.later,
            sleep=self.hands.sleep,
        )
        for sku in ("CANDLE", "SOAP", "BALM"):
            # With a second kind of each, that is never short: Etsy sells no empty listing.
            kinds = (
                Sold(sku=sku, values=("Plain",), quantity=40),
                Sold(sku=f"{sku}-GIFT", values=("Gift",), quantity=900),
            )
            shop.add_listing(title=sku.title(), vary_by={"Wrapping": ["Plain", "Gift"]},
                             products=kinds)  # fmt: skip
        return shop

    def _ports(self, database: Database) -> Ports:
        def shopify(told: Connection) -> shopify_channel.Shopify:
            wire = ShopifyWire(self.store, hands=self.hands, watch=self._watched)
            return shopify_channel.Shopify(told, transport=wire)

        def etsy(told: Connection) -> etsy_channel.Etsy:
            wire = EtsyWire(self.etsy, hands=self.hands, watch=self._watched)
            return etsy_channel.Etsy(told, transport=wire)

        kinds = {"shopify": shopify_channel.REGISTRATION, "etsy": etsy_channel.REGISTRATION}
        made: dict[str, Registration] = {
            "shopify": replace(kinds["shopify"], connect=shopify),
            "etsy": replace(kinds["etsy"], connect=etsy),
        }
        return Ports(
            database=database,
            clock=self.hands,
            wake=Calls(),
            vault=VAULT,
            settings=Settings(allow_loopback=True, public_url=ADDRESS),
            channels=made,
            failpoint=self._at_call,
            random=Random(self.seed + 3),
        )

    def _watched(self, url: str, said: object) -> None:
        if isinstance(said, dict):
            self.watch(url, said)

    def _front_door(self) -> Callable[[Signed], int]:
        app = Flask("door")
        keep = Keep(self.ports.database, clock=self.hands)
        app.register_blueprint(make_blueprint(self.ports, intake=keep))
        client = app.test_client()

        def knock(message: Signed) -> int:
            path = urlsplit(message.url).path
            return client.post(path, data=message.body, headers=message.headers).status_code

        return knock

    def _knock(self, message: Signed) -> int:
        if self.is_door_closed:
            raise ConnectionRefusedError
        return self.client(message)

    def _found(self) -> None:
        with self.ports.database.begin() as session:
            self._stock_the_workshop(session)
        shopify = connect_shop(
            self.ports, mode="live", settings={"shop": pretend_shopify.DOMAIN},
            credentials={"client_id": pretend_shopify.CLIENT_ID,
                         "client_secret": pretend_shopify.CLIENT_SECRET},
            webhook_secrets=(pretend_shopify.CLIENT_SECRET,),
        )  # fmt: skip
        etsy = connect_shop(
            self.ports, mode="live", channel="etsy",
            settings={"shop_id": pretend_etsy.SHOP_ID},
            credentials={"keystring": pretend_etsy.KEYSTRING,
                         "shared_secret": pretend_etsy.SHARED_SECRET},
            webhook_secrets=(pretend_etsy.WEBHOOK_SECRET,),
        )  # fmt: skip
        self.accounts = {"shopify": shopify.id, "etsy": etsy.id}
        self.etsy.subscribe_all(webhook_address(ADDRESS, etsy))
        self.let_etsy_in()
        self._switch_on("webhooks")
        for _ in range(6):
            self.work()
        self._say_what_is_sold()
        self._switch_on("stock")
        for _ in range(6):
            self.pass_time(timedelta(minutes=2))

    def _switch_on(self, capability: str) -> None:
        for account_id in self.accounts.values():
            turn = partial(
                change_switches, account_id=account_id, capabilities={capability: "live"}
            )
            self.press(partial(turn, who=WHO, now=self.hands.now()))

    def _stock_the_workshop(self, session: Session) -> None:
        now = self.hands.now()
        made = {code: make_item(session, code=code, now=now)
                for code in ("CANDLE", "SOAP", "BALM", "OIL", "WAX")}  # fmt: skip
        for code, batch in (("SOAP", 10), ("BALM", 12)):
            make_recipe(session, item=made[code], uses={made["OIL"]: 100 * PIECE},
                        batch_size=batch * PIECE, now=now)  # fmt: skip
        make_lot(session, item=made["OIL"], quantity=500_000 * PIECE, now=now)
        for code, pieces in (("CANDLE", 60), ("SOAP", 40), ("BALM", 20)):
            make_lot(session, item=made[code], quantity=pieces * PIECE, now=now)
        self.items = {code: item.id for code, item in made.items()}

    def _say_what_is_sold(self) -> None:
        with self.ports.database.reading() as session:
            found = session.scalars(
                select(Listing)
                .options(selectinload(Listing.components))
                .order_by(Listing.id)
            ).all()
        for listing in found:
            code, pieces = MEANS.get(listing.sku, ("", 0))
            parts = (
                (Component(item_id=self.items[code], quantity=pieces * PIECE),)
                if code
                else ()
            )
            now = self.hands.now()
            means = partial(save_mapping, components=parts, not_produced=not parts)
            self.press(partial(means, listing_id=listing.id, who=WHO, now=now))
            if code == UNPUBLISHED:
                hide = partial(publish, listing_id=listing.id, publishes=False)
                self.press(partial(hide, who=WHO, now=now))

    # People -------------------------------------------------------------------------------

    def press(self, work: Callable[[Session], object]) -> bool:
        """Press a button: one transaction, or a refusal in words."""
        try:
            self.ports.database.run(work)
        except Refusal as refused:
            self.refused.append(f"{type(refused).__name__}: {refused}")
            return False
        return True

    def let_etsy_in(self) -> None:
        """Be the shop's owner, who presses Connect and lets the app in."""
        given = self.etsy.grant()
        lasts = timedelta(seconds=float(str(given["expires_in"])))
        token = Token(
            value=str(given["access_token"]),
            refresh=str(given["refresh_token"]),
            expires_at=self.hands.now() + lasts,
        )
        with self.ports.database.begin() as session:
            let_in(session, vault=VAULT, account_id=self.accounts["etsy"], token=token,
                   who=WHO, now=self.hands.now())  # fmt: skip

    def reconnect_what_asks(self) -> None:
        """See whether a connection asks for its owner, and be that owner."""
        with self.ports.database.reading() as session:
            account = session.get_one(ChannelAccount, self.accounts["etsy"])
        if account.needs_reconnect:
            self.let_etsy_in()

    # Weather ------------------------------------------------------------------------------

    def set_weather(self, weather: Weather) -> None:
        """Let another weather be from now on."""
        self.weather = weather
        for shop, ways in ((self.store, SHOPIFY_WAYS), (self.etsy, ETSY_WAYS)):
            shop.faults.clear()
            each = 1 - (1 - weather.api) ** (1 / len(ways))
            for way in ways if weather.api else ():
                # Once at least, and then as often as chance has it.
                shop.faults.add(replace(way, times=1, chance=0.15))
            for way in ways if weather.api else ():
                shop.faults.add(replace(way, times=None, chance=each))
            for kind, chance in (("lose", weather.lost), ("duplicate", weather.doubled)):
                if chance:
                    shop.faults.add(Fault(kind=kind, times=None, chance=chance))
            shop.faults.add(
                Fault(kind="reorder", times=None, seconds=weather.shuffled_seconds)
            )

    def begin_outage(self) -> None:
        """Let Shopify be away."""
        self.store.faults.add(Fault(kind="outage", times=None))

    def end_outage(self) -> None:
        """Let it come back to the weather there is."""
        self.set_weather(self.weather)

    # Time ---------------------------------------------------------------------------------

    def pass_time(self, by: timedelta) -> None:
        """Let time pass, the post arrive and the workers look at what there is."""
        self.hands.move(by)
        self.store.webhooks.deliver_due()
        self.etsy.webhooks.deliver_due()
        if self.is_working:
            self.work()

    def work(self) -> None:
        """Let a worker do all there is to do; it may die of it."""
        try:
            sweep(self.ports)
        except Died:
            self.deaths += 1
            self.ports.database.dispose()

    def _at_call(self, name: str) -> None:
        if self.random.random() < self.weather.deaths:
            raise Died(name)
