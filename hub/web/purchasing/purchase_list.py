"""Purchases as a page: what to order now, of whom, and the list of what was ordered."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from flask import Response
from sqlalchemy import Select
from sqlalchemy.orm import Session

from hub.models.purchasing.purchase_views import (
    PurchaseRow,
    purchase_rows,
    purchases_wanted,
    suppliers_by_name,
)
from hub.models.records.purchasing import PurchaseOrder
from hub.web.lists.answers import states
from hub.web.lists.page import show_list
from hub.web.lists.spec import Cell, Column, Filter, ListSpec, Option, Wish
from hub.web.page_door import PageDoor, Routes
from hub.web.purchasing.purchase_money import MICROS
from hub.web.purchasing.purchase_suggested import read_to_order
from hub.web.wording.formats import write_quantity
from hub.web.wording.language import N_
from hub.web.wording.words import PURCHASES as STATES
from hub.web.wording.words import word


def list_purchases(door: PageDoor) -> Response:
    """Show what to order now, of whom, and what is on its way."""
    return show_list(door, PURCHASES)


def _context(
    door: PageDoor, session: Session, rows: Sequence[PurchaseOrder]
) -> Mapping[str, object]:
    return {
        "to_order": read_to_order(session, today=door.today()),
        "purchases": purchase_rows(session, orders=rows),
        "suppliers": suppliers_by_name(session),
        "today": door.today(),
    }


def _query(_: Session, wish: Wish) -> Select[PurchaseOrder]:
    supplier = wish.value("supplier")
    return purchases_wanted(
        state=wish.value("state"),
        supplier_id=int(supplier) if supplier else None,
        text=wish.text,
    )


def _cells(
    session: Session, rows: Sequence[PurchaseOrder], _: Wish
) -> list[Mapping[str, Cell]]:
    return [_said(row) for row in purchase_rows(session, orders=rows)]


def _said(row: PurchaseRow) -> Mapping[str, Cell]:
    # Of several currencies no sum is a number.
    [currency, micros] = (
        next(iter(row.costs.items())) if len(row.costs) == 1 else ("", None)
    )
    return {
        "number": row.order.number,
        "supplier": row.supplier.name,
        "state": word("purchase", row.order.state).text,
        "what": ", ".join(
            f"{write_quantity(each.line.quantity, each.item.unit)} {each.item.name}"
            for each in row.lines
        ),
        "ordered": row.order.ordered_at,
        "expected": row.expected_on,
        "cost": Decimal(micros) / MICROS if micros is not None else None,
        "currency": currency,
        "note": row.order.note,
    }


def _suppliers(session: Session) -> Sequence[Option]:
    return [(str(each.id), each.name) for each in suppliers_by_name(session)]


PURCHASES = ListSpec(
    page="list_purchases",
    file="purchases",
    record=PurchaseOrder,
    columns=(
        Column(
            key="number",
            label=N_("Purchase order"),
            sort=PurchaseOrder.id,
            is_down_first=True,
        ),
        Column(key="supplier", label=N_("Supplier")),
        Column(key="state", label=N_("State")),
        Column(key="what", label=N_("What")),
        Column(
            key="ordered",
            label=N_("Ordered"),
            sort=PurchaseOrder.ordered_at,
            is_down_first=True,
        ),
        Column(key="expected", label=N_("Expected")),
        Column(key="cost", label=N_("Cost"), is_number=True),
        Column(key="currency", label=N_("Currency"), is_shown=False),
        Column(key="note", label=N_("Note"), is_shown=False),
    ),
    sort="-number",
    filters=(
        Filter(
            key="state",
            label=N_("States"),
            options=states("purchase", STATES),
            is_tabs=True,
            otherwise="ordered",
        ),
        Filter(key="supplier", label=N_("Supplier"), options=_suppliers),
    ),
    search=N_("Number or supplier"),
    anchor="orders",
    template="purchases/list.html",
    context=_context,
    query=_query,
    cells=_cells,
)

ROUTES: Routes = (("GET", "/purchases", list_purchases),)
