"""Orders: found, looked at, typed in, cancelled, held and released."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Protocol

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from sqlalchemy.orm import Session

from hub.flow.intake.type_order import Typed, TypedLine, type_order
from hub.flow.letters.status_link import StatusLinks
from hub.flow.orders.change import cancel_order, hold_order, release_order
from hub.flow.refusal import Invalid, Missing
from hub.models.by_id import by_id
from hub.models.catalogue.item_views import item_coded
from hub.models.channels.message_views import channels_of
from hub.models.orders.order_shortages import order_shortages
from hub.models.orders.order_views import OrderPage, Wanted, find_orders, order_page
from hub.models.records.items import Item
from hub.ports import links_of
from hub.web.api.door import Asked, Door
from hub.web.api.named import item_named, order_in_path
from hub.web.api.paging import cursor, window
from hub.web.api.quantities import money
from hub.web.api.schemas.orders import (
    OrderDetail,
    OrderIn,
    OrderLineIn,
    OrderOut,
    OrderQuery,
    OrderWithPeople,
    show_detail,
    show_order,
    with_people,
)
from hub.web.api.shapes import Page, Path, ReasonIn
from hub.web.guard.api_roles import PEOPLE
from mapping.canonical import Address, Customer

TAG = Tag(name="Orders", description="What buyers want, and how far it is.")


class OrderPath(Path):
    """Which order, by its id or number."""

    order_id: str


class Decision(Protocol):
    """What can be decided about an order (hub/flow/orders/change.py)."""

    def __call__(
        self, session: Session, *, order_id: int, reason: str, who: str, now: datetime
    ) -> None:
        """Do it."""


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes of orders."""

    @api.get("/orders", tags=[TAG], responses={"200": Page[OrderOut]})
    def list_orders(query: OrderQuery) -> Response:
        """List orders."""
        return door.read(lambda asked: _page(asked, query))

    @api.post("/orders", tags=[TAG], responses={"201": OrderDetail})
    def create_order(body: OrderIn) -> Response:
        """Take an order by hand; it is planned within a moment."""
        return door.write(lambda asked: _type(asked, body), show=_detail, status=201)

    @api.get("/orders/<order_id>", tags=[TAG], responses={"200": OrderWithPeople})
    def get_order(path: OrderPath) -> Response:
        """Show one order with all that hangs on it."""
        links = links_of(door.ports)
        return door.read(lambda asked: _with_people(asked, path, links=links))

    @api.post("/orders/<order_id>/cancel", tags=[TAG], responses={"200": OrderDetail})
    def cancel(path: OrderPath, body: ReasonIn) -> Response:
        """Cancel what was not shipped; its channel is not told, so cancel there as well."""
        return door.write(
            _decide(partial(cancel_order, channels=door.ports.channels), path, body),
            show=_detail,
        )

    @api.post("/orders/<order_id>/hold", tags=[TAG], responses={"200": OrderDetail})
    def hold(path: OrderPath, body: ReasonIn) -> Response:
        """Let an order wait; what is not firmly its own goes to others."""
        return door.write(_decide(hold_order, path, body), show=_detail)

    @api.post("/orders/<order_id>/release", tags=[TAG], responses={"200": OrderDetail})
    def release(path: OrderPath, body: ReasonIn) -> Response:
        """Let an order that waited go on."""
        return door.write(_decide(release_order, path, body), show=_detail)


def _page(asked: Asked, query: OrderQuery) -> Page[OrderOut]:
    wanted = Wanted(
        phase=query.phase or "",
        channel=query.channel,
        external_id=_tail(query.external_id),
        text=query.q,
        by_person=asked.role in PEOPLE,
        only_at_risk=query.at_risk,
    )
    found = find_orders(asked.session, wanted=wanted, window=window(query))
    accounts = {order.account_id for order in found.rows}
    channels = channels_of(asked.session, account_ids=accounts)
    return Page(
        items=[
            show_order(order, channel=channels[order.account_id]) for order in found.rows
        ],
        next=cursor(found.next),
    )


def _tail(external_id: str) -> str:
    """Take the id out of a GID: `gid://shopify/Order/1` asks for order 1."""
    if not external_id.startswith("gid://"):
        return external_id
    return external_id.rpartition("/")[2].partition("?")[0]


def _loaded(asked: Asked, order_id: int) -> tuple[OrderPage, OrderDetail]:
    page = order_page(asked.session, order_id=order_id)
    if page is None:
        raise Missing("There is no such order.")
    used = {demand.item_id for line in page.facts.lines for demand in line.demands}
    detail = show_detail(
        page,
        items=by_id(asked.session, Item, ids=used),
        shortages=order_shortages(asked.session, order_id=order_id),
    )
    return page, detail


def _detail(asked: Asked, order_id: int) -> OrderDetail:
    return _loaded(asked, order_id)[1]


def _with_people(asked: Asked, path: OrderPath, *, links: StatusLinks) -> OrderWithPeople:
    page, detail = _loaded(asked, order_in_path(asked.session, path.order_id))
    may_know = asked.role in PEOPLE
    order = page.facts.order
    return with_people(
        detail,
        customer=page.customer if may_know else None,
        ship_to=page.ship_to if may_know else None,
        status_url=links.url(order_id=order.id, turn=order.status_turn) if may_know else "",
    )


def _decide(decision: Decision, path: OrderPath, body: ReasonIn) -> Callable[[Asked], int]:
    def change(asked: Asked) -> int:
        order_id = order_in_path(asked.session, path.order_id)
        decision(
            asked.session,
            order_id=order_id,
            reason=body.reason,
            who=asked.who,
            now=asked.now,
        )
        return order_id

    return change


def _type(asked: Asked, body: OrderIn) -> int:
    typed = Typed(
        number=body.number,
        customer=Customer(**body.customer.model_dump()),
        ship_to=Address(**body.ship_to.model_dump()) if body.ship_to else None,
        requested_on=body.requested_on,
        note=body.note,
        lines=[
            _line(asked, line, field=f"lines.{position}")
            for position, line in enumerate(body.lines)
        ],
    )
    _one_currency(typed)
    return type_order(
        asked.session, typed=typed, source="api", who=asked.who, now=asked.now
    )


def _line(asked: Asked, line: OrderLineIn, *, field: str) -> TypedLine:
    item = _ordered(asked, line, field=field)
    price = line.unit_price
    return TypedLine(
        sku=item.code if item and line.item else line.sku.strip(),
        title=item.name if item else line.sku.strip(),
        quantity=line.quantity,
        unit_price=money(price, field=f"{field}.unit_price") if price else None,
    )


def _ordered(asked: Asked, line: OrderLineIn, *, field: str) -> Item | None:
    if not line.item:
        return item_coded(asked.session, code=line.sku.strip())
    item = item_named(asked.session, line.item, field=f"{field}.item")
    if item.unit != "each":
        raise Invalid(
            f"This is counted in {item.unit}: order it by a SKU whose mapping says how much"
            " one piece holds.",
            field=f"{field}.item",
        )
    return item


def _one_currency(typed: Typed) -> None:
    named = {line.unit_price.currency for line in typed.lines if line.unit_price}
    if len(named) > 1:
        raise Invalid("All prices of an order are in one currency.", field="lines")
