"""Telling Shopify that pieces left the house, through the order's fulfilment orders.

`fulfillmentCreate` has no idempotency key: doing it once is our work, so every push first
looks for what it already did and then does the rest, one location at a time.
"""

from collections.abc import Iterator, Mapping

from connectors.errors import ChannelError, Conflict, OutcomeUnknown
from connectors.protocol import Pushed
from connectors.shopify.answers import Node, UserError
from connectors.shopify.carriers import tracking_input
from connectors.shopify.client import AdminApi
from connectors.shopify.effects.holds import is_ours, release
from connectors.shopify.effects.pieces import Pieces, by_location, missing
from connectors.shopify.effects.sent_before import SentBefore, sent_before
from connectors.shopify.effects.state import FulfilmentOrder, OrderState, Ref, read_state
from connectors.shopify.ids import by_number, joined, number
from connectors.words import plain_words
from mapping.effects import Fulfil


class _CreateAnswer(Node):
    fulfillment: Ref | None = None
    user_errors: list[UserError] = []


class _Created(Node):
    fulfillment_create: _CreateAnswer


def push(api: AdminApi, effect: Fulfil) -> Pushed:
    """Make the order hold these pieces as sent, exactly once.

    Safe to repeat after any failure: what an earlier push created is found and counts.
    Only one shipment of an order may be pushed at a time, and each must name the
    fulfilments of those before it, or equal shipments would be taken for each other.

    :raises Conflict: Shopify has fewer pieces left to send, or holds them back.
    """
    wanted = _wanted(effect)
    if not wanted:
        return Pushed(remote_ref="", outcome="nothing_to_do")
    state = read_state(api, order_id=effect.order_id)
    before = _before(api, effect, wanted=wanted, state=state)
    if not before.left:
        return Pushed(remote_ref=joined(before.refs), outcome="already_there")
    refs = [*before.refs]
    state = _unblocked(api, state, left=before.left, order_id=effect.order_id)
    for orders, pieces in _shares(state, left=before.left):
        refs.append(_create(api, effect, orders=orders, pieces=pieces))
    return Pushed(remote_ref=joined(refs), outcome="created")


def look_up(api: AdminApi, effect: Fulfil) -> Pushed | None:
    """Find the whole shipment among the order's fulfilments; a part of it is not it."""
    wanted = _wanted(effect)
    state = read_state(api, order_id=effect.order_id)
    before = _before(api, effect, wanted=wanted, state=state)
    if before.left:
        return None
    return Pushed(remote_ref=joined(before.refs), outcome="already_there")


def _wanted(effect: Fulfil) -> dict[str, int]:
    wanted: dict[str, int] = {}
    for line in effect.lines:
        if line.quantity > 0:
            wanted[line.line_id] = wanted.get(line.line_id, 0) + line.quantity
    return wanted


def _before(
    api: AdminApi, effect: Fulfil, *, wanted: Pieces, state: OrderState
) -> SentBefore:
    return sent_before(api, effect=effect, wanted=wanted, state=state, room=_room(state))


# Where there is room -------------------------------------------------------------------


def _room(state: OrderState) -> dict[str, dict[str, int]]:
    """Add up what may be sent from each location, the one of the oldest work first."""
    room: dict[str, dict[str, int]] = {}
    for order in sorted(state.orders, key=lambda one: by_number(number(one.id))):
        there = room.setdefault(order.location, {})
        if not order.can("CREATE_FULFILLMENT"):
            continue
        for line in order.line_items.nodes:
            there[line.line_id] = there.get(line.line_id, 0) + line.remaining_quantity
    return room


def _lacking(state: OrderState, *, left: Pieces) -> dict[str, int]:
    lacking = dict(left)
    for share in by_location(left, room=_room(state)).values():
        lacking = missing(lacking, have=share)
    return lacking


def _shares(
    state: OrderState, *, left: Pieces
) -> Iterator[tuple[list[FulfilmentOrder], Pieces]]:
    """Yield what to send from each location, and the fulfilment orders to send it on."""
    for location, pieces in by_location(left, room=_room(state)).items():
        here = [one for one in state.orders if one.location == location]
        yield sorted(here, key=lambda one: by_number(number(one.id))), pieces


