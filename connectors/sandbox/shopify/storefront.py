"""A pretend Shopify shop in one hand: seed it, sell in it, look into it, make it misbehave."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from random import Random

from connectors.sandbox.clockwork import Later, in_a_thread, utc_now
from connectors.sandbox.deliveries import SHORT_RETRIES, Deliveries, Send, post_over_http
from connectors.sandbox.faults import Faults
from connectors.sandbox.messages import Event, Signed, fresh_uuid
from connectors.sandbox.shopify import overview
from connectors.sandbox.shopify.admin_api import AdminApi
from connectors.sandbox.shopify.bodies.catalogue import place_body, product_body
from connectors.sandbox.shopify.bodies.shops import shop_body
from connectors.sandbox.shopify.grants import Keys
from connectors.sandbox.shopify.graph.cost import Bucket
from connectors.sandbox.shopify.keeper import Keeper
from connectors.sandbox.shopify.records import Variant
from connectors.sandbox.shopify.shop import Shop
from connectors.sandbox.shopify.webhooks import HUB_TOPICS, Subscription, forge, sign
from connectors.sandbox.wire import Answer, Call

Json = dict[str, object]

ALL_SCOPES = frozenset(
    {
        "read_inventory",
        "read_locations",
        "read_merchant_managed_fulfillment_orders",
        "read_orders",
        "read_products",
        "write_fulfillments",
        "write_inventory",
        "write_merchant_managed_fulfillment_orders",
        "write_orders",
    }
)


class Storefront(Keeper):
    """One shop. Everything random comes from `rng`, every time from `clock` and `monotonic`."""

    def __init__(
        self,
        domain: str = "taller.myshopify.com",
        *,
        name: str = "Taller",
        access_token: str | None = "shpat_sandbox",  # noqa: S107 - a pretend shop's
        client_id: str = "sandbox-client",
        client_secret: str = "shpss_sandbox",  # noqa: S107
        shop_secret: str = "shop-level-secret",  # noqa: S107
        scopes: Iterable[str] = ALL_SCOPES,
        currency: str = "EUR",
        timezone: str = "Europe/Madrid",
        clock: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        rng: Random | None = None,
        bucket: tuple[int, int] = (2000, 100),
        send: Send = post_over_http,
        retries: Sequence[float] = SHORT_RETRIES,
        background: bool = True,
        couriers: int = 1,
        header_family: str = "classic",
        ties: bool = False,
        later: Later = in_a_thread,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.rng = rng or Random(7)
        self._clock, self._shop_secret, self._family = clock, shop_secret, header_family
        self.faults = Faults(self.rng)
        self.webhooks: Deliveries[Subscription] = Deliveries(
            sign=self._sign,
            forge=forge,
            send=send,
            faults=self.faults,
            rng=self.rng,
            monotonic=monotonic,
            retries=retries,
            background=background,
            couriers=couriers,
        )
        self.shop = Shop(
            domain,
            name=name,
            currency=currency,
            timezone=timezone,
            clock=clock,
            announce=self._announce,
            ties=ties,
        )
        self.api = AdminApi(
            shop=self.shop,
            keys=Keys(
                client_id=client_id,
                client_secret=client_secret,
                permanent=access_token,
                scopes=frozenset(scopes),
            ),
            faults=self.faults,
            deliveries=self.webhooks,
            bucket=Bucket(size=bucket[0], restore=bucket[1], monotonic=monotonic),
            rng=self.rng,
            later=later,
            sleep=sleep,
        )
        self._closers: list[Callable[[], None]] = [self.webhooks.close]

    # The wire -----------------------------------------------------------------------------

    @property
    def domain(self) -> str:
        """The shop's own address, `something.myshopify.com`."""
        return self.shop.domain

    def answer(self, call: Call) -> Answer:
        """Answer a call to the Admin API or for a token, without a socket.

        :raises Dropped: the real wire would hang up.
        """
        return self.api.answer(call)

    @property
    def scopes(self) -> frozenset[str]:
        """What the app may do; assign to grant or take away."""
        return self.api.keys.scopes

    @scopes.setter
    def scopes(self, granted: Iterable[str]) -> None:
        self.api.keys.scopes = frozenset(granted)

    @property
    def sees_people(self) -> bool:
        """Whether the app was approved for protected customer data; assign to change it."""
        return self.api.keys.sees_people

    @sees_people.setter
    def sees_people(self, approved: bool) -> None:
        self.api.keys.sees_people = approved

    def revoke_token(self) -> None:
        """Make every token handed out so far worthless; new ones may still be fetched."""
        self.api.keys.revoke()

    # Seeding ------------------------------------------------------------------------------

    def add_location(self, name: str, *, country_code: str = "ES") -> str:
        """Open a place to send from; the first one is the default. Returns its id."""
        with self.shop.lock:
            place = self.shop.add_location(name, country_code=country_code)
            self.shop.announce("locations/create", place_body(self.shop, place))
        return str(place.id)

    def add_variant(
        self,
        *,
        sku: str | None,
        title: str,
        price: str = "10.00",
        grams: int = 100,
        requires_shipping: bool = True,
        gift_card: bool = False,
        location: str | None = None,
        stock: Mapping[str, int] | None = None,
        bundle: bool = False,
        option: str = "",
        product: str | None = None,
        barcode: str | None = None,
        tracked: bool = True,
        status: str = "ACTIVE",
    ) -> Json:
        """Put something on sale: a product, or with `product` another variant of that one.

        Returns `{id, product_id, inventory_item_id, sku, stock ...}`.
        """
        made = self.shop.add_variant(
            sku=sku,
            title=title,
            price=price,
            grams=grams,
            requires_shipping=requires_shipping,
            gift_card=gift_card,
            location_id=int(location) if location else None,
            stock={int(place): units for place, units in stock.items()} if stock else None,
            components=bundle,
            option=option,
            product_id=int(product) if product else None,
            barcode=barcode,
            tracked=tracked,
            status=status,
        )
        fresh = "products/update" if product else "products/create"
        self.shop.announce(fresh, product_body(self.shop, made))
        return overview.variant_row(self.shop, made)

    def subscribe(self, topic: str, url: str, *, owner: str = "app") -> str:
        """Tell a URL of a topic; an app's own (toml) subscription survives any failure."""
        now = self.shop.now()
        made = Subscription(
            id=self.shop.ids.next("WebhookSubscription"),
            topic=topic,
            uri=url,
            owner=owner,
            created_at=now,
            updated_at=now,
        )
        self.webhooks.subscribe(made)
        return str(made.id)

    def subscribe_all(self, url: str, topics: Iterable[str] = HUB_TOPICS) -> None:
        """Tell a URL of every topic a hub listens to."""
        for topic in topics:
            self.subscribe(topic, url)

    def subscribe_by_hand(self, topic: str, url: str) -> str:
        """Tell a URL as a shop keeper sets it up in the admin: signed with the shop's secret."""
        return self.subscribe(topic, url, owner="hand")

    def uninstall(self) -> None:
        """Throw the app out: its tokens die, it is told once, and its subscriptions end."""
        self.revoke_token()
        self.scopes = frozenset()
        self._announce("app/uninstalled", shop_body(self.shop))
        for subscription in list(self.webhooks.subscriptions.values()):
            if subscription.owner == "api":
                self.webhooks.unsubscribe(subscription.id)

    def on_close(self, act: Callable[[], None]) -> None:
        """Have something stopped when the shop closes."""
        self._closers.insert(0, act)

    def close(self) -> None:
        """Stop every thread of the shop."""
        for act in self._closers:
            act()

    # Looking ------------------------------------------------------------------------------

    def order(self, order_id: str) -> Json:
        """Show an order with its lines, fulfilment orders, holds, fulfilments and mails.

        :raises Refused: there is none.
        """
        with self.shop.lock:
            return overview.order_row(self.shop, self._order(order_id))

    def orders(self) -> list[Json]:
        """Show every order, the oldest first."""
        with self.shop.lock:
            return [
                overview.order_row(self.shop, each) for each in self.shop.orders.values()
            ]

    def variants(self) -> list[Json]:
        """Show everything on sale, with stock by place."""
        with self.shop.lock:
            return [overview.variant_row(self.shop, v) for v in self.shop.variants.values()]

    def locations(self) -> list[Json]:
        """Show the places to send from."""
        with self.shop.lock:
            return [{"id": str(p.id), "name": p.name} for p in self.shop.locations.values()]

    def mails(self) -> list[Json]:
        """Show every mail sent to a buyer."""
        with self.shop.lock:
            return [overview.mail_row(mail) for mail in self.shop.mails]

    def requests(self) -> list[Json]:
        """Show every call to the Admin API: when, what, how it ended, which fault struck."""
        return [asdict(seen) | {"at": overview.written(seen.at)} for seen in self.api.seen]

    # Inside -------------------------------------------------------------------------------

    def variant(self, sku: str) -> Variant | None:
        """Find what is on sale under this SKU."""
        return self.shop.by_sku(sku)

    def _announce(self, topic: str, body: Json) -> None:
        self.webhooks.publish(
            Event(id=fresh_uuid(self.rng), topic=topic, body=body, at=self._clock())
        )

    def _sign(self, event: Event, subscription: Subscription, webhook_id: str) -> Signed:
        by_hand = subscription.owner == "hand"
        return sign(
            event,
            subscription,
            shop=self.domain,
            secret=self._shop_secret if by_hand else self.api.keys.client_secret,
            webhook_id=webhook_id,
            family=self._family,
        )
