"""Stock that moves with orders, and the strict way to write it."""

from typing import cast

import pytest

from tests.connectors.sandbox.taller import Json, Taller, gid, inside

SET = """
mutation Set($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { reason referenceDocumentUri changes { name delta } }
    userErrors { code field message }
  }
}
"""
ADJUST = """
mutation Adjust($input: InventoryAdjustQuantitiesInput!, $key: String!) {
  inventoryAdjustQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { changes { delta } }
    userErrors { code field message }
  }
}
"""


def level(taller: Taller) -> tuple[int, int, int]:
    """Read what there is of soap in Madrid: available, committed, on hand."""
    stock = cast(dict[str, dict[str, int]], taller.store.variants()[0]["stock"])
    there = stock[taller.madrid]
    return there["available"], there["committed"], there["on_hand"]


def wish(taller: Taller, quantity: int, **more: object) -> Json:
    one = {
        "inventoryItemId": gid("InventoryItem", taller.soap["inventory_item_id"]),
        "locationId": gid("Location", taller.madrid),
        "quantity": quantity,
        **more,
    }
    return {"name": "available", "reason": "correction", "quantities": [one]}


def test_an_order_sets_aside_sending_takes_out_and_returning_brings_back(
    taller: Taller,
) -> None:
    seen = [level(taller)]
    order = taller.order(SOAP=5)
    line = str(taller.lines(order)[0]["id"])
    seen.append(level(taller))

    taller.store.edit_order(order, quantities={line: 4})
    seen.append(level(taller))
    taller.store.fulfil_by_hand(order)
    seen.append(level(taller))
    taller.store.refund(order, {line: 1})
    seen.append(level(taller))

    assert seen == [(40, 0, 40), (35, 5, 40), (36, 4, 40), (36, 0, 36), (37, 0, 37)]


def test_a_cancelled_order_gives_everything_back(taller: Taller) -> None:
    order = taller.order(SOAP=5)

    taller.store.cancel_order(order)

    assert level(taller) == (40, 0, 40)


def test_a_cancelled_fulfilment_is_set_aside_again(taller: Taller) -> None:
    order = taller.order(SOAP=5)
    [made] = taller.store.fulfil_by_hand(order)

    taller.store.cancel_fulfilment(made)

    assert level(taller) == (35, 5, 40)


def test_stock_is_set_when_the_quantity_read_still_stands(taller: Taller) -> None:
    uri = "gid://our-hub/ProductionOrder/7"
    given = wish(taller, 50, changeFromQuantity=40) | {"referenceDocumentUri": uri}

    done = taller.do(SET, input=given, key="k1")

    assert level(taller)[0] == 50
    assert done["inventoryAdjustmentGroup"] == {
        "reason": "correction",
        "referenceDocumentUri": uri,
        "changes": [{"name": "available", "delta": 10}],
    }


def test_a_stale_quantity_is_refused_and_null_skips_the_check(taller: Taller) -> None:
    refusal = taller.refusal(SET, input=wish(taller, 50, changeFromQuantity=39), key="k1")
    assert refusal["code"] == "CHANGE_FROM_QUANTITY_STALE"
    assert level(taller)[0] == 40

    taller.do(SET, input=wish(taller, 50, changeFromQuantity=None), key="k2")

    assert level(taller)[0] == 50


def test_the_quantity_read_must_be_given(taller: Taller) -> None:
    assert taller.refusal(SET, input=wish(taller, 50), key="k")["code"] == (
        "COMPARE_QUANTITY_REQUIRED"
    )


@pytest.mark.parametrize("text", [SET.replace("@idempotent(key: $key)", ""), SET])
def test_a_write_without_a_key_is_refused_at_run_time(taller: Taller, text: str) -> None:
    document = text.replace(", $key: String!", "").replace("$key", '" "')

    answer = taller.ask(document, input=wish(taller, 50, changeFromQuantity=40))

    assert "@idempotent" in str(inside(answer, "errors", 0)["message"])
    assert level(taller)[0] == 40


def test_the_same_key_writes_once(taller: Taller) -> None:
    given = wish(taller, 50, changeFromQuantity=40)
    change = {
        "name": "available",
        "reason": "received",
        "changes": [
            {
                "delta": 3,
                "inventoryItemId": gid("InventoryItem", taller.soap["inventory_item_id"]),
                "locationId": gid("Location", taller.madrid),
            }
        ],
    }

    first = taller.do(SET, input=given, key="k1")
    again = taller.do(SET, input=given, key="k1")
    for _ in range(2):
        taller.do(ADJUST, input=change, key="k2")

    assert again == first
    assert level(taller)[0] == 53


def test_the_same_key_for_something_else_or_after_a_failure_is_refused(
    taller: Taller,
) -> None:
    taller.do(SET, input=wish(taller, 50, changeFromQuantity=40), key="k1")
    stale = wish(taller, 60, changeFromQuantity=1)
    taller.refusal(SET, input=stale, key="k2")

    other = taller.refusal(SET, input=wish(taller, 51, changeFromQuantity=50), key="k1")
    failed = taller.refusal(SET, input=stale, key="k2")

    assert other["code"] == "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"
    assert failed["code"] == "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"


@pytest.mark.parametrize(
    "change,code",
    [
        ({"name": "reserved"}, "INVALID_NAME"),
        ({"reason": "because"}, "INVALID_REASON"),
        ({"referenceDocumentUri": "7"}, "INVALID_REFERENCE_DOCUMENT"),
    ],
)
def test_words_shopify_does_not_know_are_refused(
    taller: Taller, change: Json, code: str
) -> None:
    given = wish(taller, 50, changeFromQuantity=40) | change

    assert taller.refusal(SET, input=given, key="k")["code"] == code
    assert level(taller)[0] == 40


@pytest.mark.parametrize(
    "change,code",
    [
        ({"quantity": -1}, "INVALID_QUANTITY_NEGATIVE"),
        ({"quantity": 1_000_000_001}, "INVALID_QUANTITY_TOO_HIGH"),
        ({"inventoryItemId": gid("InventoryItem", 9)}, "INVALID_INVENTORY_ITEM"),
        ({"locationId": gid("Location", 9)}, "INVALID_LOCATION"),
    ],
)
def test_quantities_and_places_that_make_no_sense_are_refused(
    taller: Taller, change: Json, code: str
) -> None:
    given = wish(taller, 50, changeFromQuantity=None)
    inside(given, "quantities", 0).update(change)

    assert taller.refusal(SET, input=given, key="k")["code"] == code


def test_one_bad_quantity_spoils_them_all(taller: Taller) -> None:
    given = wish(taller, 50, changeFromQuantity=40)
    good = inside(given, "quantities", 0)
    bad = good | {"locationId": gid("Location", taller.bilbao), "changeFromQuantity": 3}
    given["quantities"] = [good, bad]

    assert taller.refusal(SET, input=given, key="k")["field"] == [
        "input",
        "quantities",
        "1",
        "changeFromQuantity",
    ]
    assert level(taller)[0] == 40
    given["quantities"] = [good, good]
    assert taller.refusal(SET, input=given, key="k2")["code"] == (
        "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR"
    )


def test_the_stock_of_a_bundle_is_not_written(taller: Taller) -> None:
    box = taller.store.add_variant(sku="BOX", title="Box", bundle=True)
    given = wish(taller, 5, changeFromQuantity=None)
    inside(given, "quantities", 0)["inventoryItemId"] = gid(
        "InventoryItem", box["inventory_item_id"]
    )

    assert taller.refusal(SET, input=given, key="k")["code"] == "NON_MUTABLE_INVENTORY_ITEM"
