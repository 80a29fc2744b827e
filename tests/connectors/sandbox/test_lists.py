"""What a hub lists: an index that lags, old orders that hide, and a catalogue that changes."""

from datetime import timedelta

import pytest

from connectors.sandbox.shopify.records import Refused
from connectors.sandbox.shopify.storefront import ALL_SCOPES
from tests.connectors.sandbox.taller import Json, Taller, gid, inside

HEADS = """
query Heads($q: String) {
  orders(first: 50, query: $q, sortKey: UPDATED_AT) { nodes { name updatedAt } }
  ordersCount(query: $q) { count precision }
}
"""
STOCK = """
query Stock($ids: [ID!]!, $place: ID!) {
  nodes(ids: $ids) {
    ... on InventoryItem {
      tracked
      inventoryLevel(locationId: $place) {
        quantities(names: ["available"]) { quantity updatedAt }
      }
    }
  }
}
"""


def names(taller: Taller, query: str | None = None) -> list[str]:
    found = inside(taller.data(HEADS, q=query), "orders")["nodes"]
    assert isinstance(found, list)
    return [node["name"] for node in found]


def test_a_late_index_does_not_know_a_new_order_yet(taller: Taller) -> None:
    taller.store.lag_index(lambda: timedelta(seconds=30))
    taller.order(SOAP=1)
    before = taller.data(HEADS)
    taller.move(30)
    after = taller.data(HEADS)

    assert [inside(found, "ordersCount")["count"] for found in (before, after)] == [0, 1]
    assert names(taller) == ["#1001"]


def test_a_late_index_finds_a_change_by_its_older_time_and_shows_the_new_one(
    taller: Taller,
) -> None:
    order_id = taller.order(SOAP=1)
    taller.order(SOAP=1)
    taller.move(60)
    taller.store.lag_index(lambda: timedelta(seconds=30))
    line = str(taller.lines(order_id)[0]["id"])
    taller.store.edit_order(order_id, quantities={line: 2})
    since = "updated_at:>='2026-11-22T09:30:30Z'"

    early = names(taller, since)
    whole = inside(taller.data(HEADS), "orders", "nodes", 0)
    taller.move(30)

    assert early == []
    assert whole == {"name": "#1001", "updatedAt": "2026-11-22T09:31:00Z"}
    assert names(taller, since) == ["#1001"]
    assert names(taller) == ["#1002", "#1001"]


def test_a_newer_change_the_index_knows_is_never_taken_back(taller: Taller) -> None:
    order_id = taller.order(SOAP=1)
    order = taller.shop_order(0)
    taller.store.lag_index(lambda: timedelta(seconds=90))
    taller.store.shop.touch(order)
    taller.move(10)
    taller.store.lag_index(timedelta)
    newest = taller.store.shop.touch(order)

    seen = [taller.store.shop.indexed_at(order)]
    taller.move(300)
    seen.append(taller.store.shop.indexed_at(order))

    assert order_id
    assert seen == [newest, newest]


def test_old_orders_are_shown_only_with_the_right_to_all_of_them(taller: Taller) -> None:
    old = taller.order(SOAP=1)
    taller.at += timedelta(days=61)
    taller.order(SOAP=1)
    one = "query($id: ID!) { order(id: $id) { name } }"

    hidden = (names(taller), taller.data(one, id=gid("Order", old))["order"])
    taller.store.scopes = ALL_SCOPES | {"read_all_orders"}

    assert hidden == (["#1002"], None)
    assert names(taller) == ["#1001", "#1002"]
    assert taller.data(one, id=gid("Order", old)) == {"order": {"name": "#1001"}}


def test_a_count_stops_at_its_limit(taller: Taller) -> None:
    for _ in range(3):
        taller.order(SOAP=1)

    counted = [
        taller.data("query($n: Int) { ordersCount(limit: $n) { count precision } }", n=n)
        for n in (2, 3, None)
    ]

    assert [inside(each, "ordersCount") for each in counted] == [
        {"count": 2, "precision": "AT_LEAST"},
        {"count": 3, "precision": "EXACT"},
        {"count": 3, "precision": "EXACT"},
    ]


