"""Telling Etsy how many of a listing may be sold: read all of it, change a number, put it back."""

from connectors.errors import (
    Conflict,
    NotFound,
    OutcomeUnknown,
    Rejected,
    Retryable,
    StockMoved,
)
from connectors.etsy.client import PREFIX, EtsyApi
from connectors.etsy.effects.inventory import (
    MOST,
    Inventory,
    empties,
    is_as_put,
    is_set,
    on_sale,
    refuse_unwritable,
    shown,
    with_quantity,
)
from connectors.etsy.effects.standing import ACTIVE, INACTIVE, SOLD_OUT, switch
from connectors.protocol import Pushed
from mapping.effects import SetStock, StockRef

WITH_THREE = "?max_variations_supported=3"
"""Without it a PUT takes no listing that varies by three properties."""

SWITCHED_OFF = (
    "the listing was taken off sale on Etsy: activate it there, or stop telling its stock"
)
NOT_SOLD = "the listing is a draft on Etsy or has expired: publish or renew it there"
RENEW = (
    "the listing sold out or ran out on Etsy: renew it there, which costs Etsy's fee, and then "
    "press retry"
)


def push(api: EtsyApi, effect: SetStock) -> Pushed:
    """Make a listing show this many of an SKU and leave everything else of it as it is.

    Etsy has no guard against a sale between our look and our writing, so the look is the call
    right before. More than 999 is written as 999, the most Etsy takes. None of all it sells is
    the whole listing taken off sale, and only what we took off sale ourselves is put back.

    :raises StockMoved: it shows fewer than we believed: sales we have not read.
    :raises Rejected: the quantity cannot be this SKU's alone, or a person must put it on sale.
    :raises NotFound: the listing is gone, or has no such SKU.
    """
    ref, wanted = effect.ref, min(effect.quantity, MOST)
    there = _read(api, ref)
    if _holds(there, sku=ref.sku, quantity=wanted):
        return Pushed(remote_ref=ref.product_id, outcome="already_there")
    refuse_unwritable(there, sku=ref.sku, quantity=wanted)
    _refuse_moved(effect, shows=on_sale(there, state=there.state, sku=ref.sku) or 0)
    if wanted == 0 and empties(there, sku=ref.sku):
        switch(api, listing_id=ref.product_id, to=INACTIVE)
    elif there.state == ACTIVE:
        _put(api, ref, there, quantity=wanted)
    else:
        _revive(api, effect, there, quantity=wanted)
    return Pushed(
        remote_ref=ref.product_id, outcome="created", warning=_capped(effect.quantity)
    )


def look_up(api: EtsyApi, effect: SetStock) -> Pushed | None:
    """See whether the listing shows exactly this many.

    :raises NotFound: the listing is gone.
    """
    wanted = min(effect.quantity, MOST)
    if not _holds(_read(api, effect.ref), sku=effect.ref.sku, quantity=wanted):
        return None
    return Pushed(remote_ref=effect.ref.product_id, outcome="already_there")


def _holds(there: Inventory, *, sku: str, quantity: int) -> bool:
    if there.state == ACTIVE:
        return is_set(there, sku=sku, quantity=quantity)
    return quantity == 0 and shown(there, sku=sku) is not None


def _put(
    api: EtsyApi, ref: StockRef, there: Inventory, *, quantity: int, alone: bool = False
) -> None:
    body = with_quantity(there, sku=ref.sku, quantity=quantity, alone=alone)
    path = _path(ref) + (WITH_THREE if there.variations > 2 else "")
    try:
        came_back = api.put_json(path, payload=body, into=Inventory)
    except Conflict as e:
        raise Retryable("the listing was being changed on Etsy meanwhile") from e
    if not is_as_put(there, came_back, sku=ref.sku, quantity=quantity, alone=alone):
        raise OutcomeUnknown(
            f"Etsy shows listing {ref.product_id} otherwise than it was just written"
        )


def _revive(api: EtsyApi, effect: SetStock, there: Inventory, *, quantity: int) -> None:
    """Put a listing back on sale with this much of one SKU, and none of any other.

    It was taken off sale when the last of its SKUs was to show none, so whatever quantity another
    still has there is the one that was never taken away. Numbers go first: until the listing is
    active nobody can buy, and whoever comes after a lost answer finds the numbers right.

    :raises Rejected: it is not ours to put back, or that would cost its owner a fee.
    """
    ref = effect.ref
    is_ours = effect.is_ours and effect.expected == 0
    if there.state not in {INACTIVE, SOLD_OUT}:
        raise Rejected(NOT_SOLD)
    if there.state == INACTIVE and not is_ours:
        raise Rejected(SWITCHED_OFF)
    if not is_as_put(there, there, sku=ref.sku, quantity=quantity, alone=True):
        _put(api, ref, there, quantity=quantity, alone=True)
        there = _read(api, ref)
    if there.state == SOLD_OUT or (there.listing and there.listing.is_over):
        # To activate it would renew it, and a renewal costs a fee.
        raise Rejected(RENEW)
    if there.state != ACTIVE:
        switch(api, listing_id=ref.product_id, to=ACTIVE)


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
        return api.get(_path(ref), query={"includes": "Listing"}, into=Inventory)
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
