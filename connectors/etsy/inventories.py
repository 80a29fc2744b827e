"""Many listings with their inventories in one call."""

from collections.abc import Mapping, Sequence

from connectors.errors import NotFound
from connectors.etsy.client import PREFIX, EtsyApi
from connectors.etsy.read_words import Given, id_of, objects_of

BATCH = 100
"""Both a page of listings and the listings whose inventories come together."""


def inventories(api: EtsyApi, ids: Sequence[str]) -> Mapping[str, Given]:
    """Fetch up to a hundred listings by id, each with its `inventory`, as Etsy gives them.

    One that is gone fails them all: then the rest is asked for in halves.
    """
    if not ids:
        return {}
    path = f"{PREFIX}/listings/batch/inventory"
    try:
        page = api.get_object(path, query={"listing_ids": ",".join(ids)})
    except NotFound:
        if len(ids) == 1:
            return {}
        middle = len(ids) // 2
        return {**inventories(api, ids[:middle]), **inventories(api, ids[middle:])}
    rows = objects_of(page.get("results"))
    return {id_of(row.get("listing_id")): row for row in rows}
