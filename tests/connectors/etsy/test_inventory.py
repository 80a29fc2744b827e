"""A listing's inventory is put back whole: one quantity changes, and nothing else ever."""

import json
from decimal import Decimal
from pathlib import Path
from typing import cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.errors import NotFound, PayloadError, Rejected
from connectors.etsy.effects.inventory import (
    Inventory,
    Price,
    empties,
    exact_number,
    is_as_put,
    is_set,
    shown,
    with_quantity,
)
from tests.connectors.etsy.listings import (
    QUANTITIES,
    Drawn,
    Json,
    a_product,
    an_inventory,
    an_offering,
    drawn_listings,
)
from tests.connectors.etsy_oas import EtsyOas

SIZE, MATERIAL, COLOUR = 100, 507, 200


def read(inventory: Json) -> Inventory:
    return Inventory.model_validate_json(json.dumps(inventory))


def put_body(inventory: Json, *, sku: str, quantity: int) -> Json:
    """The body as it goes over the wire."""
    body = with_quantity(read(inventory), sku=sku, quantity=quantity)
    return cast(Json, json.loads(json.dumps(body, allow_nan=False)))


def parts(one: Json, name: str) -> list[Json]:
    return cast(list[Json], one[name])


def living(inventory: Json) -> list[Json]:
    return [one for one in parts(inventory, "products") if not one.get("is_deleted")]


def on_offer(product: Json) -> list[Json]:
    return [one for one in parts(product, "offerings") if not one.get("is_deleted")]


# Everything but the quantity is kept ------------------------------------------------------


@given(drawn=drawn_listings(), quantity=QUANTITIES)
def test_every_product_offering_and_property_is_put_back_as_it_was(
    drawn: Drawn, quantity: int
) -> None:
    body = put_body(drawn.inventory, sku=drawn.sku, quantity=quantity)

    there, put = living(drawn.inventory), parts(body, "products")

    assert len(there) == len(put)
    for was, now in zip(there, put, strict=True):
        assert was["sku"] == now["sku"]
        for field in ("property_id", "value_ids", "values", "scale_id", "property_name"):
            assert [one.get(field) for one in parts(was, "property_values")] == [
                one.get(field) for one in parts(now, "property_values")
            ]
        for field in ("is_enabled", "readiness_state_id"):
            assert [one[field] for one in on_offer(was)] == [
                one[field] for one in parts(now, "offerings")
            ]


@given(drawn=drawn_listings(), quantity=QUANTITIES)
def test_only_the_quantity_of_that_sku_changes(drawn: Drawn, quantity: int) -> None:
    body = put_body(drawn.inventory, sku=drawn.sku, quantity=quantity)

    for was, now in zip(living(drawn.inventory), parts(body, "products"), strict=True):
        is_ours = was["sku"] == drawn.sku
        wanted = [quantity if is_ours else one["quantity"] for one in on_offer(was)]
        assert [one["quantity"] for one in parts(now, "offerings")] == wanted


@given(drawn=drawn_listings(), quantity=QUANTITIES)
def test_what_varies_by_which_property_is_put_back_as_it_was(
    drawn: Drawn, quantity: int
) -> None:
    body = put_body(drawn.inventory, sku=drawn.sku, quantity=quantity)

    names = [name for name in drawn.inventory if name.endswith("_on_property")]

    assert {name: drawn.inventory[name] for name in names} == {
        name: value for name, value in body.items() if name != "products"
    }


@given(drawn=drawn_listings(), quantity=QUANTITIES)
def test_a_price_is_put_back_to_the_last_digit(drawn: Drawn, quantity: int) -> None:
    body = put_body(drawn.inventory, sku=drawn.sku, quantity=quantity)
    exact = json.loads(json.dumps(body), parse_float=Decimal)

    for was, now in zip(living(drawn.inventory), parts(exact, "products"), strict=True):
        for one, other in zip(on_offer(was), parts(now, "offerings"), strict=True):
            price = cast(dict[str, int], one["price"])
            assert Decimal(price["amount"]) / price["divisor"] == other["price"]


@given(drawn=drawn_listings(), quantity=QUANTITIES)
def test_after_the_put_the_quantity_is_set_and_the_rest_is_as_put(
    drawn: Drawn, quantity: int
) -> None:
    there = read(drawn.inventory)
    body = put_body(drawn.inventory, sku=drawn.sku, quantity=quantity)
    came_back = read(as_got(body))

    assert is_set(came_back, sku=drawn.sku, quantity=quantity)
    assert shown(came_back, sku=drawn.sku) == quantity
    assert is_as_put(there, came_back, sku=drawn.sku, quantity=quantity)


