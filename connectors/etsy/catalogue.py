"""What a shop at Etsy sells: its listings, and of each the products people choose between."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from connectors.errors import CursorExpired
from connectors.etsy.client import EtsyApi
from connectors.etsy.inventories import BATCH, inventories
from connectors.etsy.read_lines import variant_of_properties
from connectors.etsy.read_words import (
    Given,
    id_of,
    is_true,
    mapping_of,
    money,
    objects_of,
    plain,
    words,
)
from connectors.http import Query
from connectors.protocol import CatalogueItem, CataloguePage
from mapping.canonical import Money
from mapping.listing import sku_key

STATES = ("active", "sold_out")
"""Sold out is still ours to make, and whoever has some of it is told to renew it; a draft sells
nothing yet, expired nothing any more, and what is inactive was taken off sale."""

FARTHEST = 12_000

_DIGITAL = "download"
"""Nothing is made or sent for these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    state: int
    met: int
    last: str

    def text(self) -> str:
        return f"{self.state}:{self.met}:{self.last}"


def catalogue(api: EtsyApi, *, cursor: str, limit: int) -> CataloguePage:
    """Read a page of listings with what each sells; `limit` counts listings.

    Etsy lists by offset. Each page begins one row back, to see whether the listing met last still
    stands where it stood; otherwise some may have been missed.

    :raises CursorExpired: the listings moved while they were read: begin again.
    """
    spot = _spot(cursor)
    back = 1 if spot.met else 0
    size = max(1 + back, min(limit + back, BATCH))
    query: Query = {"state": STATES[spot.state], "limit": size, "offset": spot.met - back}
    page = api.get_object(f"{api.shop_path}/listings", query=query)
    rows = objects_of(page.get("results"))
    if back and (not rows or _id(rows[0]) != spot.last):
        raise CursorExpired("the listings at Etsy changed while they were being read")
    following = _following(spot, rows, back=back, size=size)
    return CataloguePage(
        items=tuple(_items(api, rows[back:])),
        cursor=following.text() if following else cursor,
        more=following is not None,
    )


def _following(spot: _Spot, rows: Sequence[Given], *, back: int, size: int) -> _Spot | None:
    met = spot.met - back + len(rows)
    if len(rows) >= size and met <= FARTHEST:
        return _Spot(state=spot.state, met=met, last=_id(rows[-1]))
    if spot.state + 1 < len(STATES):
        return _Spot(state=spot.state + 1, met=0, last="")
    return None


def _spot(cursor: str) -> _Spot:
    if not cursor:
        return _Spot(state=0, met=0, last="")
    state, _, rest = cursor.partition(":")
    met, _, last = rest.partition(":")
    if not (_is_number(state) and _is_number(met) and int(state) < len(STATES)):
        raise CursorExpired("this is no place in a list of Etsy's listings")
    return _Spot(state=int(state), met=int(met), last=last)


def _items(api: EtsyApi, rows: Sequence[Given]) -> Iterable[CatalogueItem]:
    sold = [row for row in rows if _id(row) and plain(row.get("listing_type")) != _DIGITAL]
    found = inventories(api, [_id(row) for row in sold])
    for row in sold:
        there = found.get(_id(row), {})
        yield from _items_of(row, mapping_of(there.get("inventory")))


def _items_of(listing: Given, inventory: Given) -> Iterable[CatalogueItem]:
    """Name what one listing sells, as a line of an order names it: by its SKU, else in words.

    Products that share an SKU are one thing to an order's line, and so here.
    """
    living = [
        product
        for product in objects_of(inventory.get("products"))
        if not is_true(product.get("is_deleted"))
    ]
    if not living:
        yield _item(listing, {}, is_active=True)
    by_name: dict[str, list[Given]] = {}
    for product in living:
        sku, variant = plain(product.get("sku")), _variant(product)
        by_name.setdefault(sku_key(sku) or f"\n{variant}", []).append(product)
    for alike in by_name.values():
        is_offered = any(map(_is_offered, alike))
        yield _item(listing, alike[0], is_active=is_offered, is_only=len(alike) == 1)


def _item(
    listing: Given, product: Given, *, is_active: bool, is_only: bool = True
) -> CatalogueItem:
    return CatalogueItem(
        product_id=_id(listing),
        variant_id="",
        sku=plain(product.get("sku")),
        title=words(listing.get("title")),
        variant_title=_variant(product) if is_only else "",
        price=_price(product) or money(listing.get("price")),
        is_active=is_active and plain(listing.get("state")) in STATES,
    )


def _variant(product: Given) -> str:
    return variant_of_properties(product.get("property_values"))


def _offerings(product: Given) -> list[Given]:
    offerings = objects_of(product.get("offerings"))
    return [one for one in offerings if not is_true(one.get("is_deleted"))]


def _is_offered(product: Given) -> bool:
    return any(is_true(one.get("is_enabled")) is not False for one in _offerings(product))


def _price(product: Given) -> Money | None:
    prices = (money(one.get("price")) for one in _offerings(product))
    return next((price for price in prices if price), None)


def _id(row: Given) -> str:
    return id_of(row.get("listing_id"))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9
