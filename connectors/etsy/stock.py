"""How many of each listing Etsy shows: up to a hundred listings a call."""

from collections.abc import Iterator, Sequence

from pydantic import ValidationError

from connectors.etsy.client import EtsyApi
from connectors.etsy.effects.inventory import Inventory, on_sale
from connectors.etsy.effects.set_stock import is_id
from connectors.etsy.effects.standing import as_state
from connectors.etsy.inventories import BATCH, inventories
from connectors.etsy.read_words import plain
from mapping.effects import StockRef


def stock(api: EtsyApi, refs: Sequence[StockRef]) -> dict[StockRef, int | None]:
    """Fetch how many of each SKU can be bought; None where the listing has no such thing.

    An SKU whose variations have a quantity each shows their sum. A listing that is off sale shows
    none, whatever quantities it keeps; a draft is not sold at all.
    """
    wanted = list(dict.fromkeys(ref.product_id for ref in refs if is_id(ref.product_id)))
    found = dict(_readable(api, wanted))
    return {
        ref: on_sale(there[0], state=there[1], sku=ref.sku)
        if (there := found.get(ref.product_id))
        else None
        for ref in refs
    }


def _readable(
    api: EtsyApi, ids: Sequence[str]
) -> Iterator[tuple[str, tuple[Inventory, str]]]:
    """Fetch inventories; an odd one, or one never made with Etsy's tools, spoils no other."""
    for start in range(0, len(ids), BATCH):
        for listing, row in inventories(api, ids[start : start + BATCH]).items():
            try:
                inventory = Inventory.model_validate(row.get("inventory"))
            except ValidationError:
                continue
            yield listing, (inventory, as_state(plain(row.get("state"))))
