"""Telling Etsy how many of a listing may be sold: read all of it, change a number, put it back."""

from connectors.errors import Conflict, NotFound, OutcomeUnknown, Retryable, StockMoved
from connectors.etsy.client import PREFIX, EtsyApi
from connectors.etsy.effects.inventory import (
    MOST,
    Inventory,
    is_as_put,
    is_set,
    shown,
    with_quantity,
)
from connectors.protocol import Pushed
from mapping.effects import SetStock, StockRef

WITH_THREE = "?max_variations_supported=3"
"""Without it a PUT takes no listing that varies by three properties."""


def push(api: EtsyApi, effect: SetStock) -> Pushed:
    """Make a listing show this many of an SKU and leave everything else of it as it is.

    Etsy has no guard against a sale between our look and our writing, so the look is the call
    right before. More than 999 is written as 999, the most Etsy takes.

    :raises StockMoved: it shows fewer than we believed: sales we have not read.
    :raises Rejected: the quantity cannot be this SKU's alone, or would empty the listing.
    :raises NotFound: the listing is gone, or has no such SKU.
    """
    ref, wanted = effect.ref, min(effect.quantity, MOST)
    there = _read(api, ref)
    if is_set(there, sku=ref.sku, quantity=wanted):
        return Pushed(remote_ref=ref.product_id, outcome="already_there")
    body = with_quantity(there, sku=ref.sku, quantity=wanted)
    _refuse_moved(effect, shows=shown(there, sku=ref.sku) or 0)
    path = _path(ref) + (WITH_THREE if there.variations > 2 else "")
    try:
        came_back = api.put_json(path, payload=body, into=Inventory)
    except Conflict as e:
        raise Retryable("the listing was being changed on Etsy meanwhile") from e
    if not is_as_put(there, came_back, sku=ref.sku, quantity=wanted):
        raise OutcomeUnknown(
            f"Etsy shows listing {ref.product_id} otherwise than it was just written"
        )
    return Pushed(
        remote_ref=ref.product_id, outcome="created", warning=_capped(effect.quantity)
    )


def look_up(api: EtsyApi, effect: SetStock) -> Pushed | None:
    """See whether the listing shows exactly this many.

    :raises NotFound: the listing is gone.
    """
    wanted = min(effect.quantity, MOST)
    if not is_set(_read(api, effect.ref), sku=effect.ref.sku, quantity=wanted):
        return None
    return Pushed(remote_ref=effect.ref.product_id, outcome="already_there")


def _refuse_moved(effect: SetStock, *, shows: int) -> None:
    if effect.expected is not None and shows < effect.expected and effect.quantity > shows:
        raise StockMoved(
            f"Etsy shows {shows} where we believed {effect.expected}: it sold some",
            shown=shows,
        )


def _capped(quantity: int) -> str:
    if quantity <= MOST:
        return ""
    return f"Etsy shows {MOST} of it, the most it can, and not {quantity}"


def _read(api: EtsyApi, ref: StockRef) -> Inventory:
    try:
        return api.get(_path(ref), into=Inventory)
    except NotFound as e:
        raise NotFound(
            f"Etsy has no listing {ref.product_id} with an inventory (any more)",
            request_id=e.request_id,
        ) from e


def _path(ref: StockRef) -> str:
    if not is_id(ref.product_id):
        raise NotFound("Etsy's listings have numbers, and this is none")
    return f"{PREFIX}/listings/{ref.product_id}/inventory"


def is_id(text: str) -> bool:
    """Say whether a text can be an id at Etsy, which also makes it safe in a path."""
    return text.isascii() and text.isdigit() and len(text) <= 20
