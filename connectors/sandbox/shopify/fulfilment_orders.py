"""The rules of fulfilment orders: what may be done, holds, reported progress, deadlines.

Messages, codes and statuses were seen on a live shop with API 2026-04 unless a line says
otherwise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.sandbox.shopify.bodies.fulfilments import (
    held_body,
    progress_body,
    released_body,
)
from connectors.sandbox.shopify.news import tell
from connectors.sandbox.shopify.records import (
    FulfilmentOrder,
    Hold,
    Order,
    Refused,
    ToSend,
)
from connectors.sandbox.shopify.routing import close, open_order
from connectors.sandbox.shopify.shop import Shop

_HOLDS_PER_APP = 10
_LONGEST_HANDLE = 64
_LONGEST_PROGRESS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What a hold is to say, and on how many units of which lines (none = all)."""

    reason: str
    notes: str | None = None
    handle: str = ""
    external_id: str | None = None
    lines: Sequence[tuple[int, int]] = ()
    by_app: bool = True


def actions(order: Order, fulfilment_order: FulfilmentOrder) -> tuple[str, ...]:
    """List the supportedActions of a merchant-managed fulfilment order."""
    if fulfilment_order.closed:
        return ()
    if fulfilment_order.status == "ON_HOLD":
        full = sum(hold.by_app for hold in fulfilment_order.holds) >= _HOLDS_PER_APP
        return ("RELEASE_HOLD", "MOVE") if full else ("RELEASE_HOLD", "HOLD", "MOVE")
    if fulfilment_order.status == "IN_PROGRESS":
        ours = ("CREATE_FULFILLMENT", "REPORT_PROGRESS", "HOLD")
        return (*ours, "MARK_AS_OPEN") if fulfilment_order.reported else ours
    split = ("SPLIT",) if fulfilment_order.remaining > 1 else ()
    merge = ("MERGE",) if _has_sibling(order, fulfilment_order) else ()
    return ("CREATE_FULFILLMENT", "REPORT_PROGRESS", "MOVE", "HOLD", *split, *merge)


def _has_sibling(order: Order, fulfilment_order: FulfilmentOrder) -> bool:
    return any(
        other is not fulfilment_order
        and other.status == "OPEN"
        and other.location_id == fulfilment_order.location_id
        and other.method == fulfilment_order.method
        for other in order.fulfilment_orders
    )


def hold(
    shop: Shop, number: int, holding: Holding
) -> tuple[FulfilmentOrder, Hold, FulfilmentOrder | None]:
    """Put a fulfilment order, or part of it, on hold; part of it splits the rest off as open.

    :raises Refused: closed, handle taken, ten holds already, or units that are not there.
    """
    order, fulfilment_order = shop.fulfilment_order(number)
    _check_hold(fulfilment_order, holding)
    shop.touch(order)
    rest = _split_off(shop, order, fulfilment_order, dict(holding.lines))
    made = Hold(
        id=shop.ids.next("FulfillmentHold"),
        reason=holding.reason,
        notes=holding.notes,
        handle=holding.handle,
        external_id=holding.external_id,
        by_app=holding.by_app,
    )
    first = fulfilment_order.status != "ON_HOLD"
    fulfilment_order.holds.append(made)
    fulfilment_order.status, fulfilment_order.updated_at = "ON_HOLD", order.updated_at
    if first:
        shop.announce(
            "fulfillment_orders/placed_on_hold", held_body(fulfilment_order, made, rest)
        )
    tell(shop, order, "orders/updated")
    return fulfilment_order, made, rest


