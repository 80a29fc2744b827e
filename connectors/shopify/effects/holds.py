"""Holding an order back at Shopify, and letting go of it: only ever holds of our own.

A hold of ours is known by its handle, which begins with `hornada-` and is unique among our
holds on one fulfilment order.
"""

from collections.abc import Iterable, Mapping, Sequence

from connectors.errors import Conflict, OutcomeUnknown, Rejected
from connectors.protocol import Pushed
from connectors.shopify.answers import Node, UserError
from connectors.shopify.client import AdminApi
from connectors.shopify.effects.state import FulfilmentOrder, HoldThere, Ref, read_state
from connectors.shopify.ids import joined, number
from mapping.effects import Hold, ReleaseHold

HANDLE_PREFIX = "hornada-"
LONGEST_HANDLE = 64
LONGEST_NOTE = 255
"""Ours, not Shopify's, which names no limit."""

_REASONS: Mapping[str, str] = {
    "out_of_stock": "INVENTORY_OUT_OF_STOCK",
    "unknown_date": "UNKNOWN_DELIVERY_DATE",
}
_SAME_HANDLE = {"DUPLICATE_FULFILLMENT_HOLD_HANDLE", "TAKEN"}


class _HoldAnswer(Node):
    fulfillment_hold: Ref | None = None
    user_errors: list[UserError] = []


class _Held(Node):
    fulfillment_order_hold: _HoldAnswer


class _ReleaseAnswer(Node):
    user_errors: list[UserError] = []


class _Released(Node):
    fulfillment_order_release_hold: _ReleaseAnswer


def is_ours(hold: HoldThere) -> bool:
    """Say whether a hold was put there by this product, and not by another app or person."""
    return hold.held_by_requesting_app and (hold.handle or "").startswith(HANDLE_PREFIX)


def push_hold(api: AdminApi, effect: Hold) -> Pushed:
    """Put a hold on everything of the order that is still to be sent.

    An order with nothing left to send has nothing to hold, which is fine.

    :raises Conflict: Shopify lets none of it be held.
    """
    handle = _handle(effect.handle)
    waiting = _waiting(api, effect.order_id)
    there = _named(waiting, handle)
    free = [one for one in waiting if not _of(one, handle) and _can_be_held(one)]
    placed = [ref for one in free if (ref := _place(api, effect, order=one))]
    if waiting and not there and not free:
        raise Conflict("Shopify lets nothing of the order be held now")
    outcome = "created" if placed else "already_there" if there or free else "nothing_to_do"
    return Pushed(remote_ref=joined([*there, *placed]), outcome=outcome)


def look_up_hold(api: AdminApi, effect: Hold) -> Pushed | None:
    """Find our hold on everything that can be held."""
    handle = _handle(effect.handle)
    waiting = _waiting(api, effect.order_id)
    if any(not _of(one, handle) and _can_be_held(one) for one in waiting):
        return None
    there = _named(waiting, handle)
    return Pushed(
        remote_ref=joined(there), outcome="already_there" if there else "nothing_to_do"
    )


def push_release(api: AdminApi, effect: ReleaseHold) -> Pushed:
    """Take our hold of this name off wherever it is; everybody else's stay."""
    handle = _handle(effect.handle)
    released: list[str] = []
    for order in read_state(api, order_id=effect.order_id).orders:
        if holds := _of(order, handle):
            release(api, order=order, holds=holds)
            released += [number(hold.id) for hold in holds]
    outcome = "created" if released else "nothing_to_do"
    return Pushed(remote_ref=joined(released), outcome=outcome)


def look_up_release(api: AdminApi, effect: ReleaseHold) -> Pushed | None:
    """See that no hold of ours by this name is left."""
    orders = read_state(api, order_id=effect.order_id).orders
    if _named(orders, _handle(effect.handle)):
        return None
    return Pushed(remote_ref="", outcome="already_there")


def release(api: AdminApi, *, order: FulfilmentOrder, holds: Sequence[HoldThere]) -> None:
    """Take the named holds, and no others, off a fulfilment order."""
    variables = {"id": order.id, "holds": [hold.id for hold in holds]}
    said = api.ask("release_hold", variables, into=_Released, write=True)
    if errors := said.fulfillment_order_release_hold.user_errors:
        raise api.refusal(errors, doing="release our hold")


def _place(api: AdminApi, effect: Hold, *, order: FulfilmentOrder) -> str:
    """Put the hold on one fulfilment order; empty if it turns out to be there already."""
    hold = {
        "reason": _REASONS.get(effect.reason, "OTHER"),
        "reasonNotes": shortened(effect.note, LONGEST_NOTE),
        "handle": _handle(effect.handle),
    }
    variables = {"id": order.id, "hold": hold}
    said = api.ask("hold", variables, into=_Held, write=True).fulfillment_order_hold
    if any(error.code in _SAME_HANDLE for error in said.user_errors):
        return ""
    if said.user_errors:
        raise api.refusal(said.user_errors, doing="hold the order")
    if said.fulfillment_hold is None:
        raise OutcomeUnknown("Shopify neither held the order nor refused to")
    return number(said.fulfillment_hold.id)


def shortened(note: str, longest: int) -> str:
    """Cut a note to what there is room for, showing that it was cut."""
    return note if len(note) <= longest else note[: longest - 1] + "…"


def _handle(name: str) -> str:
    handle = name if name.startswith(HANDLE_PREFIX) else HANDLE_PREFIX + name
    if len(handle) > LONGEST_HANDLE:
        raise Rejected(f"the name of a hold has at most {LONGEST_HANDLE} characters")
    return handle


def _waiting(api: AdminApi, order_id: str) -> list[FulfilmentOrder]:
    return [one for one in read_state(api, order_id=order_id).orders if one.is_open]


def _can_be_held(order: FulfilmentOrder) -> bool:
    """One that is held already takes further holds, whatever actions it offers (2025-01)."""
    return order.can("HOLD") or order.status == "ON_HOLD"


def _of(order: FulfilmentOrder, handle: str) -> list[HoldThere]:
    return [one for one in order.fulfillment_holds if is_ours(one) and one.handle == handle]


def _named(orders: Iterable[FulfilmentOrder], handle: str) -> list[str]:
    return [number(hold.id) for order in orders for hold in _of(order, handle)]
