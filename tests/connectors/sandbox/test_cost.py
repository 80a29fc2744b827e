"""Costs as a live shop reckoned them, and the bucket they are taken from."""

import pytest
from graphql import get_operation_ast, parse

from connectors.sandbox.shopify.graph.cost import requested
from connectors.sandbox.shopify.graph.schema import schema
from tests.connectors.sandbox.taller import Taller, inside

ASKED = """
id
status
supportedActions { action }
fulfillmentHolds { id heldByApp { id title } }
lineItems(first: 5) { nodes { id lineItem { id title } } }
"""
# The same questions were asked of a live shop (API 2026-04); the points are its answers.
RECORDED = {
    "orders, ten": (
        6,
        "query($q: String, $n: Int!) { orders(first: $n, query: $q) { nodes { id name } } }",
    ),
    "fulfilment orders with their orders": (
        8,
        "query($q: String) { fulfillmentOrders(first: 5, includeClosed: true, query: $q)"
        " { nodes { id status order { id name } } } }",
    ),
    "an order's fulfilment orders": (
        11,
        "query($id: ID!) { order(id: $id) { id fulfillmentOrders(first: 10)"
        " { nodes { id status supportedActions { action } } } } }",
    ),
    "a mutation with one list": (
        11,
        "mutation($id: ID!) { fulfillmentCancel(id: $id)"
        " { fulfillment { id trackingInfo { number } } userErrors { field message } } }",
    ),
    "a mutation with nothing but its record": (
        10,
        "mutation($e: FulfillmentEventInput!) { fulfillmentEventCreate(fulfillmentEvent: $e)"
        " { fulfillmentEvent { id status } userErrors { field message } } }",
    ),
    "new tracking": (
        51,
        "mutation($id: ID!, $t: FulfillmentTrackingInput!) {"
        " fulfillmentTrackingInfoUpdate(fulfillmentId: $id, trackingInfoInput: $t)"
        " { fulfillment { id trackingInfo { number url company } } userErrors { message } } }",
    ),
    "a hold showing two fulfilment orders": (
        32,
        "mutation($id: ID!, $h: FulfillmentOrderHoldInput!) {"
        " fulfillmentOrderHold(id: $id, fulfillmentHold: $h) {"
        f" fulfillmentHold {{ id }} fulfillmentOrder {{ {ASKED} }}"
        f" remainingFulfillmentOrder {{ {ASKED} }} userErrors {{ code message }} }} }}",
    ),
    "a page of 250 variants": (
        25,
        "query($id: ID!) { product(id: $id) { variants(first: 250)"
        " { nodes { inventoryItem { id tracked } } } } }",
    ),
}


@pytest.mark.parametrize("points,text", RECORDED.values(), ids=list(RECORDED))
def test_a_query_costs_what_a_live_shop_took_for_it(points: int, text: str) -> None:
    document = parse(text)
    operation = get_operation_ast(document)
    assert operation is not None

    assert requested(schema(), document, operation, {"n": 10}) == points


def test_fragments_cost_what_they_select_and_nothing_is_paid_twice() -> None:
    plain = parse("{ shop { plan { shopifyPlus } primaryDomain { host } } }")
    spread = parse(
        "{ shop { ...A ... on Shop { primaryDomain { host } } plan { shopifyPlus } } }"
        " fragment A on Shop { plan { shopifyPlus } primaryDomain { host } }"
    )

    prices = [
        requested(schema(), document, operation, {})
        for document in (plain, spread)
        if (operation := get_operation_ast(document))
    ]

    assert prices == [3, 3]


def test_every_answer_says_what_it_cost_and_what_is_left() -> None:
    taller = Taller(bucket=(2000, 100))

    cost = inside(taller.ask("{ shop { name } }"), "extensions", "cost")

    assert cost == {
        "requestedQueryCost": 1,
        "actualQueryCost": 1,
        "throttleStatus": {
            "maximumAvailable": 2000,
            "currentlyAvailable": 1999,
            "restoreRate": 100,
        },
    }


def test_an_empty_bucket_is_throttled_as_a_200_without_data_and_refills() -> None:
    taller = Taller(bucket=(30, 10))
    question = (
        "{ orders(first: 100) { nodes { id lineItems(first: 1) { nodes { id } } } } }"
    )
    points = inside(
        taller.ask("{ orders(first: 1) { nodes { id } } }"), "extensions", "cost"
    )
    assert points["requestedQueryCost"] == 3

    status, throttled, _ = taller.call({"query": question})
    taller.move(3)
    _, later, _ = taller.call({"query": "{ orders(first: 100) { nodes { id } } }"})

    assert status == 200
    assert "data" not in throttled
    assert inside(throttled, "errors", 0, "extensions")["code"] == "THROTTLED"
    assert inside(throttled, "extensions", "cost")["actualQueryCost"] is None
    assert later["data"] == {"orders": {"nodes": []}}


def test_what_was_asked_for_but_not_found_is_given_back() -> None:
    taller = Taller(bucket=(50, 0))

    for _ in range(20):
        answer = taller.ask("{ orders(first: 250) { nodes { id } } }")
        assert "errors" not in answer


def test_no_bucket_is_deep_enough_for_more_than_a_thousand_points(taller: Taller) -> None:
    variants = "variants(first: 250) { nodes { id product { id } } }"
    lines = f"lineItems(first: 250) {{ nodes {{ product {{ {variants} }} }} }}"
    dear = f"{{ orders(first: 250) {{ nodes {{ {lines} }} }} }}"

    answer = taller.ask(dear)

    assert inside(answer, "errors", 0, "extensions")["code"] == "MAX_COST_EXCEEDED"