def _check_hold(fulfilment_order: FulfilmentOrder, holding: Holding) -> None:
    if fulfilment_order.closed:  # the wording is ours: not seen on a live shop
        raise Refused("Fulfillment order is not in a state that can be held.", field=["id"])
    mine = [hold for hold in fulfilment_order.holds if hold.by_app == holding.by_app]
    if holding.lines and fulfilment_order.status == "ON_HOLD":
        raise Refused(
            "The fulfillment order is not in a splittable state.",
            field=["fulfillmentHold", "fulfillmentOrderLineItems"],
            code="FULFILLMENT_ORDER_NOT_SPLITTABLE",
        )
    if len(holding.handle) > _LONGEST_HANDLE:
        raise Refused(
            "Handle is too long (maximum is 64 characters)", field=["fulfillmentHold"]
        )
    if any(hold.handle == holding.handle for hold in mine):
        raise Refused(
            "The handle provided for the fulfillment hold is already in use by this app for"
            " another hold on this fulfillment order.",
            field=["fulfillmentHold", "handle"],
            code="DUPLICATE_FULFILLMENT_HOLD_HANDLE",
        )
    if len(mine) >= _HOLDS_PER_APP:
        raise Refused(
            "The maximum number of fulfillment holds for this fulfillment order has been reached"
            " for this app. An app can only have up to 10 holds on a single fulfillment order at"
            " any one time.",
            field=["id"],
            code="FULFILLMENT_ORDER_HOLD_LIMIT_REACHED",
        )
    _check_units(fulfilment_order, holding.lines)


def _check_units(
    fulfilment_order: FulfilmentOrder, lines: Sequence[tuple[int, int]]
) -> None:
    where = ["fulfillmentHold", "fulfillmentOrderLineItems"]
    left = {line.id: line.remaining for line in fulfilment_order.lines}
    if len({line_id for line_id, _ in lines}) < len(lines):
        raise Refused(
            "must contain unique line item ids",
            field=where,
            code="DUPLICATED_FULFILLMENT_ORDER_LINE_ITEMS",
        )
    for at, (line_id, units) in enumerate(lines):
        if units < 1:
            raise Refused(
                "You must select at least one item to place on partial hold.",
                field=[*where, str(at), "quantity"],
                code="GREATER_THAN_ZERO",
            )
        if units > left.get(line_id, 0):
            raise Refused(
                "The line item quantity is invalid.",
                field=[*where, str(at), "quantity"],
                code="INVALID_LINE_ITEM_QUANTITY",
            )


def _split_off(
    shop: Shop, order: Order, fulfilment_order: FulfilmentOrder, held: Mapping[int, int]
) -> FulfilmentOrder | None:
    if not held:
        return None
    spare = [
        (line, line.remaining - held.get(line.id, 0))
        for line in fulfilment_order.lines
        if line.remaining > held.get(line.id, 0)
    ]
    if not spare:
        return None
    for line, units in spare:
        line.remaining -= units
        line.total -= units
    fulfilment_order.lines = [line for line in fulfilment_order.lines if line.total]
    lines = [
        ToSend(
            id=shop.ids.next("FulfillmentOrderLineItem"),
            line_id=line.line_id,
            total=units,
            remaining=units,
        )
        for line, units in spare
    ]
    place, method = fulfilment_order.location_id, fulfilment_order.method
    rest = open_order(shop, order, place, method, lines)
    order.fulfilment_orders.append(rest)
    fulfilment_order.rest_id = rest.id
    return rest


def release(
    shop: Shop, number: int, *, hold_ids: Sequence[int] | None, by_app: bool = True
) -> FulfilmentOrder:
    """Lift holds: the named ones, or without names every hold of whoever asks.

    With the last hold gone it can be sent again, and takes back what was split off by a partial
    hold if that is still untouched.

    :raises Refused: a named hold is not the asker's, or nothing is on hold.
    """
    order, fulfilment_order = shop.fulfilment_order(number)
    if fulfilment_order.status != "ON_HOLD":  # the wording is ours: not seen on a live shop
        raise Refused("The fulfillment order is not on hold.", field=["id"])
    mine = {hold.id for hold in fulfilment_order.holds if hold.by_app == by_app}
    lifted = mine if hold_ids is None else set(hold_ids)
    if not lifted <= mine:
        raise Refused(
            "The app is not allowed to release this hold.",
            field=["holdIds"],
            code="INVALID_ACCESS",
        )
    fulfilment_order.holds = [
        hold for hold in fulfilment_order.holds if hold.id not in lifted
    ]
    shop.touch(order)
    fulfilment_order.updated_at = order.updated_at
    if not fulfilment_order.holds:
        _take_back_rest(order, fulfilment_order)
        fulfilment_order.status = "IN_PROGRESS" if _started(fulfilment_order) else "OPEN"
        shop.announce("fulfillment_orders/hold_released", released_body(fulfilment_order))
    tell(shop, order, "orders/updated")
    return fulfilment_order


