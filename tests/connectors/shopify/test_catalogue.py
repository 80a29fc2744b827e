"""Reading what a Shopify shop sells, and where it keeps stock."""

from collections.abc import Iterator

import pytest

from connectors.errors import CursorExpired
from connectors.protocol import CatalogueItem, Place
from mapping.canonical import Money
from tests.connectors.shopify.shelves import Shelves


@pytest.fixture
def shelves() -> Iterator[Shelves]:
    made = Shelves()
    yield made
    made.store.close()


def items(shelves: Shelves, *, limit: int = 100) -> list[CatalogueItem]:
    found: list[CatalogueItem] = []
    cursor, more = "", True
    while more:
        page = shelves.channel.catalogue(cursor=cursor, limit=limit)
        found += page.items
        cursor, more = page.cursor, page.more
    return found


def item(shelves: Shelves, sku: str) -> CatalogueItem:
    return next(one for one in items(shelves) if one.sku == sku)


def test_a_thing_on_sale_is_read_with_all_that_names_it(shelves: Shelves) -> None:
    candle = shelves.store.add_variant(
        sku="CANDLE-S", title="Candle", option="Small", price="12.00", barcode="8400001"
    )

    read = item(shelves, "CANDLE-S")

    assert read == CatalogueItem(
        product_id=str(candle["product_id"]),
        variant_id=str(candle["id"]),
        inventory_id=str(candle["inventory_item_id"]),
        sku="CANDLE-S",
        barcode="8400001",
        title="Candle",
        variant_title="Small",
        price=Money(minor=1200, currency="EUR"),
    )


def test_the_only_variant_of_a_product_has_no_title_of_its_own(shelves: Shelves) -> None:
    read = item(shelves, "SOAP")

    assert (read.title, read.variant_title, read.barcode) == ("Soap", "", "")


def test_the_variants_of_a_product_share_its_id(shelves: Shelves) -> None:
    first = shelves.store.add_variant(sku="C-S", title="Candle", option="Small")
    shelves.store.add_variant(
        sku="C-L", title="Candle", option="Large", product=str(first["product_id"])
    )

    small, large = item(shelves, "C-S"), item(shelves, "C-L")

    assert small.product_id == large.product_id
    assert small.variant_id != large.variant_id
    assert (small.variant_title, large.variant_title) == ("Small", "Large")


def test_what_has_no_sku_is_read_all_the_same(shelves: Shelves) -> None:
    shelves.store.add_variant(sku=None, title="Nameless")

    assert item(shelves, "").title == "Nameless"


@pytest.mark.parametrize(
    "status,sold",
    [("ACTIVE", True), ("UNLISTED", True), ("DRAFT", False), ("ARCHIVED", False)],
)
def test_only_what_is_on_sale_is_active(shelves: Shelves, status: str, sold: bool) -> None:
    shelves.store.add_variant(sku="X", title="X", status=status)

    assert item(shelves, "X").is_active is sold


@pytest.mark.parametrize(
    "tracked,bundle,counted",
    [(True, False, True), (False, False, False), (True, True, False)],
)
def test_no_stock_is_kept_of_what_is_not_counted_or_made_of_other_things(
    shelves: Shelves, tracked: bool, bundle: bool, counted: bool
) -> None:
    shelves.store.add_variant(sku="X", title="X", tracked=tracked, bundle=bundle)

    assert item(shelves, "X").is_tracked is counted


def test_pages_hold_everything_once(shelves: Shelves) -> None:
    for n in range(6):
        shelves.store.add_variant(sku=f"S{n}", title="Soap")

    read = items(shelves, limit=2)

    assert [one.sku for one in read] == ["SOAP", "S0", "S1", "S2", "S3", "S4", "S5"]


def test_the_catalogue_is_read_without_the_right_to_read_stock(shelves: Shelves) -> None:
    shelves.store.scopes = frozenset({"read_products", "read_locations"})

    assert [one.sku for one in items(shelves)] == ["SOAP"]
    assert [place.name for place in shelves.channel.places()] == ["Madrid"]


def test_a_place_in_the_catalogue_shopify_does_not_know_has_expired(
    shelves: Shelves,
) -> None:
    with pytest.raises(CursorExpired):
        shelves.channel.catalogue(cursor="forgotten", limit=5)


def test_places_are_read_with_closed_ones_marked(shelves: Shelves) -> None:
    porto = shelves.store.add_location("Porto")
    shelves.store.close_location(porto)

    assert shelves.channel.places() == (
        Place(external_id=shelves.madrid, name="Madrid"),
        Place(external_id=porto, name="Porto", is_active=False),
    )


def test_more_places_than_a_page_holds_are_all_read(shelves: Shelves) -> None:
    for n in range(120):
        shelves.store.add_location(f"Stall {n}")

    assert len({place.external_id for place in shelves.channel.places()}) == 121
