"""What the stall can be told, each looked for before it is written."""

from collections.abc import Mapping

from connectors.errors import NotFound, StockMoved, Unsupported
from connectors.protocol import Pushed
from mapping.effects import (
    AmendTracking,
    Delivered,
    Effect,
    Fulfil,
    Hold,
    Mail,
    Progress,
    Promised,
    ReleaseHold,
    SetStock,
)
from tests.contract.channels.toy.api import Api
from tests.contract.channels.toy.lists import stock
from tests.contract.channels.toy.reading import Node, Parcel, ToyOrder

CARRIERS: Mapping[str, str] = {"correos": "Correos", "seur": "SEUR"}


class _Made(Node):
    ref: str


class _Nothing(Node):
    pass


class _Stock(Node):
    shown: int
    done: bool


def push(api: Api, effect: Effect) -> Pushed:  # noqa: C901 - a table, by kind
    """Make the stall hold an effect, once.

    :raises ChannelError: the kind says what the outcome was.
    """
    if isinstance(effect, SetStock):
        return _push_stock(api, effect)
    if isinstance(effect, Mail):
        raise Unsupported("The stall carries no letters")
    order = _fetch(api, effect.order_id)
    if (known := _known(order, effect)) is not None:
        return Pushed(remote_ref=known, outcome="already_there")
    path = f"/v1/orders/{effect.order_id}"
    if isinstance(effect, Fulfil):
        return _send(api, path, effect)
    if isinstance(effect, AmendTracking | Delivered):
        for ref in effect.fulfilment_refs:
            api.put(f"{path}/parcels/{ref}", _amended(effect), into=_Nothing)
    elif isinstance(effect, Progress):
        api.put(f"{path}/note", {"note": effect.note}, into=_Nothing)
    elif isinstance(effect, Promised):
        api.put(f"{path}/promise", {"on": effect.on.isoformat()}, into=_Nothing)
    else:
        held = {"handle": effect.handle, "held": isinstance(effect, Hold)}
        api.put(f"{path}/holds", held, into=_Nothing)
    return Pushed(remote_ref=effect.order_id, outcome="created")


def _amended(effect: AmendTracking | Delivered) -> Mapping[str, object]:
    if isinstance(effect, Delivered):
        return {"delivered_at": effect.at.isoformat()}
    carrier = _carrier(effect.tracking.carrier)
    return {"number": effect.tracking.number, "carrier": carrier}


def look_up(api: Api, effect: Effect) -> Pushed | None:
    """Say whether the stall holds an effect already, without writing anything."""
    if isinstance(effect, SetStock):
        shown = _shown(api, effect)
        known = effect.ref.product_id if shown == effect.quantity else None
    elif isinstance(effect, Mail):
        raise Unsupported("The stall carries no letters")
    else:
        known = _known(_fetch(api, effect.order_id), effect)
    return None if known is None else Pushed(remote_ref=known, outcome="already_there")


def _fetch(api: Api, order_id: str) -> ToyOrder:
    return api.get(f"/v1/orders/{order_id}", into=ToyOrder)


def _known(order: ToyOrder, effect: Effect) -> str | None:
    """Return what the stall calls this effect, or None if it does not hold it."""
    by_ref = {one.ref: one for one in order.parcels}
    holds_it = False
    match effect:
        case Fulfil():
            same = [one.ref for one in order.parcels if _is_ours(one, effect)]
            return same[0] if same else None
        case AmendTracking():
            number = effect.tracking.number
            holds_it = all(by_ref[ref].number == number for ref in effect.fulfilment_refs)
        case Delivered():
            holds_it = all(by_ref[ref].delivered_at for ref in effect.fulfilment_refs)
        case Hold():
            holds_it = effect.handle in order.holds
        case ReleaseHold():
            holds_it = effect.handle not in order.holds
        case Progress():
            holds_it = order.note == effect.note
        case Promised():
            holds_it = order.promised_on == effect.on.isoformat()
    return order.id if holds_it else None


def _is_ours(parcel: Parcel, effect: Fulfil) -> bool:
    if parcel.ref in effect.known_refs:
        return False
    wanted = {one.line_id: one.quantity for one in effect.lines}
    return parcel.number == effect.tracking.number and dict(parcel.lines) == wanted


def _send(api: Api, path: str, effect: Fulfil) -> Pushed:
    carrier = effect.tracking.carrier
    payload = {
        "lines": {one.line_id: one.quantity for one in effect.lines},
        "number": effect.tracking.number,
        "carrier": _carrier(carrier),
        "tell": effect.notify,
    }
    made = api.post(f"{path}/parcels", payload, into=_Made)
    strange = carrier.casefold() not in CARRIERS and bool(carrier)
    warning = "The stall does not know this carrier; it shows the name." if strange else ""
    return Pushed(remote_ref=made.ref, outcome="created", warning=warning)


def _carrier(name: str) -> str:
    return CARRIERS.get(name.casefold(), name)


def _push_stock(api: Api, effect: SetStock) -> Pushed:
    shown = _shown(api, effect)
    ref = effect.ref.product_id
    if shown is None:
        raise NotFound("the stall does not sell this (any more)")
    if shown == effect.quantity:
        return Pushed(remote_ref=ref, outcome="already_there")
    sold = effect.expected is not None and shown < effect.expected
    if sold and effect.quantity > shown:
        raise StockMoved("the stall sold some that we have not read", shown=shown)
    payload = {"quantity": effect.quantity, "if_shown": shown}
    said = api.put(f"/v1/things/{ref}/stock", payload, into=_Stock)
    if not said.done:
        raise StockMoved("the stall sold some in this moment", shown=said.shown)
    return Pushed(remote_ref=ref, outcome="created")


def _shown(api: Api, effect: SetStock) -> int | None:
    return stock(api, [effect.ref])[effect.ref]
