"""Purchase orders: found, written, and changed."""

from collections.abc import Sequence
from functools import partial

from flask import Response
from flask_openapi3.blueprint import APIBlueprint

from hub.domain.making.cost import UnitCost
from hub.flow.purchasing.purchase import expect, place
from hub.flow.purchasing.purchase_draft import Wanted, change_line, draft, draft_suggested
from hub.models.purchasing.purchase_covers import comes_for
from hub.models.purchasing.purchase_views import find_purchases, purchase_rows
from hub.models.records.purchasing import PurchaseOrder
from hub.web.api.door import Asked, Door
from hub.web.api.named import item_named, purchase_in_path, supplier_named
from hub.web.api.paging import cursor, window
from hub.web.api.quantities import MoneyIn, thousandths, unit_cost
from hub.web.api.schemas.purchases import (
    LineChange,
    PurchaseChange,
    PurchaseIn,
    PurchaseLineIn,
    PurchaseOut,
    PurchaseQuery,
    show_purchase,
)
from hub.web.api.shapes import Page, Path
from hub.web.api.views.suppliers import TAG


class PurchasePath(Path):
    """Which purchase order, by its id or number."""

    purchase_order_id: str


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes that find, write and change purchase orders."""
    one = "/purchase-orders/<purchase_order_id>"
    show = partial(one_purchase, door=door)

    @api.get("/purchase-orders", tags=[TAG], responses={"200": Page[PurchaseOut]})
    def list_purchase_orders(query: PurchaseQuery) -> Response:
        """List purchase orders."""
        return door.read(lambda asked: _page(asked, door, query))

    @api.post("/purchase-orders", tags=[TAG], responses={"201": PurchaseOut})
    def create_purchase_order(body: PurchaseIn) -> Response:
        """Write a purchase order, and place it if asked to."""
        return door.write(lambda asked: _create(asked, door, body), show=show, status=201)

    @api.get(one, tags=[TAG], responses={"200": PurchaseOut})
    def get_purchase_order(path: PurchasePath) -> Response:
        """Show one purchase order."""
        return door.read(lambda asked: show(asked, purchase_id(asked, path)))

    @api.patch(one, tags=[TAG], responses={"200": PurchaseOut})
    def patch_purchase_order(path: PurchasePath, body: PurchaseChange) -> Response:
        """Change a draft's lines, or when what is still to come is expected."""
        return door.write(lambda asked: _change(asked, door, path, body), show=show)


def purchase_id(asked: Asked, path: PurchasePath) -> int:
    """Return the id of the purchase order an address names.

    :raises Missing: there is none.
    """
    return purchase_in_path(asked.session, path.purchase_order_id)


def one_purchase(asked: Asked, purchase_order_id: int, *, door: Door) -> PurchaseOut:
    """Write one purchase order."""
    order = asked.session.get_one(PurchaseOrder, purchase_order_id)
    return _shown(asked, door, [order])[0]


def optional_cost(given: MoneyIn | None, *, field: str) -> UnitCost | None:
    """Read what one base unit costs, if somebody said.

    :raises Invalid: no such currency, or finer than a millionth.
    """
    return None if given is None else unit_cost(given, field=field)


def _page(asked: Asked, door: Door, query: PurchaseQuery) -> Page[PurchaseOut]:
    of = query.supplier
    found = find_purchases(
        asked.session,
        state=query.state or "",
        supplier_id=supplier_named(asked.session, of, field="supplier").id if of else None,
        window=window(query),
    )
    return Page(items=_shown(asked, door, found.rows), next=cursor(found.next))


def _shown(asked: Asked, door: Door, orders: Sequence[PurchaseOrder]) -> list[PurchaseOut]:
    rows = purchase_rows(asked.session, orders=orders)
    lines = [each.line.id for row in rows for each in row.lines]
    covers = comes_for(asked.session, line_ids=lines)
    today = door.today(asked.now)
    return [show_purchase(row, covers=covers, today=today) for row in rows]


def _create(asked: Asked, door: Door, body: PurchaseIn) -> int:
    purchase_order_id = _draft(asked, door, body)
    if body.place:
        place(
            asked.session,
            purchase_order_id=purchase_order_id,
            expected_on=body.expected_on,
            today=door.today(asked.now),
            who=asked.who,
            now=asked.now,
        )
    return purchase_order_id


def _draft(asked: Asked, door: Door, body: PurchaseIn) -> int:
    session = asked.session
    if body.from_suggestions:
        named = body.from_suggestions
        return draft_suggested(
            session,
            supplier_id=supplier_named(session, named, field="from_suggestions").id,
            note=body.note,
            today=door.today(asked.now),
            who=asked.who,
            now=asked.now,
        )
    return draft(
        session,
        supplier_id=supplier_named(session, body.supplier, field="supplier").id,
        lines=_wanted(asked, body.lines),
        note=body.note,
        who=asked.who,
        now=asked.now,
    )


def _wanted(asked: Asked, lines: Sequence[PurchaseLineIn]) -> list[Wanted]:
    found: list[Wanted] = []
    for position, line in enumerate(lines):
        field = f"lines.{position}"
        item = item_named(asked.session, line.item, field=f"{field}.item")
        found.append(
            Wanted(
                item_id=item.id,
                quantity=thousandths(line.quantity, item=item, field=f"{field}.quantity"),
                expected_on=line.expected_on,
                unit_cost=optional_cost(line.unit_cost, field=f"{field}.unit_cost"),
            )
        )
    return found


def _change(asked: Asked, door: Door, path: PurchasePath, body: PurchaseChange) -> int:
    purchase_order_id = purchase_id(asked, path)
    move = partial(
        expect,
        asked.session,
        purchase_order_id=purchase_order_id,
        today=door.today(asked.now),
        who=asked.who,
        now=asked.now,
    )
    for position, line in enumerate(body.lines):
        field = f"lines.{position}"
        item_id = _change_line(asked, purchase_order_id, line, field=field)
        if line.expected_on is not None:
            move(expected_on=line.expected_on, item_ids=[item_id])
    if body.expected_on is not None:
        move(expected_on=body.expected_on)
    return purchase_order_id


def _change_line(
    asked: Asked, purchase_order_id: int, line: LineChange, *, field: str
) -> int:
    item = item_named(asked.session, line.item, field=f"{field}.item")
    amount = line.quantity
    if amount is not None or line.unit_cost is not None:
        change_line(
            asked.session,
            purchase_order_id=purchase_order_id,
            item_id=item.id,
            quantity=None
            if amount is None
            else thousandths(amount, item=item, field=f"{field}.quantity"),
            unit_cost=optional_cost(line.unit_cost, field=f"{field}.unit_cost"),
            who=asked.who,
            now=asked.now,
        )
    return item.id
