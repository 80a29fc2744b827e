"""Lots as a list: what is in stock, how long it keeps, what is put aside."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from flask import Response
from sqlalchemy import Select
from sqlalchemy.orm import Session

from hub.models.records.stock import Lot
from hub.models.stock.lot_views import LotsWanted, lot_rows, lots_wanted
from hub.web.lists.answers import states
from hub.web.lists.export import amount
from hub.web.lists.page import show_list
from hub.web.lists.spec import Cell, Column, Filter, ListSpec, Option, Wish
from hub.web.page_door import PageDoor, Routes
from hub.web.wording.language import N_, gettext
from hub.web.wording.words import LOTS as STATES
from hub.web.wording.words import unit_word, word

DAYS = (0, 7, 30, 90)


def list_lots(door: PageDoor) -> Response:
    """Show lots, those that keep least long first."""
    return show_list(door, LOTS)


def _context(door: PageDoor, session: Session, rows: Sequence[Lot]) -> Mapping[str, object]:
    return {"lots": lot_rows(session, lots=rows), "today": door.today()}


def _query(_: Session, wish: Wish) -> Select[Lot]:
    within = wish.value("best")
    return lots_wanted(
        LotsWanted(
            state=wish.value("state"),
            text=wish.text,
            best_to=wish.today + timedelta(days=int(within)) if within else None,
            only_in_stock=wish.value("stock") == "yes",
        )
    )


def _cells(session: Session, rows: Sequence[Lot], _: Wish) -> list[Mapping[str, Cell]]:
    return [
        {
            "code": row.lot.code,
            "item": row.item.name,
            "item_code": row.item.code,
            "state": word("lot", row.lot.state).text,
            "best": row.lot.best_before,
            "on_hand": amount(row.on_hand),
            "reserved": amount(row.reserved),
            "unit": unit_word(row.item.unit),
            "received": row.lot.received_at,
            "supplier_lot": row.lot.supplier_lot,
        }
        for row in lot_rows(session, lots=rows)
    ]


def _best(_: Session) -> Sequence[Option]:
    return [
        (str(days), gettext("within %(num)s days", num=days) if days else gettext("past"))
        for days in DAYS
    ]


def _stock(_: Session) -> Sequence[Option]:
    return [("yes", gettext("In stock only"))]


LOTS = ListSpec(
    page="list_lots",
    file="lots",
    record=Lot,
    columns=(
        Column(key="code", label=N_("Lot"), sort=Lot.code),
        Column(key="item", label=N_("Item")),
        Column(key="item_code", label=N_("Code"), is_shown=False),
        Column(key="state", label=N_("State")),
        Column(key="best", label=N_("Best before"), sort=Lot.best_before),
        Column(key="on_hand", label=N_("On hand"), is_number=True),
        Column(key="reserved", label=N_("Reserved"), is_number=True),
        Column(key="unit", label=N_("Unit"), is_shown=False),
        Column(key="received", label=N_("Came"), sort=Lot.received_at, is_down_first=True),
        Column(key="supplier_lot", label=N_("Supplier's lot"), is_shown=False),
    ),
    sort="best",
    filters=(
        Filter(
            key="state", label=N_("States"), options=states("lot", STATES), is_tabs=True
        ),
        Filter(key="best", label=N_("Best before"), options=_best),
        Filter(key="stock", label=N_("Level"), options=_stock, otherwise="yes"),
    ),
    search=N_("Lot or item"),
    template="lots/list.html",
    part="lots/_list.html",
    context=_context,
    query=_query,
    cells=_cells,
)

ROUTES: Routes = (("GET", "/lots", list_lots),)
