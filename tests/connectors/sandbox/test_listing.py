"""Lists: searched, sorted, and paged so that nothing is skipped."""

from datetime import timedelta
from typing import cast

import pytest

from tests.connectors.sandbox.taller import Json, Taller, gid, inside

HEADS = """
query Heads($q: String, $after: String, $n: Int = 2) {
  orders(first: $n, after: $after, query: $q, sortKey: UPDATED_AT) {
    nodes { id name updatedAt }
    pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}
"""


def names(answer: Json) -> list[str]:
    return [
        str(node["name"]) for node in cast(list[Json], inside(answer, "orders")["nodes"])
    ]


@pytest.fixture
def week(taller: Taller) -> Taller:
    """Five orders, a day apart."""
    for _ in range(5):
        taller.order(SOAP=1)
        taller.at += timedelta(days=1)
    return taller


def walk(taller: Taller) -> list[str]:
    found: list[str] = []
    after = None
    while True:
        page = taller.data(HEADS, after=after)
        found += names(page)
        info = inside(page, "orders", "pageInfo")
        if not info["hasNextPage"]:
            return found
        after = info["endCursor"]


def test_pages_hold_every_order_once(week: Taller) -> None:
    assert walk(week) == ["#1001", "#1002", "#1003", "#1004", "#1005"]


def test_an_order_that_changes_between_pages_comes_again_and_hides_no_other(
    week: Taller,
) -> None:
    first = week.data(HEADS)
    oldest = str(week.store.orders()[0]["id"])
    line = str(week.lines(oldest)[0]["id"])

    week.store.edit_order(oldest, quantities={line: 2})
    info = inside(first, "orders", "pageInfo")
    rest = week.data(HEADS, after=info["endCursor"], n=10)

    assert names(first) + names(rest) == [
        "#1001",
        "#1002",
        "#1003",
        "#1004",
        "#1005",
        "#1001",
    ]


def test_backwards_and_reversed_are_the_same_orders(week: Taller) -> None:
    reversed_ = week.data(
        "{ orders(first: 2, reverse: true, sortKey: ID) { nodes { name } } }"
    )
    last = week.data("{ orders(last: 2, sortKey: ID) { nodes { name } edges { cursor } } }")
    edges = cast(list[Json], inside(last, "orders")["edges"])
    before = week.data(
        "query($c: String!) { orders(last: 2, before: $c, sortKey: ID) { nodes { name } } }",
        c=edges[0]["cursor"],
    )

    assert names(reversed_) == ["#1005", "#1004"]
    assert names(last) == ["#1004", "#1005"]
    assert names(before) == ["#1002", "#1003"]


@pytest.mark.parametrize(
    "paging", ["", "(first: 1, last: 1)", "(first: 251)", "(first: -1)"]
)
def test_a_page_has_one_sensible_size(taller: Taller, paging: str) -> None:
    answer = taller.ask(f"{{ orders{paging} {{ nodes {{ id }} }} }}")

    assert inside(answer, "errors", 0, "extensions")["code"] == "BAD_REQUEST"


def test_a_foreign_cursor_is_refused(taller: Taller) -> None:
    for cursor in ("x", "e30=", "W10="):
        answer = taller.ask(HEADS, after=cursor)
        assert inside(answer, "errors", 0)["message"] == "Invalid cursor"


@pytest.mark.parametrize(
    "query,found",
    [
        ("updated_at:>='2026-11-24T09:30:00Z'", ["#1003", "#1004", "#1005"]),
        ('updated_at:>"2026-11-24T10:30:00+01:00"', ["#1004", "#1005"]),
        ("updated_at:<'2026-11-23T09:30:00Z'", ["#1001"]),
        ("name:#1002 OR name:1004", ["#1002", "#1004"]),
        ("-name:1002 updated_at:<='2026-11-24T09:30:00Z'", ["#1001", "#1003"]),
        ("NOT (name:1001 OR name:1002 OR name:1003)", ["#1004", "#1005"]),
        ("status:cancelled", ["#1003"]),
        ("status:open AND financial_status:paid", ["#1001", "#1002", "#1004", "#1005"]),
        ("tag:vip", ["#1001"]),
        ("sku:soap test:false", ["#1001", "#1002", "#1003", "#1004", "#1005"]),
        ("updated_at:>'not a time'", []),
    ],
)
def test_orders_are_found_by_what_shopify_searches(
    week: Taller, query: str, found: list[str]
) -> None:
    orders = [week.shop_order(number) for number in range(5)]
    orders[0].tags.append("VIP")
    orders[2].cancelled_at = orders[2].updated_at

    assert names(week.data(HEADS, q=query, n=50)) == found


