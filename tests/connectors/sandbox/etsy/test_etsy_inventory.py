"""Inventory at the pretend Etsy: replaced as a whole, refused whenever Etsy refuses it."""

import itertools
from collections.abc import Callable
from copy import deepcopy
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sandbox.etsy.listings import Sold
from connectors.sandbox.etsy.records import Refused
from tests.connectors.sandbox.etsy.stall import Json, Stall, cleaned, rows

SIZES, COLOURS = ("S", "M"), ("Red", "Blue")


def path(stall: Stall) -> str:
    return f"/listings/{stall.shirt['id']}/inventory"


def seen(inventory: Json) -> list[tuple[object, ...]]:
    """Take everything of an inventory but the ids that change."""
    return [
        (
            product["sku"],
            rows(product, "property_values"),
            [
                {k: v for k, v in o.items() if k != "offering_id"}
                for o in rows(product, "offerings")
            ],
        )
        for product in rows(inventory, "products")
    ]


def ids(inventory: Json) -> set[object]:
    return {product["product_id"] for product in rows(inventory, "products")} | {
        offering["offering_id"]
        for product in rows(inventory, "products")
        for offering in rows(product, "offerings")
    }


def first(body: Json) -> Json:
    return rows(body, "products")[0]


def offering(body: Json) -> Json:
    return rows(first(body), "offerings")[0]


def test_a_put_of_what_a_get_gave_keeps_everything_but_the_ids(stall: Stall) -> None:
    before = stall.get(path(stall))

    status, after = stall.call("PUT", path(stall), cleaned(before))

    assert status == 200
    assert seen(after) == seen(before)
    assert stall.get(path(stall)) == after
    assert not ids(after) & ids(before)


def test_a_listing_of_one_product_goes_round_too(stall: Stall) -> None:
    where = f"/listings/{stall.soap['id']}/inventory"
    body = cleaned(stall.get(where))
    offering(body)["quantity"] = 7

    assert stall.call("PUT", where, body)[0] == 200
    assert stall.shop.stock()["SOAP"] == 7


prices = st.integers(20, 99_999)


@given(
    quantities=st.lists(st.integers(0, 999), min_size=4, max_size=4).filter(any),
    amounts=st.lists(prices, min_size=4, max_size=4),
    skus=st.lists(st.text("ABC-1 ñ", max_size=6), min_size=4, max_size=4),
)
def test_any_listing_goes_round_whole(
    quantities: list[int], amounts: list[int], skus: list[str]
) -> None:
    stall = Stall()
    combinations = list(itertools.product(SIZES, COLOURS))
    made = stall.shop.add_listing(
        title="Any",
        vary_by={"Size": SIZES, "Primary color": COLOURS},
        products=[
            Sold(sku=sku, values=values, quantity=quantity, price=f"{amount / 100:.2f}")
            for sku, values, quantity, amount in zip(
                skus, combinations, quantities, amounts, strict=True
            )
        ],
    )
    where = f"/listings/{made['id']}/inventory"
    before = stall.get(where)

    status, after = stall.call("PUT", where, cleaned(before))

    assert status == 200, after
    assert seen(after) == seen(before)
    assert {k: v for k, v in after.items() if k != "products"} == {
        k: v for k, v in before.items() if k != "products"
    }


@pytest.mark.parametrize("name", ["price", "quantity", "sku", "readiness_state"])
def test_what_varies_by_what_is_replaced_too(stall: Stall, name: str) -> None:
    key = f"{name}_on_property"
    body = cleaned(stall.get(path(stall)))
    for number, product in enumerate(rows(body, "products")):
        product["sku"] = "ONE"
        rows(product, "offerings")[0]["quantity"] = 5 + number // 2

    wanted = {
        each: [100] if each == key else [] for each in body if each.endswith("property")
    }
    wanted["quantity_on_property"] = [100]
    status, after = stall.call("PUT", path(stall), body | wanted)

    assert status == 200, after
    assert {each: after[each] for each in wanted} == wanted


def test_what_is_left_out_is_gone(stall: Stall) -> None:
    body = cleaned(stall.get(path(stall)))
    body["products"] = rows(body, "products")[:2]

    stall.call("PUT", path(stall), body)

    assert [p["sku"] for p in rows(stall.get(path(stall)), "products")] == [
        "SHIRT-1",
        "SHIRT-2",
    ]
    everything = rows(stall.get(path(stall), show_deleted=True), "products")
    assert [(p["is_deleted"], p["offerings"]) for p in everything[2:]] == [(True, [])] * 2


