"""What shop keepers do to orders: take money, edit, refund, cancel, delete."""

from collections.abc import Mapping, Sequence

from connectors.sandbox.shopify import stock
from connectors.sandbox.shopify.bodies.orders import edit_body, refund_body
from connectors.sandbox.shopify.news import tell
from connectors.sandbox.shopify.placing import make_line
from connectors.sandbox.shopify.records import (
    Group,
    Line,
    Order,
    Refund,
    Refunded,
    Refused,
)
from connectors.sandbox.shopify.routing import close, route, shrink
from connectors.sandbox.shopify.shop import Shop
from connectors.sandbox.shopify.wanted import Wanted


def pay(shop: Shop, order_id: int) -> None:
    """Take the buyer's money.

    :raises Refused: nothing is owed.
    """
    order = shop.order(order_id)
    if order.financial_status not in {"PENDING", "AUTHORIZED", "PARTIALLY_PAID"}:
        raise Refused(f"Order {order.name} cannot be marked as paid")
    order.financial_status = "PAID"
    shop.touch(order)
    tell(shop, order, "orders/paid", "orders/updated")


def edit(
    shop: Shop, order_id: int, *, quantities: Mapping[int, int], add: Sequence[Wanted]
) -> None:
    """Edit an order: new quantities for its lines, and new lines.

    Removed units lower `current_quantity` only; `quantity` keeps what was ordered. Added units
    get a fulfilment order of their own.

    :raises Refused: a line is unknown, or sent units would be edited away; nothing changes.
    """
    order = shop.order(order_id)
    if order.cancelled_at:
        raise Refused(f"Order {order.name} is cancelled and cannot be edited")
    changes = {
        line_id: units - order.line(line_id).current_quantity
        for line_id, units in quantities.items()
    }
    for line_id, change in changes.items():
        line = order.line(line_id)
        if -change > (order.unsent(line) if line.fulfillable else line.current_quantity):
            raise Refused(f"Line {line_id} has no {-change} unsent units to remove")
    groups: dict[str, Group] = {}
    fresh = [make_line(shop, wanted, groups) for wanted in add]
    shop.touch(order)
    order.edited = True
    for line_id, change in changes.items():
        _change(shop, order, order.line(line_id), change)
    order.lines.extend(fresh)
    for line in fresh:
        stock.commit(shop, line, line.quantity)
    route(shop, order, [(line, line.quantity) for line in fresh])
    added = {line_id: change for line_id, change in changes.items() if change > 0}
    added |= {line.id: line.quantity for line in fresh}
    removed = {line_id: -change for line_id, change in changes.items() if change < 0}
    shop.announce(
        "orders/edited", edit_body(shop, order, additions=added, removals=removed)
    )
    tell(shop, order, "orders/updated")


def _change(shop: Shop, order: Order, line: Line, change: int) -> None:
    line.current_quantity += change
    if change > 0:
        line.quantity += change
        stock.commit(shop, line, change)
        route(shop, order, [(line, change)])
    elif change < 0:
        _drop(shop, order, line, -change, restock=True)


def _drop(shop: Shop, order: Order, line: Line, units: int, *, restock: bool) -> None:
    if not line.fulfillable:
        return
    line.dropped += units
    shrink(order, line, units)
    if restock:
        stock.release(shop, line, units)
    else:
        stock.leave(shop, line, units)


def refund(
    shop: Shop, order_id: int, lines: Mapping[int, int], *, restock: bool, note: str | None
) -> Refund:
    """Refund units of lines: unsent ones first (they are no longer to be sent), then sent ones.

    :raises Refused: a line is unknown or has not that many units; nothing changes.
    """
    order = shop.order(order_id)
    for line_id, units in lines.items():
        if not 0 < units <= order.line(line_id).current_quantity:
            raise Refused(
                "Refund line items quantity cannot be greater than the units left"
            )
    shop.touch(order)
    made = _refund(shop, order, lines, restock=restock, note=note)
    left = sum(line.current_quantity for line in order.lines)
    order.financial_status = "PARTIALLY_REFUNDED" if left else "REFUNDED"
    shop.announce("refunds/create", refund_body(shop, order, made))
    tell(shop, order, "orders/updated")
    return made


def _refund(
    shop: Shop, order: Order, lines: Mapping[int, int], *, restock: bool, note: str | None
) -> Refund:
    parts: list[Refunded] = []
    money = 0
    for line_id, units in lines.items():
        line = order.line(line_id)
        unsent = min(units, order.unsent(line))
        line.current_quantity -= units
        money += line.price * units
        _drop(shop, order, line, unsent, restock=restock)
        if restock and units > unsent:
            stock.come_back(shop, line, units - unsent)
        kinds = (("CANCEL", unsent), ("RETURN", units - unsent))
        parts += [
            Refunded(
                id=shop.ids.next("RefundLineItem"),
                line_id=line_id,
                quantity=count,
                restock_type=kind if restock else "NO_RESTOCK",
            )
            for kind, count in kinds
            if count
        ]
    made = Refund(
        id=shop.ids.next("Refund"),
        created_at=order.updated_at,
        note=note,
        lines=tuple(parts),
        amount=money if order.financial_status != "PENDING" else 0,
    )
    order.refunds.append(made)
    return made


def cancel(shop: Shop, order_id: int, *, reason: str, give_back: bool) -> None:
    """Cancel an order nothing of which was sent.

    With `give_back` the goods are restocked and paid money returned: quantities go to 0 and the
    order is archived. Without, closed fulfilment orders keep their `remainingQuantity`: only the
    status tells (both seen on a live shop, API 2026-04).

    :raises Refused: it is cancelled already, or something was sent.
    """
    order = shop.order(order_id)
    if order.cancelled_at or any(order.sent(line.id) for line in order.lines):
        raise Refused(f"Order {order.name} cannot be cancelled any more")
    at = shop.touch(order)
    order.cancelled_at, order.cancel_reason = at, reason
    made = _give_back(shop, order) if give_back else None
    for fulfilment_order in order.fulfilment_orders:
        close(fulfilment_order)
        fulfilment_order.updated_at = at
    if made:
        shop.announce("refunds/create", refund_body(shop, order, made))
    tell(shop, order, "orders/cancelled", "orders/updated")


def _give_back(shop: Shop, order: Order) -> Refund | None:
    left = {line.id: line.current_quantity for line in order.lines if line.current_quantity}
    paid = order.financial_status != "PENDING"
    made = _refund(shop, order, left, restock=True, note="Cancelled") if left else None
    order.financial_status = "REFUNDED" if paid else "VOIDED"
    order.closed_at = order.updated_at
    return made


def delete(shop: Shop, order_id: int) -> None:
    """Delete an order for good."""
    order = shop.orders.pop(shop.order(order_id).id)
    shop.announce("orders/delete", {"id": order.id})