def _started(fulfilment_order: FulfilmentOrder) -> bool:
    sent = any(line.remaining < line.total for line in fulfilment_order.lines)
    return fulfilment_order.reported or sent


def _take_back_rest(order: Order, fulfilment_order: FulfilmentOrder) -> None:
    rest = next(
        (o for o in order.fulfilment_orders if o.id == fulfilment_order.rest_id), None
    )
    fulfilment_order.rest_id = None
    if rest is None or rest.status != "OPEN":
        return
    home = {line.line_id: line for line in fulfilment_order.lines}
    for line in rest.lines:
        if line.line_id in home:
            home[line.line_id].total += line.total
            home[line.line_id].remaining += line.remaining
        else:
            fulfilment_order.lines.append(
                ToSend(
                    id=line.id,
                    line_id=line.line_id,
                    total=line.total,
                    remaining=line.remaining,
                )
            )
        line.total = line.remaining = 0
    close(rest)


def report_progress(shop: Shop, number: int, *, notes: str | None) -> FulfilmentOrder:
    """Say that work on a fulfilment order goes on; it becomes IN_PROGRESS.

    :raises Refused: it is neither OPEN nor IN_PROGRESS, or the note is too long.
    """
    order, fulfilment_order = shop.fulfilment_order(number)
    if fulfilment_order.status not in {"OPEN", "IN_PROGRESS"}:
        raise Refused(
            "Cannot report progress on a fulfillment order in this state.",
            code="FULFILLMENT_ORDER_STATUS_INVALID",
        )
    if notes is not None and len(notes) > _LONGEST_PROGRESS:
        raise Refused(
            "Reason notes is too long (maximum is 256 characters)",
            field=["progressReport", "reasonNotes"],
        )
    before = fulfilment_order.status
    fulfilment_order.status, fulfilment_order.updated_at = "IN_PROGRESS", shop.touch(order)
    fulfilment_order.reported, fulfilment_order.progress = True, notes
    shop.announce(
        "fulfillment_orders/progress_reported",
        progress_body(fulfilment_order, before=before),
    )
    tell(shop, order, "orders/updated")
    return fulfilment_order


def mark_open(shop: Shop, number: int) -> FulfilmentOrder:
    """Take reported progress back: the fulfilment order is OPEN again.

    :raises Refused: it is not in progress.
    """
    order, fulfilment_order = shop.fulfilment_order(number)
    if fulfilment_order.status != "IN_PROGRESS":
        now = fulfilment_order.status.lower()
        raise Refused(f"Expected fulfillment order status to be valid but it was {now}.")
    fulfilment_order.status, fulfilment_order.updated_at = "OPEN", shop.touch(order)
    fulfilment_order.reported, fulfilment_order.progress = False, None
    tell(shop, order, "orders/updated")
    return fulfilment_order


def set_deadline(shop: Shop, numbers: Sequence[int], *, by: datetime) -> None:
    """Write until when fulfilment orders must be sent, closed ones included.

    :raises Refused: one of them does not exist; none is changed.
    """
    known = {fo.id: (order, fo) for order, fo in shop.fulfilment_orders()}
    if not numbers or any(number not in known for number in numbers):
        raise Refused("Fulfillment orders could not be found.")
    for order, fulfilment_order in (known[number] for number in numbers):
        fulfilment_order.fulfil_by, fulfilment_order.updated_at = by, shop.touch(order)
        tell(shop, order, "orders/updated")
