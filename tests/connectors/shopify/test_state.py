"""An order's sending is read page by page to its end, or not at all."""

from collections.abc import Mapping

import pytest

from connectors.errors import Conflict, NotFound, PayloadError
from connectors.http import Http
from connectors.shopify.client import AdminApi
from connectors.shopify.effects.state import OrderState, read_pieces, read_state
from connectors.transport import Answer
from tests.canned import CannedTransport, answered

END: Mapping[str, object] = {"hasNextPage": False, "endCursor": None}


def more(cursor: str) -> Mapping[str, object]:
    return {"hasNextPage": True, "endCursor": cursor}


def work(
    number: int, *lines: int, page: Mapping[str, object] = END
) -> Mapping[str, object]:
    nodes = [
        {
            "id": f"gid://shopify/FulfillmentOrderLineItem/{line}",
            "remainingQuantity": 1,
            "lineItem": {"id": f"gid://shopify/LineItem/{line}"},
        }
        for line in lines
    ]
    return {
        "id": f"gid://shopify/FulfillmentOrder/{number}",
        "status": "OPEN",
        "supportedActions": [{"action": "CREATE_FULFILLMENT"}],
        "assignedLocation": {"name": "Madrid", "location": None},
        "fulfillmentHolds": [],
        "lineItems": {"pageInfo": page, "nodes": nodes},
    }


def parcel(number: int) -> Mapping[str, object]:
    return {
        "id": f"gid://shopify/Fulfillment/{number}",
        "status": "SUCCESS",
        "location": None,
        "trackingInfo": [],
    }


def page_of(
    *orders: Mapping[str, object],
    page: Mapping[str, object] = END,
    parcels: int = 0,
) -> Answer:
    order = {
        "id": "gid://shopify/Order/1",
        "cancelledAt": None,
        "fulfillments": [parcel(n) for n in range(parcels)],
        "fulfillmentOrders": {"pageInfo": page, "nodes": orders},
    }
    return answered({"data": {"order": order}})


def read(*answers: Answer) -> tuple[OrderState, CannedTransport]:
    api, transport = api_with(*answers)
    return read_state(api, order_id="1"), transport


def api_with(*answers: Answer) -> tuple[AdminApi, CannedTransport]:
    transport = CannedTransport(answers)
    http = Http(title="Shopify", origin="https://a.myshopify.com", transport=transport)
    return AdminApi(http=http, version="2026-10", token="t"), transport


def test_fulfilment_orders_beyond_the_first_page_are_read() -> None:
    state, transport = read(page_of(work(1, 1), page=more("c1")), page_of(work(2, 2)))

    [_, second] = transport.sent
    assert [one.id[-1] for one in state.orders] == ["1", "2"]
    assert second.content["variables"] == {
        "id": "gid://shopify/Order/1",
        "fulfilments": 1,
        "after": "c1",
    }


def test_lines_beyond_the_first_page_are_read() -> None:
    rest = answered({"data": {"fulfillmentOrder": work(1, 3)}})

    state, _ = read(page_of(work(1, 1, 2, page=more("c1"))), rest)

    [order] = state.orders
    assert [line.line_id for line in order.line_items.nodes] == ["1", "2", "3"]


def test_fifty_parcels_may_be_more_and_are_asked_for_again() -> None:
    state, _ = read(page_of(work(1), parcels=50), page_of(work(1), parcels=60))

    assert len(state.sent) == 60


def test_more_parcels_than_shopify_lists_are_for_a_person() -> None:
    with pytest.raises(Conflict, match="too many parts"):
        read(page_of(parcels=50), page_of(parcels=250))


def test_a_deleted_location_still_has_its_name() -> None:
    state, _ = read(page_of(work(1)))

    assert [one.location for one in state.orders] == ["name:Madrid"]


def test_pages_without_an_end_are_not_followed_for_ever() -> None:
    endless = [page_of(page=more("again"))] * 200

    with pytest.raises(PayloadError, match="to an end"):
        read(*endless)


def test_what_goes_away_while_it_is_read_is_not_found() -> None:
    gone = answered({"data": {"fulfillmentOrder": None}})

    with pytest.raises(NotFound):
        read(page_of(work(1, 1, page=more("c1"))), gone)


def test_pieces_of_a_parcel_beyond_the_first_page_are_added_up() -> None:
    def pieces(line: int, page: Mapping[str, object]) -> Answer:
        node = {"quantity": 2, "lineItem": {"id": f"gid://shopify/LineItem/{line}"}}
        lines = {"pageInfo": page, "nodes": [node]}
        return answered({"data": {"fulfillment": {"fulfillmentLineItems": lines}}})

    api, _ = api_with(pieces(1, more("c1")), pieces(1, more("c2")), pieces(2, END))

    found = read_pieces(api, fulfilment_id="gid://shopify/Fulfillment/1")

    assert found == {"1": 4, "2": 2}


def test_a_parcel_that_went_away_is_not_found() -> None:
    api, _ = api_with(answered({"data": {"fulfillment": None}}))

    with pytest.raises(NotFound):
        read_pieces(api, fulfilment_id="gid://shopify/Fulfillment/1")
