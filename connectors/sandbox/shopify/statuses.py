"""The words Shopify puts on an order and a line, worked out from what happened."""

from connectors.sandbox.shopify.records import Line, Order


def display_status(order: Order) -> str:
    """Say the order's displayFulfillmentStatus.

    An order on which nothing is left and nothing was sent says FULFILLMENT_NOT_REQUIRED since
    API 2026-10 (UNFULFILLED before).
    """
    unsent = sum(order.unsent(line) for line in order.lines)
    sent = sum(order.sent(line.id) for line in order.lines)
    if not unsent:
        return "FULFILLED" if sent else "FULFILLMENT_NOT_REQUIRED"
    if sent:
        return "PARTIALLY_FULFILLED"
    standing = {fo.status for fo in order.fulfilment_orders if not fo.closed}
    if standing == {"ON_HOLD"}:
        return "ON_HOLD"
    return "IN_PROGRESS" if "IN_PROGRESS" in standing else "UNFULFILLED"


def rest_status(order: Order) -> str | None:
    """Say the order's fulfillment_status in a webhook body: null, partial or fulfilled."""
    return {"FULFILLED": "fulfilled", "PARTIALLY_FULFILLED": "partial"}.get(
        display_status(order)
    )


def rest_line_status(order: Order, line: Line) -> str | None:
    """Say a line's fulfillment_status in a webhook body."""
    if not order.sent(line.id):
        return None
    return "partial" if order.unsent(line) else "fulfilled"


def fulfillable(order: Order, line: Line) -> int:
    """Count the units a person could send now: what is unsent and not on hold."""
    return order.unsent(line) - order.held(line.id)


def subtotal(order: Order, *, current: bool) -> int:
    """Add up the lines, as ordered or as they stand now."""
    return sum(
        line.price * (line.current_quantity if current else line.quantity)
        for line in order.lines
        if not line.tip
    )


def tips(order: Order) -> int:
    """Add up the tips."""
    return sum(line.price * line.quantity for line in order.lines if line.tip)


def total(order: Order, *, current: bool) -> int:
    """Add up lines, tips and shipping, as ordered or as they stand now."""
    if (
        current
        and order.cancelled_at
        and not any(line.current_quantity for line in order.lines)
    ):
        return 0
    return subtotal(order, current=current) + tips(order) + order.shipping_price


def refunded(order: Order) -> int:
    """Add up the money given back."""
    return sum(refund.amount for refund in order.refunds)


def outstanding(order: Order) -> int:
    """Say what the buyer still owes."""
    if order.financial_status in {"PENDING", "AUTHORIZED"} and not order.cancelled_at:
        return total(order, current=True)
    return 0
