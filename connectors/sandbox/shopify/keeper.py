"""What buyers and shop keepers do in a pretend shop, by hand and by name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypedDict, Unpack

from connectors.sandbox.shopify import fulfilment_orders, fulfilments, orders, stock
from connectors.sandbox.shopify.bodies.catalogue import place_body, product_body
from connectors.sandbox.shopify.bodies.shops import customer_body, shop_key
from connectors.sandbox.shopify.carriers import parcels
from connectors.sandbox.shopify.placing import Checkout, Details, place
from connectors.sandbox.shopify.records import Order, Refused, Variant
from connectors.sandbox.shopify.shop import Shop
from connectors.sandbox.shopify.wanted import Wanted


class Changed(TypedDict, total=False):
    """What may be changed of a thing on sale; the price in minor units."""

    title: str
    price: int
    option: str
    barcode: str | None
    tracked: bool
    status: str


class Keeper:
    """Acts in one shop; ids are strings of digits. What a shop will not do raises `Refused`."""

    shop: Shop

    def place_order(
        self,
        wanted: Sequence[Wanted],
        checkout: Checkout | None = None,
        **details: Unpack[Details],
    ) -> str:
        """Place an order; `details` are fields of `Checkout`. Returns the order's id.

        :raises Refused: no lines, or a line that names nothing.
        """
        how = replace(checkout or Checkout(), **details)
        with self.shop.lock:
            return str(place(self.shop, wanted, how).id)

    def edit_order(
        self,
        order_id: str,
        *,
        quantities: Mapping[str, int] | None = None,
        add: Sequence[Wanted] = (),
    ) -> None:
        """Edit an order: quantities by line id, and new lines."""
        with self.shop.lock:
            orders.edit(
                self.shop, int(order_id), quantities=_by_number(quantities), add=add
            )

    def mark_paid(self, order_id: str) -> None:
        """Take the buyer's money."""
        with self.shop.lock:
            orders.pay(self.shop, int(order_id))

    def cancel_order(
        self, order_id: str, *, reason: str = "CUSTOMER", give_back: bool = True
    ) -> None:
        """Cancel an order nothing of which was sent; `give_back` restocks and refunds."""
        with self.shop.lock:
            orders.cancel(self.shop, int(order_id), reason=reason, give_back=give_back)

    def refund(
        self,
        order_id: str,
        lines: Mapping[str, int],
        *,
        restock: bool = True,
        note: str | None = None,
    ) -> None:
        """Refund units of lines."""
        with self.shop.lock:
            orders.refund(
                self.shop, int(order_id), _by_number(lines), restock=restock, note=note
            )

    def delete_order(self, order_id: str) -> None:
        """Delete an order for good."""
        with self.shop.lock:
            orders.delete(self.shop, int(order_id))

    def fulfil_by_hand(
        self,
        order_id: str,
        *,
        tracking_number: str | None = None,
        company: str | None = None,
        notify: bool = False,
    ) -> list[str]:
        """Send everything that can be sent, as someone in the admin does. Returns the ids."""
        numbers = [tracking_number] if tracking_number else []
        tracking = parcels(company=company, numbers=numbers, urls=[])
        with self.shop.lock:
            open_ones = [
                each
                for each in self._order(order_id).fulfilment_orders
                if each.status in {"OPEN", "IN_PROGRESS"}
            ]
            return [
                str(
                    fulfilments.create(
                        self.shop,
                        [fulfilments.Part(fulfilment_order_id=each.id)],
                        tracking=tracking,
                        notify=notify,
                        made_by="merchant",
                    ).id
                )
                for each in open_ones
            ]

    def cancel_fulfilment(self, fulfilment_id: str) -> None:
        """Undo a fulfilment, as someone in the admin does."""
        with self.shop.lock:
            fulfilments.cancel(self.shop, int(fulfilment_id))

    def hold_by_hand(
        self, order_id: str, *, reason: str = "OTHER", notes: str = ""
    ) -> None:
        """Hold everything of an order that is not sent, as someone in the admin does."""
        holding = fulfilment_orders.Holding(reason=reason, notes=notes, by_app=False)
        with self.shop.lock:
            for each in self._order(order_id).fulfilment_orders:
                if not each.closed:
                    fulfilment_orders.hold(self.shop, each.id, holding)

    def release_by_hand(self, order_id: str) -> None:
        """Lift the holds people placed on an order, and only theirs."""
        with self.shop.lock:
            for each in self._order(order_id).fulfilment_orders:
                if any(not hold.by_app for hold in each.holds):
                    fulfilment_orders.release(
                        self.shop, each.id, hold_ids=None, by_app=False
                    )

    def ask_for_data(self, order_id: str) -> None:
        """Let a buyer ask what is known of them."""
        self._tell_privacy("customers/data_request", order_id, "orders_requested")

    def erase_customer(self, order_id: str) -> None:
        """Let a buyer be forgotten: told to the app, and gone from the shop's own orders."""
        self._tell_privacy("customers/redact", order_id, "orders_to_redact")
        with self.shop.lock:
            gone = self._order(order_id).customer_id
            for order in self.shop.orders.values():
                if order.customer_id == gone:
                    order.email, order.customer_id, order.address = None, None, None
                    self.shop.touch(order)

    def set_stock(self, sku: str, units: int, *, location: str) -> None:
        """Type another available quantity into the admin; 0 or more, as the form takes it.

        :raises Refused: nothing is on sale under this SKU, or there is no such place.
        """
        with self.shop.lock:
            variant, place = self._on_sale(sku), int(location)
            if place not in self.shop.locations or units < 0:
                raise Refused("No such location, or fewer than none of it")
            stock.set_available(self.shop, variant, place, units)

    def stock_no_more(self, sku: str, *, location: str) -> None:
        """Switch a location off at a variant.

        :raises Refused: units are set aside there for orders.
        """
        with self.shop.lock:
            stock.disconnect(self.shop, self._on_sale(sku), int(location))

    def change_variant(self, sku: str, **details: Unpack[Changed]) -> None:
        """Change how a thing is sold: title, price, option, barcode, tracked, status.

        Title and status are the product's: its other variants get them too.
        """
        with self.shop.lock:
            variant = self._on_sale(sku)
            for name, value in details.items():
                whole = name in {"title", "status"}
                for each in self.shop.product(variant.product_id) if whole else [variant]:
                    setattr(each, name, value)
            variant.updated_at = self.shop.now()
            body = product_body(self.shop, variant)
            self.shop.announce("products/update", body)

    def delete_variant(self, variant_id: str) -> None:
        """Take something off sale for good; lines of old orders lose variant and product."""
        with self.shop.lock:
            gone = self.shop.variants.pop(int(variant_id))
            if left := self.shop.product(gone.product_id):
                self.shop.announce("products/update", product_body(self.shop, left[0]))
            else:
                self.shop.announce("products/delete", {"id": gone.product_id})

    def close_location(self, location_id: str) -> None:
        """Close a place; what lies there stays on the books."""
        with self.shop.lock:
            place = self.shop.locations[int(location_id)]
            place.active = False
            self.shop.announce("locations/deactivate", place_body(self.shop, place))

    def lag_index(self, lag: Callable[[], timedelta]) -> None:
        """Let the search know of each change from now on only so much later."""
        with self.shop.lock:
            self.shop.index_lag = lag

    def _on_sale(self, sku: str) -> Variant:
        variant = self.shop.by_sku(sku)
        if variant is None:
            raise Refused(f"Nothing called {sku} is on sale")
        return variant

    def erase_shop(self) -> None:
        """Say that the shop wants everything of it forgotten."""
        self.shop.announce("shop/redact", shop_key(self.shop))

    def _order(self, order_id: str) -> Order:
        return self.shop.order(int(order_id))

    def _tell_privacy(self, topic: str, order_id: str, key: str) -> None:
        with self.shop.lock:
            body = customer_body(self.shop, self._order(order_id), orders_key=key)
            self.shop.announce(topic, body)


def _by_number(units: Mapping[str, int] | None) -> dict[int, int]:
    return {int(line_id): count for line_id, count in (units or {}).items()}