@given(
    drawn=drawn_listings(),
    quantity=QUANTITIES,
    broken=st.sampled_from(["product", "price", "sku", "enabled", "quantity", "varies"]),
)
def test_anything_lost_on_the_way_is_seen(drawn: Drawn, quantity: int, broken: str) -> None:
    there = read(drawn.inventory)
    body = put_body(drawn.inventory, sku=drawn.sku, quantity=quantity)
    got = as_got(body)
    first = parts(got, "products")[0]
    offering = parts(first, "offerings")[0]
    match broken:
        case "product":
            got["products"] = parts(got, "products")[1:]
        case "price":
            cast(dict[str, int], offering["price"])["amount"] += 1
        case "sku":
            first["sku"] = "another"
        case "enabled":
            offering["is_enabled"] = not offering["is_enabled"]
        case "quantity":
            offering["quantity"] = cast(int, offering["quantity"]) + 1
        case _:
            got["price_on_property"] = [*cast(list[int], got["price_on_property"]), 1]

    assert not is_as_put(there, read(got), sku=drawn.sku, quantity=quantity)


def as_got(body: Json) -> Json:
    """What a PUT would be answered with: new ids, prices in parts again, another order."""
    exact = json.loads(json.dumps(body), parse_float=Decimal)
    products = [
        {
            **product,
            "product_id": 5000 + place,
            "is_deleted": False,
            "offerings": [
                {
                    **offering,
                    "is_deleted": False,
                    "price": {
                        "amount": int(offering["price"] * 1000),
                        "divisor": 1000,
                        "currency_code": "EUR",
                    },
                }
                for offering in product["offerings"]
            ],
        }
        for place, product in enumerate(exact["products"])
    ]
    return {**exact, "products": list(reversed(products))}


@given(drawn=drawn_listings(), quantity=QUANTITIES)
def test_etsys_own_document_allows_every_body(
    vendor: Path, drawn: Drawn, quantity: int
) -> None:
    oas = oas_of(vendor)
    body = put_body(drawn.inventory, sku=drawn.sku, quantity=quantity)

    faults = oas.request_faults(
        "PUT",
        "/v3/application/listings/1/inventory",
        query="max_variations_supported=3",
        content_type="application/json",
        body=json.dumps(body).encode(),
    )

    assert faults == []


def oas_of(vendor: Path, loaded: list[EtsyOas] = []) -> EtsyOas:  # noqa: B006 - read once
    if not loaded:
        loaded.append(EtsyOas(vendor))
    return loaded[0]


# Prices -----------------------------------------------------------------------------------


@given(amount=st.integers(0, 10**13), divisor=st.sampled_from([1, 10, 100, 1000]))
@example(amount=29, divisor=100)
@example(amount=1_000_000_007, divisor=1000)
def test_a_price_is_written_without_the_surprises_of_binary_fractions(
    amount: int, divisor: int
) -> None:
    written = json.dumps(exact_number(Price(amount=amount, divisor=divisor)))

    assert Decimal(written) == Decimal(amount) / divisor


@pytest.mark.parametrize(
    "amount, divisor", [(1, 0), (1, 3), (10**17 + 1, 100), (10**400, 1)]
)
def test_a_price_that_cannot_be_given_back_exactly_is_not_written(
    amount: int, divisor: int
) -> None:
    with pytest.raises(PayloadError):
        exact_number(Price(amount=amount, divisor=divisor))


# Heaps ------------------------------------------------------------------------------------


def test_a_quantity_shared_by_all_variations_is_set_on_all_of_one_sku() -> None:
    inventory = an_inventory(
        a_product("LAV", quantity=5, values={SIZE: "S"}),
        a_product("LAV", quantity=5, values={SIZE: "L"}),
    )

    body = put_body(inventory, sku="LAV", quantity=3)

    assert [
        offering["quantity"]
        for one in parts(body, "products")
        for offering in parts(one, "offerings")
    ] == [3, 3]


def test_a_quantity_other_skus_share_is_not_written() -> None:
    inventory = an_inventory(
        a_product("LAV", quantity=5, values={SIZE: "S"}),
        a_product("ROS", quantity=5, values={SIZE: "L"}),
    )

    with pytest.raises(Rejected, match="share its quantity"):
        with_quantity(read(inventory), sku="LAV", quantity=3)


def test_an_sku_whose_variations_each_have_a_quantity_is_not_written_but_read() -> None:
    inventory = read(
        an_inventory(
            a_product("LAV", quantity=5, values={SIZE: "S"}),
            a_product("LAV", quantity=2, values={SIZE: "L"}),
            varies_by=[SIZE],
        )
    )

    with pytest.raises(Rejected, match="a quantity of its own"):
        with_quantity(inventory, sku="LAV", quantity=3)
    assert shown(inventory, sku="LAV") == 7


def test_variations_that_share_the_value_quantity_varies_by_are_one_heap() -> None:
    inventory = an_inventory(
        a_product("S", quantity=5, values={SIZE: "S", COLOUR: "red"}),
        a_product("S", quantity=5, values={SIZE: "S", COLOUR: "blue"}),
        a_product("L", quantity=1, values={SIZE: "L", COLOUR: "red"}),
        varies_by=[SIZE],
    )

    assert shown(read(inventory), sku="S") == 5
    assert put_body(inventory, sku="S", quantity=4)["products"]