def soap(taller: Taller, place: str) -> Json:
    ids = [gid("InventoryItem", taller.soap["inventory_item_id"])]
    found = taller.data(STOCK, ids=ids, place=gid("Location", place))
    return inside(found, "nodes", 0)


def test_stock_is_shown_where_it_is_kept_with_the_time_it_changed(taller: Taller) -> None:
    taller.move(60)
    taller.store.set_stock("SOAP", 7, location=taller.madrid)

    level = inside(soap(taller, taller.madrid), "inventoryLevel", "quantities", 0)

    assert level == {"quantity": 7, "updatedAt": "2026-11-22T09:31:00Z"}
    assert soap(taller, taller.bilbao)["inventoryLevel"] is None


def test_a_place_switched_off_at_a_thing_shows_nothing_of_it(taller: Taller) -> None:
    taller.store.stock_no_more("SOAP", location=taller.madrid)

    assert soap(taller, taller.madrid)["inventoryLevel"] is None


def test_a_place_is_not_switched_off_while_units_are_set_aside(taller: Taller) -> None:
    taller.order(SOAP=1)

    with pytest.raises(Refused):
        taller.store.stock_no_more("SOAP", location=taller.madrid)


@pytest.mark.parametrize(
    "sku,units,place", [("NONE", 1, ""), ("SOAP", -1, ""), ("SOAP", 1, "9")]
)
def test_stock_is_typed_in_only_where_it_makes_sense(
    taller: Taller, sku: str, units: int, place: str
) -> None:
    with pytest.raises(Refused):
        taller.store.set_stock(sku, units, location=place or taller.madrid)


def test_stock_levels_take_a_right_of_their_own(taller: Taller) -> None:
    taller.store.scopes = frozenset({"read_products", "read_inventory_shipments"})

    ids = [gid("InventoryItem", taller.soap["inventory_item_id"])]
    answer = taller.ask(STOCK, ids=ids, place=gid("Location", taller.madrid))

    assert "read_inventory" in str(inside(answer, "errors", 0)["message"])


def test_closed_places_are_listed_only_when_asked_for(taller: Taller) -> None:
    taller.store.close_location(taller.bilbao)
    query = "query($all: Boolean) { locations(first: 9, includeInactive: $all) { nodes { name } } }"

    listed = [inside(taller.data(query, all=every), "locations") for every in (False, True)]

    assert listed[0]["nodes"] == [{"name": "Madrid"}]
    assert listed[1]["nodes"] == [{"name": "Bilbao"}, {"name": "Madrid"}]


def test_a_product_shows_all_its_variants_and_is_listed_once(taller: Taller) -> None:
    product = str(taller.soap["product_id"])
    taller.store.add_variant(sku="SOAP-L", title="Soap", option="Large", product=product)
    query = (
        "{ products(first: 9) { nodes { title variants(first: 9) { nodes { sku } } } } }"
    )

    nodes = inside(taller.data(query), "products")["nodes"]

    assert nodes == [
        {
            "title": "Lavender soap",
            "variants": {"nodes": [{"sku": "SOAP"}, {"sku": "SOAP-L"}]},
        },
        {"title": "Candle", "variants": {"nodes": [{"sku": "CANDLE"}]}},
    ]


def test_a_title_is_the_products_and_a_barcode_the_variants(taller: Taller) -> None:
    product = str(taller.soap["product_id"])
    taller.store.add_variant(sku="SOAP-L", title="Soap", option="Large", product=product)

    taller.store.change_variant("SOAP", title="Rose soap", barcode="84001")

    kinds = taller.store.shop.product(int(product))
    assert [(kind.title, kind.barcode) for kind in kinds] == [
        ("Rose soap", "84001"),
        ("Rose soap", None),
    ]
