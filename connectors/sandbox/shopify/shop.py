"""The state of one pretend shop, its clock, and who hears what happens in it."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from connectors.sandbox.shopify.ids import Ids
from connectors.sandbox.shopify.money import minor
from connectors.sandbox.shopify.records import (
    Fulfilment,
    FulfilmentOrder,
    Location,
    Mail,
    Order,
    Refused,
    Variant,
)

Announce = Callable[[str, dict[str, object]], None]


class Shop:
    """Everything a shop knows. Whoever reads or changes it holds `lock`."""

    def __init__(
        self,
        domain: str,
        *,
        name: str,
        currency: str,
        timezone: str,
        clock: Callable[[], datetime],
        announce: Announce,
        ties: bool = False,
    ) -> None:
        self.domain, self.name, self.currency = domain, name, currency
        self.timezone = ZoneInfo(timezone)
        self.lock = threading.RLock()
        self.ids = Ids(domain)
        self.id = self.ids.next("Shop")
        self.announce = announce
        self._clock, self._ties = clock, ties
        self.locations: dict[int, Location] = {}
        self.variants: dict[int, Variant] = {}
        self.orders: dict[int, Order] = {}
        self.whose: dict[int, int] = {}
        """The order of each fulfilment order and fulfilment."""
        self.customers: dict[str, int] = {}
        self.mails: list[Mail] = []
        self.written: dict[tuple[str, str], tuple[str, dict[str, object]]] = {}
        """What each idempotency key of a stock write asked for and got."""
        self.index_lag: Callable[[], timedelta] = timedelta
        """How much later than the shop itself its search knows of a change; asked each time."""
        self.created_at = self.now()
        self._next_number = 1001

    def now(self) -> datetime:
        """Tell the time in whole seconds, as every Shopify timestamp is."""
        return self._clock().replace(microsecond=0)

    def touch(self, order: Order) -> datetime:
        """Move an order's `updated_at` forward.

        It grows with every change, by a second if need be. With `ties` it is only the clock's
        second, so that two changes may carry the same time, as in a real shop's busy moment.
        """
        floor = order.updated_at if self._ties else order.updated_at + timedelta(seconds=1)
        order.updated_at = max(self.now(), floor)
        self.note_in_index(order)
        return order.updated_at

    def note_in_index(self, order: Order) -> None:
        """Let the search find an order as it is now, once its index has caught up."""
        at = self._clock()
        while len(order.shown) > 1 and order.shown[1][0] <= at:
            del order.shown[0]
        order.shown.append((at + self.index_lag(), order.updated_at))

    def indexed_at(self, order: Order) -> datetime | None:
        """Say which time of change the search knows an order by; None before it knows it."""
        now = self._clock()
        return next((changed for since, changed in order.shown[::-1] if since <= now), None)

    def next_number(self) -> int:
        """Hand out the next order number."""
        self._next_number += 1
        return self._next_number - 1

    def customer(self, email: str) -> int:
        """Find the customer with this address, or make one."""
        if email not in self.customers:
            self.customers[email] = self.ids.next("Customer")
        return self.customers[email]

    def add_location(self, name: str, *, country_code: str = "ES") -> Location:
        """Open a place to send from; the first one is where unassigned lines go."""
        with self.lock:
            place = Location(
                id=self.ids.next("Location"),
                name=name,
                country_code=country_code,
                created_at=self.now(),
            )
            self.locations[place.id] = place
            return place

    def add_variant(
        self,
        *,
        sku: str | None,
        title: str,
        price: str = "10.00",
        grams: int = 100,
        requires_shipping: bool = True,
        gift_card: bool = False,
        location_id: int | None = None,
        stock: dict[int, int] | None = None,
        components: bool = False,
        option: str = "",
        product_id: int | None = None,
        barcode: str | None = None,
        tracked: bool = True,
        status: str = "ACTIVE",
    ) -> Variant:
        """Put something on sale: a product with one variant, or another variant of a product."""
        with self.lock:
            home = location_id or self.home().id
            now = self.now()
            variant = Variant(
                id=self.ids.next("ProductVariant"),
                product_id=product_id or self.ids.next("Product"),
                inventory_item_id=self.ids.next("InventoryItem"),
                title=title,
                sku=sku,
                price=minor(price, self.currency),
                grams=grams,
                requires_shipping=requires_shipping and not gift_card,
                gift_card=gift_card,
                location_id=home,
                available=dict(stock) if stock is not None else {home: 0},
                committed={},
                created_at=now,
                updated_at=now,
                components=components,
                option=option,
                barcode=barcode,
                tracked=tracked,
                status=status,
            )
            self.variants[variant.id] = variant
            return variant

    def product(self, product_id: int) -> list[Variant]:
        """Find the variants of a product."""
        return [v for v in self.variants.values() if v.product_id == product_id]

    def home(self) -> Location:
        """Find the place lines go to when nothing else is said, opening one if there is none."""
        for place in self.locations.values():
            return place
        return self.add_location("Shop location")

    def order(self, order_id: int) -> Order:
        """Find an order.

        :raises Refused: there is none.
        """
        if order_id not in self.orders:
            raise Refused("Order does not exist", field=["id"])
        return self.orders[order_id]

    def by_sku(self, sku: str) -> Variant | None:
        """Find the variant with exactly this SKU."""
        return next((v for v in self.variants.values() if v.sku == sku), None)

    def by_inventory_item(self, item_id: int) -> Variant | None:
        """Find the variant whose stock this is."""
        return next(
            (v for v in self.variants.values() if v.inventory_item_id == item_id), None
        )

    def fulfilment_orders(self) -> Iterator[tuple[Order, FulfilmentOrder]]:
        """Go through every fulfilment order with its order."""
        for order in self.orders.values():
            for fulfilment_order in order.fulfilment_orders:
                yield order, fulfilment_order

    def fulfilment_order(self, wanted: int) -> tuple[Order, FulfilmentOrder]:
        """Find a fulfilment order and its order.

        :raises Refused: there is none.
        """
        order = self.orders.get(self.whose.get(wanted, 0))
        for fulfilment_order in order.fulfilment_orders if order else ():
            if order and fulfilment_order.id == wanted:
                return order, fulfilment_order
        raise Refused(
            "Fulfillment order does not exist.", code="FULFILLMENT_ORDER_NOT_FOUND"
        )

    def fulfilment(self, wanted: int) -> tuple[Order, Fulfilment]:
        """Find a fulfilment and its order.

        :raises Refused: there is none.
        """
        order = self.orders.get(self.whose.get(wanted, 0))
        for fulfilment in order.fulfilments if order else ():
            if order and fulfilment.id == wanted:
                return order, fulfilment
        raise Refused("Fulfillment does not exist.")

    def mail(self, order: Order, kind: str) -> None:
        """Write to the buyer, if there is an address to write to."""
        if order.email:
            self.mails.append(
                Mail(order_id=order.id, kind=kind, to=order.email, at=order.updated_at)
            )