def test_a_body_without_property_values_wipes_the_variations(stall: Stall) -> None:
    body = cleaned(stall.get(path(stall)))
    one = first(body) | {"property_values": []}
    wiped = {"products": [one]}

    assert stall.call("PUT", path(stall), wiped)[0] == 200
    [left] = rows(stall.get(path(stall)), "products")
    assert left["property_values"] == []


Spoil = Callable[[Json], object]
MISTAKES: dict[str, tuple[Spoil, str]] = {
    "no products": (lambda b: b.pop("products"), "Missing Input Parameter: [products]"),
    "product_id": (lambda b: first(b).update(product_id=1), "product_id"),
    "product is_deleted": (lambda b: first(b).update(is_deleted=False), "is_deleted"),
    "offering_id": (lambda b: offering(b).update(offering_id=1), "offering_id"),
    "is_deleted": (lambda b: offering(b).update(is_deleted=False), "is_deleted"),
    "scale_name": (
        lambda b: rows(first(b), "property_values")[0].update(scale_name=None),
        "scale_name",
    ),
    "listing": (lambda b: b.update(listing=None), "listing"),
    "price object": (
        lambda b: offering(b).update(price={"amount": 1}),
        "Expected float value for 'price' (got array).",
    ),
    "price text": (
        lambda b: offering(b).update(price="6.50"),
        "Expected float value for 'price' (got string).",
    ),
    "price null": (
        lambda b: offering(b).update(price=None),
        "Expected float value for 'price' (got NULL).",
    ),
    "price fraction": (lambda b: offering(b).update(price=6.505), "price"),
    "price nothing": (lambda b: offering(b).update(price=0), "price"),
    "quantity below": (lambda b: offering(b).update(quantity=-1), "quantity"),
    "quantity above": (lambda b: offering(b).update(quantity=1000), "quantity"),
    "quantity float": (lambda b: offering(b).update(quantity=1.0), "quantity"),
    "no readiness": (lambda b: offering(b).pop("readiness_state_id"), "readiness_state_id"),
    "readiness null": (
        lambda b: offering(b).update(readiness_state_id=None),
        "readiness_state_id",
    ),
    "readiness unknown": (
        lambda b: offering(b).update(readiness_state_id=1),
        "readiness_state_id",
    ),
    "is_enabled": (lambda b: offering(b).update(is_enabled=1), "is_enabled"),
    "no offerings": (lambda b: first(b).update(offerings=[]), "offering"),
    "no values": (
        lambda b: rows(first(b), "property_values")[0].pop("values"),
        "values",
    ),
    "empty values": (
        lambda b: rows(first(b), "property_values")[0].update(values=[], value_ids=[]),
        "Property values can't be empty",
    ),
    "other properties": (lambda b: rows(first(b), "property_values").pop(), "properties"),
    "twice the same": (
        lambda b: rows(b, "products").append(deepcopy(first(b))),
        "combination",
    ),
    "unknown property": (lambda b: b.update(price_on_property=[9]), "price_on_property"),
    "wrong order": (
        lambda b: b.update(quantity_on_property=[200, 100]),
        "quantity_on_property: property IDs must be in the same order as in products",
    ),
    "quantity varies unsaid": (
        lambda b: (b.update(quantity_on_property=[]), offering(b).update(quantity=3)),
        "quantity is not consistent with quantity_on_property",
    ),
    "price varies unsaid": (lambda b: offering(b).update(price=9.0), "price is not"),
    "sku varies unsaid": (lambda b: b.update(sku_on_property=[]), "sku is not"),
    "readiness varies unsaid": (
        lambda b: offering(b).update(readiness_state_id=1_500_000_002),
        "readiness_state is not",
    ),
    "all sold out": (
        lambda b: [rows(p, "offerings")[0].update(quantity=0) for p in rows(b, "products")],
        "One offering must have quantity greater than 0",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_what_etsy_refuses_is_refused_and_changes_nothing(stall: Stall, name: str) -> None:
    spoil, words = MISTAKES[name]
    before = stall.get(path(stall))
    body = cleaned(before)
    spoil(body)

    status, answer = stall.call("PUT", path(stall), body)

    assert status == 400
    assert words in str(answer["error"])
    assert stall.get(path(stall)) == before


def test_quantity_that_varies_by_nothing_must_be_the_same_everywhere(stall: Stall) -> None:
    body = cleaned(stall.get(path(stall))) | {"quantity_on_property": []}
    for product in rows(body, "products"):
        rows(product, "offerings")[0]["quantity"] = 12

    assert stall.call("PUT", path(stall), body)[0] == 200
    stall.order(SHIRT_1=5)  # one heap: a buyer of one takes from all
    assert {n for sku, n in stall.shop.stock().items() if sku.startswith("SHIRT")} == {7}


def test_three_properties_must_be_announced(stall: Stall) -> None:
    made = stall.shop.add_listing(
        title="Vase", vary_by={"Size": SIZES, "Primary color": COLOURS, "Finish": ("Matt",)}
    )
    where = f"/listings/{made['id']}/inventory"
    body = cleaned(stall.get(where))

    assert stall.call("PUT", where, body)[0] == 400
    assert stall.call("PUT", where, body, max_variations_supported=2)[0] == 400
    assert stall.call("PUT", where, body, max_variations_supported=3)[0] == 200
    assert stall.call("PUT", where, body, max_variations_supported=4)[0] == 400


def test_a_body_under_another_content_type_is_not_seen(stall: Stall) -> None:
    made = stall.raw("PUT", f"/v3/application{path(stall)}", body=b'{"products": []}')

    assert made.status == 400
    assert b"Missing Input Parameter" in made.body


def test_one_unknown_listing_spoils_a_batch(stall: Stall) -> None:
    both = f"{stall.soap['id']},{stall.shirt['id']}"

    found = stall.get("/listings/batch/inventory", listing_ids=both)

    assert found["count"] == 2
    assert rows(found, "results")[0]["inventory"] == stall.shop.inventory(
        str(stall.soap["id"])
    )
    assert stall.call("GET", "/listings/batch/inventory", listing_ids=f"{both},5")[0] == 404
    many = ",".join("7" for _ in range(101))
    assert stall.call("GET", "/listings/batch/inventory", listing_ids=many)[0] == 400
    assert stall.call("GET", "/listings/batch/inventory")[0] == 400


@pytest.mark.parametrize("put_revives, state", [(False, "sold_out"), (True, "active")])
def test_a_listing_that_sold_out_is_revived_by_stock_only_if_it_is_said_so(
    stall: Stall, put_revives: bool, state: str
) -> None:
    stall.shop.rules.put_revives = put_revives
    where = f"/listings/{stall.soap['id']}"
    stall.order(SOAP=500)
    sold_out = stall.get(where)["state"]

    body = cleaned(stall.get(f"{where}/inventory"))
    offering(body)["quantity"] = 3
    stall.call("PUT", f"{where}/inventory", body)

    assert sold_out == "sold_out"
    assert stall.get(where)["state"] == state


def test_to_activate_what_sold_out_renews_it_with_one_piece_for_a_fee(stall: Stall) -> None:
    stall.order(SOAP=500)

    stall.form(
        "PATCH", f"/v3/application/shops/42/listings/{stall.soap['id']}", state="active"
    )

    assert stall.shop.stock()["SOAP"] == 1
    assert stall.shop.books.listing(int(str(stall.soap["id"]))).renewals == 1


def test_nobody_buys_what_was_taken_off_sale(stall: Stall) -> None:
    soap = str(stall.soap["id"])

    stall.shop.switch_listing(soap, on=False)

    with pytest.raises(Refused, match="not on sale"):
        stall.order(SOAP=1)
    stall.shop.switch_listing(soap, on=True)
    stall.order(SOAP=500)
    stall.shop.renew_listing(soap)
    assert stall.get(f"/listings/{soap}")["state"] == "active"


def test_a_listing_can_be_taken_off_sale_by_its_state(stall: Stall) -> None:
    where = f"/v3/application/shops/42/listings/{stall.soap['id']}"

    assert stall.form("PATCH", where, state="inactive")[1]["state"] == "inactive"
    shown = rows(stall.get("/shops/42/listings/active"), "results")
    assert [each["listing_id"] for each in shown] == [int(str(stall.shirt["id"]))]
    assert stall.form("PATCH", where, state="active")[0] == 200
    assert stall.form("PATCH", where, state="gone")[0] == 400
    assert stall.form("PATCH", where, quantity="5")[0] == 400


def test_listings_are_paged_sorted_and_by_state(stall: Stall) -> None:
    stall.order(SOAP=500)

    active = stall.get("/shops/42/listings", sort_on="price", sort_order="asc")
    gone = rows(stall.get("/shops/42/listings", state="sold_out"), "results")
    shirt = rows(active, "results")[0]

    assert (active["count"], shirt["title"]) == (1, "Shirt")
    assert [each["title"] for each in gone] == ["Lavender soap"]
    assert shirt["inventory"] is None
    assert "SHIRT-4" in cast(list[str], shirt["skus"])
    assert stall.call("GET", "/shops/42/listings", includes="Prices")[0] == 400


def test_a_seller_who_types_stock_changes_every_id(stall: Stall) -> None:
    before = stall.get(path(stall))

    stall.shop.edit_stock(str(stall.shirt["id"]), {"SHIRT-2": 3})

    assert stall.shop.stock()["SHIRT-2"] == 3
    assert not ids(stall.get(path(stall))) & ids(before)
