"""What Shopify says of an order's sending: what is left, where, on hold or not, what went."""

from collections import Counter
from collections.abc import Mapping

from connectors.errors import Conflict, NotFound
from connectors.shopify.answers import Gid, Node
from connectors.shopify.client import AdminApi
from connectors.shopify.ids import gid, number
from connectors.shopify.paging import Page, pages

FEW_FULFILMENTS = 50
MOST_FULFILMENTS = 250

_FALLEN_THROUGH = {"CANCELLED", "ERROR", "FAILURE"}
_TO_BE_SENT = {"OPEN", "IN_PROGRESS", "ON_HOLD", "SCHEDULED"}


class Ref(Node):
    id: Gid


class TrackingInfo(Node):
    company: str | None = None
    number: str | None = None
    url: str | None = None


class OpenLine(Node):
    """A line of a fulfilment order and how many pieces of it are still to be sent."""

    id: Gid
    remaining_quantity: int
    line_item: Ref

    @property
    def line_id(self) -> str:
        """The order line's number, the name it has with us."""
        return number(self.line_item.id)


class OpenLines(Page):
    nodes: list[OpenLine]


class Action(Node):
    action: str


class Place(Node):
    name: str
    location: Ref | None = None


class HoldThere(Node):
    id: Gid
    handle: str | None = None
    reason: str = ""
    held_by_requesting_app: bool = False


class FulfilmentOrder(Node):
    """Work to be done at one location; an order has one or more of them."""

    id: Gid
    status: str
    supported_actions: list[Action]
    assigned_location: Place
    fulfillment_holds: list[HoldThere]
    line_items: OpenLines

    @property
    def location(self) -> str:
        """What tells locations apart; one that was deleted has only its name left."""
        place = self.assigned_location
        return place.location.id if place.location else f"name:{place.name}"

    @property
    def is_open(self) -> bool:
        """Whether something of it is still to be sent."""
        waits = any(line.remaining_quantity > 0 for line in self.line_items.nodes)
        return waits and self.status in _TO_BE_SENT

    def can(self, action: str) -> bool:
        """Say whether Shopify offers an action now; never to be guessed from the status."""
        return any(offered.action == action for offered in self.supported_actions)


class Sent(Node):
    """A fulfilment: pieces that were sent, or that somebody said were."""

    id: Gid
    status: str
    location: Ref | None = None
    tracking_info: list[TrackingInfo]

    @property
    def stands(self) -> bool:
        """Whether it still counts: neither cancelled nor failed."""
        return self.status not in _FALLEN_THROUGH


class _FulfilmentOrders(Page):
    nodes: list[FulfilmentOrder]


class _OrderPage(Node):
    id: Gid
    cancelled_at: str | None = None
    fulfillments: list[Sent]
    fulfillment_orders: _FulfilmentOrders


class _StateAnswer(Node):
    order: _OrderPage | None


class OrderState(Node):
    """All of an order's sending, pages put together."""

    is_cancelled: bool
    sent: list[Sent]
    orders: list[FulfilmentOrder]


def read_state(api: AdminApi, *, order_id: str) -> OrderState:
    """Fetch what is left of an order and what was sent.

    :raises NotFound: there is no such order.
    :raises Conflict: it was sent in more parts than Shopify can list.
    """
    page = _page(api, order_id=order_id, fulfilments=FEW_FULFILMENTS)
    if len(page.fulfillments) >= FEW_FULFILMENTS:
        page = _page(api, order_id=order_id, fulfilments=MOST_FULFILMENTS)
    if len(page.fulfillments) >= MOST_FULFILMENTS:
        raise Conflict("the order was sent in too many parts: finish it in Shopify")
    return OrderState(
        is_cancelled=page.cancelled_at is not None,
        sent=page.fulfillments,
        orders=_all_orders(api, order_id=order_id, first=page.fulfillment_orders),
    )


def _page(
    api: AdminApi, *, order_id: str, fulfilments: int, after: str | None = None
) -> _OrderPage:
    asked = {"id": gid("Order", order_id), "fulfilments": fulfilments, "after": after}
    found = api.ask("fulfilment_state", asked, into=_StateAnswer)
    if found.order is None:
        raise NotFound("Shopify has no such order (any more)")
    return found.order


def _all_orders(
    api: AdminApi, *, order_id: str, first: _FulfilmentOrders
) -> list[FulfilmentOrder]:
    def after(cursor: str) -> _FulfilmentOrders:
        page = _page(api, order_id=order_id, fulfilments=1, after=cursor)
        return page.fulfillment_orders

    return [_whole(api, one) for page in pages(first, after) for one in page.nodes]


# Lines beyond the first page -----------------------------------------------------------


class _OrderLines(Node):
    line_items: OpenLines


class _OrderLinesAnswer(Node):
    fulfillment_order: _OrderLines | None


def _whole(api: AdminApi, order: FulfilmentOrder) -> FulfilmentOrder:
    def after(cursor: str) -> OpenLines:
        asked = {"id": order.id, "after": cursor}
        found = api.ask("fulfilment_order_lines", asked, into=_OrderLinesAnswer)
        if found.fulfillment_order is None:
            raise NotFound("a fulfilment order went away while it was being read")
        return found.fulfillment_order.line_items

    lines = [line for page in pages(order.line_items, after) for line in page.nodes]
    whole = order.line_items.model_copy(update={"nodes": lines})
    return order.model_copy(update={"line_items": whole})


class SentLine(Node):
    quantity: int | None = None
    line_item: Ref


class SentLines(Page):
    nodes: list[SentLine]


class _SentPieces(Node):
    fulfillment_line_items: SentLines


class _SentAnswer(Node):
    fulfillment: _SentPieces | None


def read_pieces(api: AdminApi, *, fulfilment_id: str) -> Mapping[str, int]:
    """Fetch how many pieces of which order line, by its number, a fulfilment sent."""

    def after(cursor: str | None) -> SentLines:
        asked = {"id": fulfilment_id, "after": cursor}
        found = api.ask("fulfilment_lines", asked, into=_SentAnswer).fulfillment
        if found is None:
            raise NotFound("a fulfilment went away while it was being read")
        return found.fulfillment_line_items

    pieces: Counter[str] = Counter()
    for page in pages(after(None), after):
        for line in page.nodes:
            pieces[number(line.line_item.id)] += line.quantity or 0
    return pieces
