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
        return order.updated_at

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
    ) -> Variant:
        """Put something on sale, as a product with one variant."""
        with self.lock:
            home = location_id or self.home().id
            now = self.now()
            variant = Variant(
                id=self.ids.next("ProductVariant"),
                product_id=self.ids.next("Product"),
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
            )
            self.variants[variant.id] = variant
            return variant

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