def test_ids_are_found_by_number(week: Taller) -> None:
    second = week.store.orders()[1]["id"]

    assert names(week.data(HEADS, q=f"id:{second}", n=50)) == ["#1002"]


def test_a_misspelt_filter_finds_everything_and_warns(week: Taller) -> None:
    answer = week.ask(HEADS, q="updated-at:>'2026-11-24T09:30:00Z'", n=50)

    assert len(names(inside(answer, "data"))) == 5
    warning = inside(answer, "extensions", "search", 0)
    assert inside(warning, "warnings", 0)["code"] == "invalid_field"
    assert warning["path"] == ["orders"]


def test_closed_fulfilment_orders_are_listed_only_when_asked_for(week: Taller) -> None:
    week.store.fulfil_by_hand(str(week.store.orders()[0]["id"]))
    query = "query($c: Boolean) { fulfillmentOrders(first: 9, includeClosed: $c) { nodes { id } } }"

    counted = [
        len(cast(list[object], inside(week.data(query, c=c), "fulfillmentOrders")["nodes"]))
        for c in (False, True)
    ]

    assert counted == [4, 5]


def test_fulfilment_orders_are_found_by_when_they_changed(week: Taller) -> None:
    week.store.cancel_order(str(week.store.orders()[0]["id"]))

    found = week.data(
        "query($q: String) { fulfillmentOrders(first: 9, includeClosed: true, query: $q)"
        " { nodes { status orderName } } }",
        q="updated_at:>='2026-11-27T00:00:00Z'",
    )

    assert found == {
        "fulfillmentOrders": {"nodes": [{"status": "CLOSED", "orderName": "#1001"}]}
    }


def test_without_a_scope_fulfilment_orders_are_silently_missing(taller: Taller) -> None:
    placed = taller.order(SOAP=1)
    taller.store.scopes = frozenset({"read_orders"})

    found = taller.data(
        "query($id: ID!) { order(id: $id) { fulfillmentOrders(first: 5) { nodes { id } } }"
        " fulfillmentOrders(first: 5) { nodes { id } } }",
        id=gid("Order", placed),
    )

    assert found == {
        "order": {"fulfillmentOrders": {"nodes": []}},
        "fulfillmentOrders": {"nodes": []},
    }


def test_a_write_scope_reads_too_and_no_scope_is_denied(taller: Taller) -> None:
    taller.store.scopes = frozenset({"write_orders"})
    assert "errors" not in taller.ask("{ orders(first: 1) { nodes { id } } }")
    taller.store.scopes = frozenset({"read_products"})

    answer = taller.ask('{ order(id: "gid://shopify/Order/1") { id } shop { name } }')

    assert inside(answer, "errors", 0)["message"] == (
        "Access denied for order field. Required access: `read_orders` access scope."
    )
    assert inside(answer, "data")["order"] is None
    assert inside(answer, "data", "shop")["name"] == "Taller"


def test_nodes_are_found_by_global_id(taller: Taller) -> None:
    placed = gid("Order", taller.order(SOAP=1))

    found = taller.data(
        "query($ids: [ID!]!) { nodes(ids: $ids) { id __typename ... on Order { name } } }",
        ids=[placed, gid("Location", taller.madrid), gid("Order", 1), gid("Theme", 1)],
    )

    assert found["nodes"] == [
        {"id": placed, "__typename": "Order", "name": "#1001"},
        {"id": gid("Location", taller.madrid), "__typename": "Location"},
        None,
        None,
    ]
    assert taller.ask('{ node(id: "1001") { id } }')["data"] == {"node": None}