def _unblocked(
    api: AdminApi, state: OrderState, *, left: Pieces, order_id: str
) -> OrderState:
    """Release holds of ours that stand in the way, and see that there is room for all.

    :raises Conflict: there is not.
    """
    lacking = _lacking(state, left=left)
    if not lacking:
        return state
    blocked = [one for one in _concerned(state, lacking) if _only_we_hold(one)]
    for order in blocked:
        release(api, order=order, holds=order.fulfillment_holds)
    if blocked:
        state = read_state(api, order_id=order_id)
        lacking = _lacking(state, left=left)
    if lacking:
        raise _no_room(state, lacking)
    return state


def _concerned(state: OrderState, lacking: Pieces) -> list[FulfilmentOrder]:
    """Pick the fulfilment orders that have such pieces but do not let us send them."""
    return [
        order
        for order in state.orders
        if order.is_open
        and not order.can("CREATE_FULFILLMENT")
        and any(
            line.line_id in lacking and line.remaining_quantity > 0
            for line in order.line_items.nodes
        )
    ]


def _only_we_hold(order: FulfilmentOrder) -> bool:
    holds = order.fulfillment_holds
    return bool(holds) and all(is_ours(hold) for hold in holds)


def _no_room(state: OrderState, lacking: Pieces) -> ChannelError:
    if state.is_cancelled:
        return Conflict("the order was cancelled in Shopify")
    if not state.orders:
        return Conflict(
            "Shopify shows us nothing of the order to send: either it has nothing, or our "
            "app may not read fulfilment orders"
        )
    shut = _concerned(state, lacking)
    if any(order.status == "ON_HOLD" for order in shut):
        return Conflict("the order is on hold in Shopify: release it there first")
    if any(order.status == "SCHEDULED" for order in shut):
        return Conflict("Shopify keeps the order for a later day: open it there first")
    if shut:
        place = plain_words(shut[0].assigned_location.name)
        return Conflict(f"Shopify does not let us send from {place}: see to it there")
    lines = ", ".join(f"{n} of line {line}" for line, n in lacking.items())
    return Conflict(
        f"Shopify has too little left to send ({lines} too few): somebody sent, removed "
        "or refunded it there"
    )


# Creating ------------------------------------------------------------------------------


def _create(
    api: AdminApi, effect: Fulfil, *, orders: list[FulfilmentOrder], pieces: Pieces
) -> str:
    fulfilment: dict[str, object] = {
        "lineItemsByFulfillmentOrder": _on_orders(orders, pieces),
        "notifyCustomer": effect.notify,
    }
    if tracking := tracking_input(effect.tracking):
        fulfilment["trackingInfo"] = tracking
    variables = {"fulfillment": fulfilment}
    said = api.ask("fulfilment_create", variables, into=_Created, write=True)
    answer = said.fulfillment_create
    if answer.user_errors:
        raise api.refusal(answer.user_errors, doing="take the shipment")
    if answer.fulfillment is None:
        raise OutcomeUnknown("Shopify neither took nor refused the shipment")
    return number(answer.fulfillment.id)


def _on_orders(orders: list[FulfilmentOrder], pieces: Pieces) -> list[Mapping[str, object]]:
    """Spread pieces over the fulfilment orders of one location, the oldest first."""
    left = dict(pieces)
    spread: list[Mapping[str, object]] = []
    for order in orders:
        lines = list(_taken(order, left)) if order.can("CREATE_FULFILLMENT") else []
        if lines:
            taken = {"fulfillmentOrderId": order.id, "fulfillmentOrderLineItems": lines}
            spread.append(taken)
    return spread


def _taken(order: FulfilmentOrder, left: dict[str, int]) -> Iterator[dict[str, object]]:
    """Take what an order has of what is left, and lower what is left by it."""
    for line in order.line_items.nodes:
        quantity = min(line.remaining_quantity, left.get(line.line_id, 0))
        if quantity > 0:
            left[line.line_id] -= quantity
            yield {"id": line.id, "quantity": quantity}
