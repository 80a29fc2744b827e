"""Fetching one whole order, page by page, as it is at one moment."""

from collections.abc import Mapping, Sequence

from pydantic import ConfigDict

from connectors.errors import NotFound, Retryable
from connectors.shopify.answers import Node
from connectors.shopify.client import AdminApi
from connectors.shopify.ids import gid
from connectors.shopify.paging import Page, pages

MANY_PARCELS: Mapping[str, object] = {"lines": 10, "fulfilments": 250, "pieces": 1}
"""More parcels for fewer lines each, so that the question stays affordable."""

_NO_MORE = {"hasNextPage": False, "endCursor": None}


class _Kept(Node):
    """A part of an answer that is handed on with everything it had."""

    model_config = ConfigDict(extra="allow")


class _Nodes(Page):
    nodes: list[dict[str, object]]


class _Parcel(_Kept):
    id: str
    fulfillment_line_items: _Nodes


class _Count(Node):
    count: int


class _Order(_Kept):
    updated_at: str
    line_items: _Nodes
    fulfillments: list[_Parcel]
    fulfillments_count: _Count | None = None


class _OrderAnswer(Node):
    order: _Order | None


class _LinesPage(Node):
    updated_at: str
    line_items: _Nodes


class _LinesAnswer(Node):
    order: _LinesPage | None


class _PiecesPage(Node):
    fulfillment_line_items: _Nodes


class _PiecesAnswer(Node):
    fulfillment: _PiecesPage | None


def fetch_order(api: AdminApi, *, order_id: str) -> Mapping[str, object]:
    """Fetch an order as Shopify's own JSON, every page of it put together.

    :raises NotFound: there is no such order.
    :raises Retryable: it changed between two pages.
    """
    order = _first_page(api, order_id=order_id, sizes={})
    count = order.fulfillments_count
    if count is not None and count.count > len(order.fulfillments):
        order = _first_page(api, order_id=order_id, sizes=MANY_PARCELS)
    return {
        **order.model_dump(by_alias=True),
        "lineItems": _whole(_all_lines(api, order, order_id=order_id)),
        "fulfillments": [_with_all_pieces(api, one) for one in order.fulfillments],
    }


def _first_page(api: AdminApi, *, order_id: str, sizes: Mapping[str, object]) -> _Order:
    asked = {"id": gid("Order", order_id), **sizes}
    found = api.ask("order", asked, into=_OrderAnswer).order
    if found is None:
        raise NotFound("Shopify has no such order (any more)")
    return found


def _all_lines(
    api: AdminApi, order: _Order, *, order_id: str
) -> Sequence[Mapping[str, object]]:
    def after(cursor: str) -> _Nodes:
        asked = {"id": gid("Order", order_id), "after": cursor}
        found = api.ask("order_lines", asked, into=_LinesAnswer).order
        if found is None or found.updated_at != order.updated_at:
            raise Retryable("the order changed while it was being read")
        return found.line_items

    return [line for page in pages(order.line_items, after) for line in page.nodes]


def _with_all_pieces(api: AdminApi, parcel: _Parcel) -> Mapping[str, object]:
    def after(cursor: str) -> _Nodes:
        asked = {"id": parcel.id, "after": cursor}
        found = api.ask("fulfilment_lines", asked, into=_PiecesAnswer).fulfillment
        if found is None:
            raise Retryable("the order changed while it was being read")
        return found.fulfillment_line_items

    first = parcel.fulfillment_line_items
    pieces = [piece for page in pages(first, after) for piece in page.nodes]
    return {**parcel.model_dump(by_alias=True), "fulfillmentLineItems": _whole(pieces)}


def _whole(nodes: Sequence[Mapping[str, object]]) -> Mapping[str, object]:
    return {"pageInfo": _NO_MORE, "nodes": nodes}
