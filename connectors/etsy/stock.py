"""How many of each listing Etsy shows: up to a hundred listings a call."""

from collections.abc import Iterator, Sequence

from pydantic import ValidationError

from connectors.etsy.client import EtsyApi
from connectors.etsy.effects.inventory import Inventory, shown
from connectors.etsy.effects.set_stock import is_id
from connectors.etsy.inventories import BATCH, inventories
from mapping.effects import StockRef


def stock(api: EtsyApi, refs: Sequence[StockRef]) -> dict[StockRef, int | None]:
    """Fetch how many of each SKU can be bought; None where the listing has no such thing.

    An SKU whose variations have a quantity each shows their sum.
    """
    wanted = list(dict.fromkeys(ref.product_id for ref in refs if is_id(ref.product_id)))
    found = dict(_readable(api, wanted))
    return {
        ref: shown(found[ref.product_id], sku=ref.sku) if ref.product_id in found else None
        for ref in refs
    }


def _readable(api: EtsyApi, ids: Sequence[str]) -> Iterator[tuple[str, Inventory]]:
    """Fetch inventories; an odd one, or one never made with Etsy's tools, spoils no other."""
    for start in range(0, len(ids), BATCH):
        for listing, given in inventories(api, ids[start : start + BATCH]).items():
            try:
                yield listing, Inventory.model_validate(given)
            except ValidationError:
                continue
