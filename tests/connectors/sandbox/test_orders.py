"""What buyers and shop keepers do to orders, and what the API then says of them."""

from datetime import timedelta
from typing import cast

import pytest

from connectors.sandbox.shopify.records import Refused
from connectors.sandbox.shopify.wanted import Wanted
from tests.connectors.sandbox.taller import CREATE, Json, Taller, gid, inside, sending

LINES = """
query Lines($id: ID!) {
  order(id: $id) {
    displayFulfillmentStatus
    displayFinancialStatus
    edited
    closed
    cancelReason
    currentTotalPriceSet { shopMoney { amount } presentmentMoney { amount currencyCode } }
    lineItems(first: 20) {
      nodes {
        id
        sku
        quantity
        currentQuantity
        unfulfilledQuantity
        nonFulfillableQuantity
        fulfillableQuantity
        requiresShipping
        isGiftCard
        product { id }
        variant { id sku }
      }
    }
    fulfillmentOrders(first: 20) {
      nodes {
        status
        deliveryMethod { methodType }
        assignedLocation { location { name } }
        lineItems(first: 20) { nodes { totalQuantity remainingQuantity } }
      }
    }
  }
}
"""


def read(taller: Taller, order_id: str) -> Json:
    return inside(taller.data(LINES, id=gid("Order", order_id)), "order")


def counts(order: Json) -> list[tuple[object, ...]]:
    keys = ("quantity", "currentQuantity", "unfulfilledQuantity", "nonFulfillableQuantity")
    nodes = cast(list[Json], inside(order, "lineItems")["nodes"])
    return [tuple(node[key] for key in keys) for node in nodes]


def asked(order: Json) -> list[tuple[object, object]]:
    nodes = cast(list[Json], inside(order, "fulfillmentOrders")["nodes"])
    return [
        (
            node["status"],
            [
                (line["totalQuantity"], line["remainingQuantity"])
                for line in cast(list[Json], inside(node, "lineItems")["nodes"])
            ],
        )
        for node in nodes
    ]


def test_each_location_is_asked_for_its_own_lines(taller: Taller) -> None:
    order = read(taller, taller.order(SOAP=2, CANDLE=1))

    places = [
        inside(node, "assignedLocation", "location")["name"]
        for node in cast(list[Json], inside(order, "fulfillmentOrders")["nodes"])
    ]
    assert places == ["Madrid", "Bilbao"]
    assert asked(order) == [("OPEN", [(2, 2)]), ("OPEN", [(1, 1)])]


def test_what_is_not_shipped_is_asked_for_apart_and_tips_and_gift_cards_never(
    taller: Taller,
) -> None:
    placed = taller.store.place_order(
        [
            Wanted(sku="SOAP"),
            Wanted(title="Recipe book (PDF)", price="5.00", requires_shipping=False),
            Wanted(title="Gift card", price="25.00", gift_card=True),
            Wanted(title="Tip", price="2.00", tip=True),
        ]
    )

    order = read(taller, placed)

    methods = [
        inside(node, "deliveryMethod")["methodType"]
        for node in cast(list[Json], inside(order, "fulfillmentOrders")["nodes"])
    ]
    assert methods == ["SHIPPING", "NONE"]
    assert counts(order) == [(1, 1, 1, 0), (1, 1, 1, 0), (1, 1, 0, 1), (1, 1, 0, 1)]


def test_a_custom_line_has_no_variant_and_an_unknown_sku_keeps_its_sku(
    taller: Taller,
) -> None:
    placed = taller.store.place_order(
        [Wanted(title="Gift wrap", price="3.00"), Wanted(sku="GONE", title="Gone")]
    )

    nodes = cast(list[Json], inside(read(taller, placed), "lineItems")["nodes"])

    assert [(n["sku"], n["variant"], n["product"]) for n in nodes] == [
        (None, None, None),
        ("GONE", None, None),
    ]


