"""Telling Shopify how many of a thing may be sold, without undoing a sale we have not read.

Two guards: the number we read goes along and must still stand (`changeFromQuantity`), and a key
makes the same write happen once (`@idempotent`), both required since 2026-04.
"""

from collections.abc import Callable, Mapping

from connectors.errors import ChannelError, NotFound, Rejected, Retryable, StockMoved
from connectors.protocol import Pushed
from connectors.shopify.answers import Node, UserError
from connectors.shopify.client import AdminApi
from connectors.shopify.ids import gid, number
from connectors.shopify.stock import Level, read_levels
from mapping.effects import SetStock

LONGEST_KEY = 255


class _Group(Node):
    id: str


class _SetAnswer(Node):
    inventory_adjustment_group: _Group | None = None
    user_errors: list[UserError] = []


class _Set(Node):
    inventory_set_quantities: _SetAnswer


def push(api: AdminApi, effect: SetStock) -> Pushed:
    """Make the shop show this many, unless it sold some that we have not read.

    :raises StockMoved: it shows fewer than we believed, or changed while we wrote.
    :raises NotFound: it has no such thing.
    :raises Rejected: it does not count it, not there, or works it out by itself.
    """
    level, shown = _shown(api, effect)
    if shown == effect.quantity:
        return Pushed(remote_ref="", outcome="already_there")
    if effect.expected is not None and shown < effect.expected and effect.quantity > shown:
        raise StockMoved("Shopify sold some that we have not read yet", shown=shown)
    key = _key(effect, level=level, shown=shown)
    answer = _write(api, effect, shown=shown, key=key)
    if _codes(answer) == {"IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"}:
        # A key that failed once fails for ever, and Shopify asks for another; what was read
        # still has to stand, so this cannot become a second write.
        answer = _write(api, effect, shown=shown, key=f"again-{key}")
    if answer.user_errors:
        raise _refusal(api, effect, answer.user_errors)
    group = answer.inventory_adjustment_group
    return Pushed(remote_ref=number(group.id) if group else "", outcome="created")


def look_up(api: AdminApi, effect: SetStock) -> Pushed | None:
    """See whether the shop shows this many; what it showed before is forgotten there."""
    _, shown = _shown(api, effect)
    if shown != effect.quantity:
        return None
    return Pushed(remote_ref="", outcome="already_there")


def _shown(api: AdminApi, effect: SetStock) -> tuple[Level, int]:
    spot = (effect.ref.place_id, effect.ref.inventory_id)
    level = read_levels(api, {spot}).get(spot)
    if level is None:
        raise NotFound("Shopify has no such thing in stock (any more)")
    if not level.tracked:
        raise Rejected(
            "Shopify does not count this: switch on “Track quantity” at the variant there"
        )
    if level.available is None:
        raise Rejected(
            "Shopify does not stock this at the location: switch the location on at the "
            "variant there, or choose another one here"
        )
    return level, level.available


def _key(effect: SetStock, *, level: Level, shown: int) -> str:
    """Name this wish upon this state of things: when either changes, so does the key.

    Else a number that comes back to what it was would be answered with an older write.
    """
    return f"{effect.key}-{effect.quantity}-{shown}-{level.changed_at}"[-LONGEST_KEY:]


def _write(api: AdminApi, effect: SetStock, *, shown: int, key: str) -> _SetAnswer:
    listing = effect.ref.variant_id or effect.ref.inventory_id
    wish: Mapping[str, object] = {
        "name": "available",
        "reason": "correction",
        # Shown to the shop's people in the history of the thing's stock.
        "referenceDocumentUri": f"gid://hornada/Listing/{listing}",
        "quantities": [
            {
                "inventoryItemId": gid("InventoryItem", effect.ref.inventory_id),
                "locationId": gid("Location", effect.ref.place_id),
                "quantity": effect.quantity,
                "changeFromQuantity": shown,
            }
        ],
    }
    said = api.ask("stock_set", {"input": wish, "key": key}, into=_Set, write=True)
    return said.inventory_set_quantities


def _codes(answer: _SetAnswer) -> set[str | None]:
    return {error.code for error in answer.user_errors}


def _refusal(api: AdminApi, effect: SetStock, errors: list[UserError]) -> ChannelError:
    """Make the error for a refused write; nothing was written in any case.

    :raises ChannelError: the number changed, and what it is now cannot be read.
    """
    code = errors[0].code or ""
    if code in _MOVED:
        _, shown = _shown(api, effect)
        return StockMoved("Shopify's number changed while we wrote ours", shown=shown)
    if code in _WORDS:
        made, words = _WORDS[code]
        return made(words)
    return api.refusal(errors, doing="change the stock")


_MOVED = {"CHANGE_FROM_QUANTITY_STALE", "COMPARE_QUANTITY_STALE"}
_BUSY = "Shopify is still busy with the same change"
_USED_KEY = "Shopify wants this change asked for anew"
_WORDS: Mapping[str, tuple[Callable[[str], ChannelError], str]] = {
    "IDEMPOTENCY_CONCURRENT_REQUEST": (Retryable, _BUSY),
    "IDEMPOTENCY_KEY_PARAMETER_MISMATCH": (Retryable, _USED_KEY),
    "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED": (Retryable, _USED_KEY),
    "NON_MUTABLE_INVENTORY_ITEM": (
        Rejected,
        "Shopify works the stock of this bundle out from its parts: publish those instead",
    ),
    "INVALID_INVENTORY_ITEM": (NotFound, "Shopify has no such thing in stock (any more)"),
    "INVALID_LOCATION": (NotFound, "Shopify has no such location (any more)"),
    "ITEM_NOT_STOCKED_AT_LOCATION": (
        Rejected,
        "Shopify does not stock this at the location: switch the location on at the variant",
    ),
    "INVALID_QUANTITY_NEGATIVE": (Rejected, "Shopify takes no quantity below zero"),
    "INVALID_QUANTITY_TOO_HIGH": (Rejected, "Shopify takes no quantity that large"),
}
