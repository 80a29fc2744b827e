"""The rules of sending: fulfilments made, their tracking, their milestones, their undoing.

Messages and states were seen on a live shop with API 2026-04 unless a line says otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.sandbox.shopify import stock
from connectors.sandbox.shopify.bodies.fulfilments import fulfilment_body
from connectors.sandbox.shopify.news import tell
from connectors.sandbox.shopify.records import (
    Fulfilment,
    FulfilmentOrder,
    Milestone,
    Order,
    Refused,
    Sent,
    ToSend,
    Tracking,
)
from connectors.sandbox.shopify.routing import close, route
from connectors.sandbox.shopify.shop import Shop
from connectors.sandbox.shopify.statuses import rest_status

_MOST_LINES = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Units of one fulfilment order to send; no lines means everything left in it."""

    fulfilment_order_id: int
    lines: Sequence[tuple[int, int]] = ()


def create(
    shop: Shop,
    parts: Sequence[Part],
    *,
    tracking: list[Tracking],
    notify: bool = False,
    made_by: str = "app",
) -> Fulfilment:
    """Send units of fulfilment orders of one order and one location, all or nothing.

    Nothing guards against sending twice but the units left: a second call for the same units is
    refused only because nothing remains.

    :raises Refused: another location or order, closed, on hold, or more units than remain.
    """
    if not parts:
        raise Refused("There must be at least one fulfillment order", field=["fulfillment"])
    found = [(_locate(shop, part), part) for part in parts]
    (order, first), _ = found[0]
    if len({other.id for (other, _), _ in found}) > 1:  # wording ours
        raise Refused(
            "All fulfillment orders must belong to the same order.", field=["fulfillment"]
        )
    if len({fo.location_id for (_, fo), _ in found}) > 1:
        raise Refused(
            "All fulfillment orders must be assigned to a single location.",
            field=["fulfillment"],
        )
    taken = [unit for (_, fo), part in found for unit in _units(fo, part)]
    if not taken or len({line.id for line, _ in taken}) < len(taken):
        raise _too_many()
    shop.touch(order)
    made = _send(shop, order, first, taken, tracking=tracking, made_by=made_by)
    for (_, fulfilment_order), _ in found:
        _settle(order, fulfilment_order)
    if notify:
        shop.mail(order, "shipping_confirmation")
    _tell(shop, order, made, "fulfillments/create", finished=True)
    return made


def _locate(shop: Shop, part: Part) -> tuple[Order, FulfilmentOrder]:
    try:
        order, fulfilment_order = shop.fulfilment_order(part.fulfilment_order_id)
    except Refused as missing:
        raise Refused(missing.message, field=["fulfillment"]) from missing
    if fulfilment_order.status not in {"OPEN", "IN_PROGRESS"}:
        now = fulfilment_order.status.lower()
        raise Refused(
            f"Fulfillment order {fulfilment_order.id} has an unfulfillable status= {now}.",
            field=["fulfillment"],
        )
    return order, fulfilment_order


def _units(fulfilment_order: FulfilmentOrder, part: Part) -> list[tuple[ToSend, int]]:
    if not part.lines:
        return [(line, line.remaining) for line in fulfilment_order.lines if line.remaining]
    if len(part.lines) > _MOST_LINES:
        raise Refused("No more than 512 line items are allowed", field=["fulfillment"])
    known = {line.id: line for line in fulfilment_order.lines}
    chosen = []
    for line_id, units in part.lines:
        if line_id not in known or not 0 < units <= known[line_id].remaining:
            raise _too_many()
        chosen.append((known[line_id], units))
    return chosen


def _too_many() -> Refused:
    return Refused(
        "Invalid fulfillment order line item quantity requested.", field=["fulfillment"]
    )


def _send(
    shop: Shop,
    order: Order,
    first: FulfilmentOrder,
    taken: list[tuple[ToSend, int]],
    *,
    tracking: list[Tracking],
    made_by: str,
) -> Fulfilment:
    lines = []
    for wanted, units in taken:
        wanted.remaining -= units
        stock.leave(shop, order.line(wanted.line_id), units)
        lines.append(
            Sent(
                id=shop.ids.next("FulfillmentLineItem"),
                line_id=wanted.line_id,
                to_send_id=wanted.id,
                quantity=units,
            )
        )
    made = Fulfilment(
        id=shop.ids.next("Fulfillment"),
        name=f"{order.name}-F{len(order.fulfilments) + 1}",
        order_id=order.id,
        location_id=first.location_id,
        lines=lines,
        tracking=tracking,
        created_at=order.updated_at,
        updated_at=order.updated_at,
        made_by=made_by,
    )
    order.fulfilments.append(made)
    shop.whose[made.id] = order.id
    return made


def _settle(order: Order, fulfilment_order: FulfilmentOrder) -> None:
    fulfilment_order.updated_at = order.updated_at
    if fulfilment_order.remaining:
        fulfilment_order.status = "IN_PROGRESS"  # (memory) what a half-sent one becomes
    else:
        close(fulfilment_order)


def update_tracking(
    shop: Shop, number: int, *, tracking: list[Tracking], notify: bool
) -> Fulfilment:
    """Replace the tracking of a fulfilment, a cancelled one too; each notice mails the buyer.

    :raises Refused: there is no such fulfilment.
    """
    order, fulfilment = shop.fulfilment(number)
    fulfilment.tracking, fulfilment.updated_at = tracking, shop.touch(order)
    if notify:
        shop.mail(order, "shipping_update")
    _tell(shop, order, fulfilment, "fulfillments/update", finished=False)
    return fulfilment


def cancel(shop: Shop, number: int) -> Fulfilment:
    """Cancel a fulfilment; new fulfilment orders ask for its units again. Twice is once.

    :raises Refused: there is no such fulfilment.
    """
    order, fulfilment = shop.fulfilment(number)
    if fulfilment.status == "CANCELLED":
        return fulfilment
    fulfilment.status, fulfilment.display_status = "CANCELLED", "CANCELED"
    fulfilment.updated_at = shop.touch(order)
    lines = [(order.line(sent.line_id), sent.quantity) for sent in fulfilment.lines]
    for line, units in lines:
        stock.come_back(shop, line, units)
        stock.commit(shop, line, units)
    route(shop, order, lines)
    _tell(shop, order, fulfilment, "fulfillments/update", finished=False)
    return fulfilment


def add_event(shop: Shop, number: int, milestone: Milestone) -> Milestone:
    """Write a milestone on a fulfilment, a cancelled one too; it becomes its display status.

    :raises Refused: there is no such fulfilment.
    """
    order, fulfilment = shop.fulfilment(number)
    fulfilment.events.append(milestone)
    fulfilment.updated_at = shop.touch(order)
    fulfilment.display_status = milestone.status
    if milestone.estimated_delivery_at:
        fulfilment.estimated_delivery_at = milestone.estimated_delivery_at
    if milestone.status == "IN_TRANSIT":
        fulfilment.in_transit_at = milestone.happened_at
    if milestone.status == "DELIVERED":
        fulfilment.delivered_at = milestone.happened_at
    _tell(shop, order, fulfilment, "fulfillments/update", finished=False)
    return milestone


def _tell(
    shop: Shop, order: Order, fulfilment: Fulfilment, topic: str, *, finished: bool
) -> None:
    shop.announce(topic, fulfilment_body(shop, order, fulfilment))
    whole = rest_status(order) == "fulfilled"
    more = ("orders/fulfilled",) if whole else ("orders/partially_fulfilled",)
    tell(shop, order, *(more if finished else ()), "orders/updated")