def test_a_deleted_variant_is_gone_from_old_orders_too(taller: Taller) -> None:
    placed = taller.order(SOAP=1)

    taller.store.delete_variant(str(taller.soap["id"]))

    [line] = cast(list[Json], inside(read(taller, placed), "lineItems")["nodes"])
    assert (line["sku"], line["variant"], line["product"]) == ("SOAP", None, None)


def test_removing_units_lowers_only_the_current_quantity(taller: Taller) -> None:
    placed = taller.order(SOAP=3)
    line = str(taller.lines(placed)[0]["id"])

    taller.store.edit_order(placed, quantities={line: 1})

    order = read(taller, placed)
    assert order["edited"] is True
    assert counts(order) == [(3, 1, 1, 2)]
    assert asked(order) == [("OPEN", [(1, 1)])]


def test_added_lines_get_a_fulfilment_order_of_their_own(taller: Taller) -> None:
    placed = taller.order(SOAP=1)

    taller.store.edit_order(placed, add=[Wanted(sku="SOAP", quantity=2)])

    order = read(taller, placed)
    assert counts(order) == [(1, 1, 1, 0), (2, 2, 2, 0)]
    assert asked(order) == [("OPEN", [(1, 1)]), ("OPEN", [(2, 2)])]


def test_units_already_sent_cannot_be_edited_away(taller: Taller) -> None:
    placed = taller.order(SOAP=2)
    line = str(taller.lines(placed)[0]["id"])
    taller.store.fulfil_by_hand(placed)

    with pytest.raises(Refused):
        taller.store.edit_order(placed, quantities={line: 1}, add=[Wanted(sku="CANDLE")])

    assert counts(read(taller, placed)) == [(2, 2, 0, 0)]


def test_a_refund_takes_unsent_units_first(taller: Taller) -> None:
    placed = taller.order(SOAP=3)
    line = str(taller.lines(placed)[0]["id"])
    [first] = taller.asked(placed)
    taller.do(CREATE, fulfillment=_two_of(first))

    taller.store.refund(placed, {line: 2})

    order = read(taller, placed)
    assert counts(order) == [(3, 1, 0, 1)]
    assert order["displayFinancialStatus"] == "PARTIALLY_REFUNDED"
    assert order["displayFulfillmentStatus"] == "FULFILLED"
    assert asked(order) == [("CLOSED", [(2, 0)])]


def _two_of(asked_for: Json) -> Json:
    [line] = cast(list[Json], asked_for["lines"])
    return sending_two(asked_for["id"], line["id"])


def sending_two(fulfilment_order: object, line: object) -> Json:
    part = {
        "fulfillmentOrderId": gid("FulfillmentOrder", fulfilment_order),
        "fulfillmentOrderLineItems": [
            {"id": gid("FulfillmentOrderLineItem", line), "quantity": 2}
        ],
    }
    return {"lineItemsByFulfillmentOrder": [part]}


def test_a_cancelled_and_refunded_order_has_nothing_left_to_send(taller: Taller) -> None:
    placed = taller.order(SOAP=2)

    taller.store.cancel_order(placed, reason="CUSTOMER")

    order = read(taller, placed)
    assert counts(order) == [(2, 0, 0, 2)]
    assert asked(order) == [("CLOSED", [(0, 0)])]
    assert order["displayFulfillmentStatus"] == "FULFILLMENT_NOT_REQUIRED"
    assert order["displayFinancialStatus"] == "REFUNDED"
    assert (order["closed"], order["cancelReason"]) == (True, "CUSTOMER")
    assert inside(order, "currentTotalPriceSet", "shopMoney")["amount"] == "0.0"


