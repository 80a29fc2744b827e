"""Which location is asked to send what: fulfilment orders made, shrunk and closed."""

from collections.abc import Iterable

from connectors.sandbox.shopify.records import FulfilmentOrder, Line, Order, ToSend
from connectors.sandbox.shopify.shop import Shop


def route(shop: Shop, order: Order, lines: Iterable[tuple[Line, int]]) -> None:
    """Open fulfilment orders for units of lines: one per location and delivery method.

    Lines added by an edit get a fulfilment order of their own (seen on a live shop, API 2026-04).
    Gift cards and tips get none.
    """
    groups: dict[tuple[int, str], list[ToSend]] = {}
    for line, units in lines:
        if units and line.fulfillable:
            method = "SHIPPING" if line.requires_shipping else "NONE"
            groups.setdefault((line.location_id, method), []).append(
                ToSend(
                    id=shop.ids.next("FulfillmentOrderLineItem"),
                    line_id=line.id,
                    total=units,
                    remaining=units,
                )
            )
    for (location_id, method), wanted in groups.items():
        order.fulfilment_orders.append(open_order(shop, order, location_id, method, wanted))


def open_order(
    shop: Shop, order: Order, location_id: int, method: str, lines: list[ToSend]
) -> FulfilmentOrder:
    """Make an open fulfilment order; the caller adds it to the order."""
    number = shop.ids.next("FulfillmentOrder")
    shop.whose[number] = order.id
    return FulfilmentOrder(
        id=number,
        order_id=order.id,
        location_id=location_id,
        method=method,
        lines=lines,
        created_at=order.updated_at,
        updated_at=order.updated_at,
        fulfil_at=order.updated_at.replace(minute=0, second=0),
    )


def shrink(order: Order, line: Line, units: int) -> None:
    """Take units of a line back out of the fulfilment orders, the newest first.

    Totals and remaining fall together; one left with nothing to send closes.
    """
    for fulfilment_order in reversed(order.fulfilment_orders):
        if fulfilment_order.closed:
            continue
        for wanted in fulfilment_order.lines:
            if wanted.line_id == line.id and units:
                taken = min(units, wanted.remaining)
                wanted.remaining -= taken
                wanted.total -= taken
                units -= taken
                fulfilment_order.updated_at = order.updated_at
        close_if_empty(fulfilment_order)


def close_if_empty(fulfilment_order: FulfilmentOrder) -> None:
    """Close a fulfilment order that has nothing left to send."""
    if not fulfilment_order.remaining:
        close(fulfilment_order)


def close(fulfilment_order: FulfilmentOrder) -> None:
    """Close a fulfilment order; its holds go with it."""
    fulfilment_order.status = "CLOSED"
    fulfilment_order.holds.clear()
