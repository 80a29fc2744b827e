"""Reading what a shop sells, variant by variant, and where it keeps stock."""

from connectors.errors import CursorExpired, Rejected
from connectors.protocol import CatalogueItem, CataloguePage, Place
from connectors.shopify.answers import Gid, Node
from connectors.shopify.client import AdminApi
from connectors.shopify.ids import number
from connectors.shopify.paging import Page, pages
from connectors.shopify.read_words import money, variant_words

ON_SALE = {"ACTIVE", "UNLISTED"}
"""An unlisted product is found by its link only, and sold like any other."""


# As Shopify answers ----------------------------------------------------------------------


class _Product(Node):
    id: Gid
    title: str
    status: str


class _Item(Node):
    id: Gid
    tracked: bool


class _Variant(Node):
    id: Gid
    title: str
    sku: str | None = None
    barcode: str | None = None
    price: str | None = None
    requires_components: bool = False
    inventory_item: _Item
    product: _Product


class _Variants(Page):
    nodes: list[_Variant]


class _Shop(Node):
    currency_code: str


class _CatalogueAnswer(Node):
    shop: _Shop
    product_variants: _Variants


class _Location(Node):
    id: Gid
    name: str
    is_active: bool


class _Locations(Page):
    nodes: list[_Location]


class _PlacesAnswer(Node):
    locations: _Locations


# As we read it ---------------------------------------------------------------------------


def catalogue(api: AdminApi, *, cursor: str, limit: int) -> CataloguePage:
    """Read a page of the shop's variants, drafts and archived ones too.

    :raises CursorExpired: Shopify refuses the cursor; begin again.
    """
    asked = {"first": limit, "after": cursor or None}
    try:
        found = api.ask("catalogue", asked, into=_CatalogueAnswer)
    except Rejected as e:
        if not cursor:
            raise
        what = "Shopify no longer knows our place in its catalogue"
        raise CursorExpired(what) from e
    variants, currency = found.product_variants, found.shop.currency_code
    return CataloguePage(
        items=tuple(_item(one, currency=currency) for one in variants.nodes),
        cursor=variants.page_info.end_cursor or cursor,
        more=bool(variants.following),
    )


def places(api: AdminApi) -> tuple[Place, ...]:
    """Fetch every location of the shop, closed ones too."""

    def after(cursor: str) -> _Locations:
        asked = {"after": cursor or None}
        return api.ask("places", asked, into=_PlacesAnswer).locations

    return tuple(
        Place(external_id=number(one.id), name=one.name, is_active=one.is_active)
        for page in pages(after(""), after)
        for one in page.nodes
    )


def _item(variant: _Variant, *, currency: str) -> CatalogueItem:
    """Turn a variant into ours; a bundle's stock follows from its parts, so none is kept of it."""
    return CatalogueItem(
        product_id=number(variant.product.id),
        variant_id=number(variant.id),
        inventory_id=number(variant.inventory_item.id),
        sku=(variant.sku or "").strip(),
        barcode=(variant.barcode or "").strip(),
        title=variant.product.title.strip(),
        variant_title=variant_words(variant.title),
        price=money(variant.price, currency=currency),
        is_active=variant.product.status in ON_SALE,
        is_tracked=variant.inventory_item.tracked and not variant.requires_components,
    )