def test_an_order_cancelled_without_refund_keeps_its_remaining_quantity(
    taller: Taller,
) -> None:
    """Seen on a live shop: only the CLOSED status tells that nothing is to be sent."""
    placed = taller.order(SOAP=2)

    taller.store.cancel_order(placed, give_back=False)

    order = read(taller, placed)
    assert counts(order) == [(2, 2, 2, 0)]
    assert asked(order) == [("CLOSED", [(2, 2)])]
    assert order["displayFulfillmentStatus"] == "UNFULFILLED"
    [first] = taller.asked(placed)
    refusal = taller.refusal(CREATE, fulfillment=sending(first["id"]))
    assert refusal["message"] == (
        f"Fulfillment order {first['id']} has an unfulfillable status= closed."
    )


def test_an_order_of_which_something_was_sent_is_not_cancelled(taller: Taller) -> None:
    placed = taller.order(SOAP=1, CANDLE=1)
    taller.do(CREATE, fulfillment=sending(taller.asked(placed)[0]["id"]))

    with pytest.raises(Refused):
        taller.store.cancel_order(placed)


def test_a_deleted_order_is_null(taller: Taller) -> None:
    placed = taller.order(SOAP=1)

    taller.store.delete_order(placed)

    assert taller.data(LINES, id=gid("Order", placed)) == {"order": None}


def test_updated_at_grows_with_every_change_even_within_a_second(taller: Taller) -> None:
    placed = taller.order(SOAP=5)
    line = str(taller.lines(placed)[0]["id"])
    seen = [taller.store.order(placed)["updated_at"]]

    for units in (4, 3, 2):
        taller.store.edit_order(placed, quantities={line: units})
        seen.append(taller.store.order(placed)["updated_at"])

    assert sorted(set(cast(list[str], seen))) == seen


def test_with_ties_two_changes_within_a_second_carry_the_same_time() -> None:
    taller = Taller(ties=True)
    placed = taller.order(SOAP=5)
    line = str(taller.lines(placed)[0]["id"])
    before = taller.store.order(placed)["updated_at"]

    taller.store.edit_order(placed, quantities={line: 4})

    assert taller.store.order(placed)["updated_at"] == before


def test_a_buyer_may_see_another_currency_than_the_shop_books(taller: Taller) -> None:
    placed = taller.store.place_order(
        [Wanted(sku="SOAP", quantity=2)], presentment=("JPY", "160.5")
    )

    order = read(taller, placed)

    assert inside(order, "currentTotalPriceSet", "shopMoney")["amount"] == "13.0"
    assert inside(order, "currentTotalPriceSet", "presentmentMoney") == {
        "amount": "2087.0",
        "currencyCode": "JPY",
    }


def test_ids_are_beyond_what_a_float_can_hold(taller: Taller) -> None:
    placed = int(taller.order(SOAP=1))

    assert placed > 2**53
    assert int(float(placed)) != placed


def test_an_order_needs_a_line_that_names_something(taller: Taller) -> None:
    for wanted in ([], [Wanted()], [Wanted(sku="SOAP", quantity=0)]):
        with pytest.raises(Refused):
            taller.store.place_order(wanted)

    assert taller.store.orders() == []


def test_paying_twice_is_refused(taller: Taller) -> None:
    placed = taller.store.place_order([Wanted(sku="SOAP")], financial_status="PENDING")
    taller.store.mark_paid(placed)

    with pytest.raises(Refused):
        taller.store.mark_paid(placed)

    assert taller.store.order(placed)["financial_status"] == "PAID"


def test_a_forgotten_buyer_is_gone_from_the_shops_own_orders(taller: Taller) -> None:
    placed = taller.order(SOAP=1)

    taller.store.erase_customer(placed)

    found = taller.data(
        "query($id: ID!) { order(id: $id) { email customer { id } shippingAddress { name } } }",
        id=gid("Order", placed),
    )
    assert found == {"order": {"email": None, "customer": None, "shippingAddress": None}}


def test_time_moves_an_order_only_when_it_changes(taller: Taller) -> None:
    placed = taller.order(SOAP=1)
    before = taller.store.order(placed)["updated_at"]
    taller.at += timedelta(hours=1)

    assert taller.store.order(placed)["updated_at"] == before