# Which product is meant -------------------------------------------------------------------


def test_an_sku_is_known_however_it_is_spelt_on_an_order() -> None:
    inventory = read(an_inventory(a_product("LAV-100ML", quantity=5)))

    assert shown(inventory, sku=" lav_100ml") == 5


def test_an_empty_sku_means_the_only_product() -> None:
    inventory = read(an_inventory(a_product("", quantity=5)))

    assert shown(inventory, sku="") == 5
    assert with_quantity(inventory, sku="", quantity=2)["products"]


def test_an_empty_sku_means_nothing_where_there_are_several_products() -> None:
    inventory = read(
        an_inventory(
            a_product("", quantity=5, values={SIZE: "S"}),
            a_product("", quantity=5, values={SIZE: "L"}),
        )
    )

    assert shown(inventory, sku="") is None
    with pytest.raises(NotFound, match="give each its own SKU"):
        with_quantity(inventory, sku="", quantity=2)


def test_a_listing_that_sells_nothing_has_nothing_to_write() -> None:
    with pytest.raises(NotFound, match="sells nothing"):
        with_quantity(read(an_inventory()), sku="", quantity=2)


def test_a_product_that_says_no_sku_is_put_back_saying_none() -> None:
    product = a_product("", quantity=5)
    product.pop("sku")

    body = put_body(an_inventory(product), sku="", quantity=2)

    assert "sku" not in parts(body, "products")[0]


def test_a_deleted_product_is_neither_read_nor_written() -> None:
    gone = {**a_product("LAV", quantity=5), "is_deleted": True}
    inventory = read(an_inventory(gone, a_product("ROS", quantity=1)))

    assert shown(inventory, sku="LAV") is None
    with pytest.raises(NotFound, match="no|nothing"):
        with_quantity(inventory, sku="LAV", quantity=2)


# None at all, and too many ----------------------------------------------------------------


def test_one_of_several_variations_may_be_set_to_none() -> None:
    inventory = an_inventory(
        a_product("S", quantity=5, values={SIZE: "S"}),
        a_product("L", quantity=1, values={SIZE: "L"}),
        varies_by=[SIZE],
    )

    assert put_body(inventory, sku="S", quantity=0)["products"]


@pytest.mark.parametrize("other", [{"quantity": 0}, {"quantity": 4, "is_enabled": False}])
def test_what_is_left_without_an_sku_is_counted_over_what_can_be_bought(
    other: dict[str, object],
) -> None:
    rest = a_product("L", quantity=1, values={SIZE: "L"})
    rest["offerings"] = [{**an_offering(quantity=1), **other}]
    inventory = read(
        an_inventory(a_product("S", quantity=5, values={SIZE: "S"}), rest, varies_by=[SIZE])
    )

    assert empties(inventory, sku="S")
    assert not empties(inventory, sku="L")


def test_an_sku_that_comes_back_alone_leaves_none_of_what_can_be_bought_beside_it() -> None:
    off = a_product("M", quantity=1, values={SIZE: "M"})
    off["offerings"] = [{**an_offering(quantity=4), "is_enabled": False}]
    three = [
        a_product("S", quantity=5, values={SIZE: "S"}),
        off,
        a_product("L", quantity=3, values={SIZE: "L"}),
    ]
    there = read(an_inventory(*three, varies_by=[SIZE]))

    body = with_quantity(there, sku="S", quantity=2, alone=True)

    products = cast(list[Json], body["products"])
    offerings = [cast(list[Json], one["offerings"])[0] for one in products]
    assert [one["quantity"] for one in offerings] == [2, 4, 0]


@pytest.mark.parametrize("quantity", [-1, 1000])
def test_a_quantity_etsy_does_not_take_is_not_written(quantity: int) -> None:
    inventory = read(an_inventory(a_product("S", quantity=5)))

    with pytest.raises(Rejected, match="between 0 and 999"):
        with_quantity(inventory, sku="S", quantity=quantity)


def test_how_many_properties_vary_is_counted_over_the_living() -> None:
    three = {SIZE: "S", COLOUR: "red", MATERIAL: "oak"}

    assert read(an_inventory(a_product("S", quantity=1, values=three))).variations == 3
    assert read(an_inventory(a_product("S", quantity=1))).variations == 0


def test_the_vendors_samples_are_read_and_put_back(vendor: Path) -> None:
    samples = vendor / "etsy" / "samples" / "etsy_inventory_and_variation_fragments.json"
    found = json.loads(samples.read_text(encoding="utf-8"))
    simple, newer = found["inventory_get_simple_real"], found["readiness_readback_2026"]

    real = put_body(simple, sku="731737", quantity=2)
    readback = put_body(newer, sku="", quantity=3)

    assert shown(read(simple), sku="731737") == 1
    assert real["price_on_property"] == [1]
    assert parts(parts(real, "products")[0], "offerings")[0]["price"] == 22.0
    assert len(parts(readback, "products")) == 1
