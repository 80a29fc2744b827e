"""How many of each listing Etsy shows: up to a hundred listings a call."""

from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from connectors.errors import NotFound
from connectors.etsy.client import PREFIX, EtsyApi, Model
from connectors.etsy.effects.inventory import Inventory, shown
from connectors.etsy.effects.set_stock import is_id
from mapping.effects import StockRef

BATCH = 100
"""Etsy: "Limit 100 listing IDs per request"."""


class _Listing(Model):
    listing_id: int
    inventory: object = None


class _Listings(Model):
    results: list[_Listing]


def stock(api: EtsyApi, refs: Sequence[StockRef]) -> dict[StockRef, int | None]:
    """Fetch how many of each SKU can be bought; None where the listing has no such thing.

    An SKU whose variations have a quantity each shows their sum.
    """
    wanted = list(dict.fromkeys(ref.product_id for ref in refs if is_id(ref.product_id)))
    found: dict[str, Inventory] = {}
    for start in range(0, len(wanted), BATCH):
        found.update(_inventories(api, wanted[start : start + BATCH]))
    return {
        ref: shown(found[ref.product_id], sku=ref.sku) if ref.product_id in found else None
        for ref in refs
    }


def _inventories(api: EtsyApi, ids: Sequence[str]) -> Mapping[str, Inventory]:
    """Fetch listings together; one that is gone fails them all, so the rest is asked in halves."""
    try:
        answer = api.get(
            f"{PREFIX}/listings/batch/inventory",
            query={"listing_ids": ",".join(ids)},
            into=_Listings,
        )
    except NotFound:
        if len(ids) == 1:
            return {}
        middle = len(ids) // 2
        return {**_inventories(api, ids[:middle]), **_inventories(api, ids[middle:])}
    return {
        str(one.listing_id): inventory
        for one in answer.results
        if (inventory := _readable(one.inventory)) is not None
    }


def _readable(inventory: object) -> Inventory | None:
    """Read one; an odd one, or one never made with Etsy's inventory tools, spoils no other."""
    try:
        return Inventory.model_validate(inventory)
    except ValidationError:
        return None
