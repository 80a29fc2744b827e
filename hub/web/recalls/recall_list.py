"""Recalls and drills as a list: what was called back, why, and how far it reached."""

from collections.abc import Mapping, Sequence

from flask import Response
from sqlalchemy import Select
from sqlalchemy.orm import Session

from hub.models.by_id import by_id, each_by_id
from hub.models.recalls.recall_views import recalls_wanted
from hub.models.records.items import Item
from hub.models.records.recalls import Recall
from hub.models.records.stock import Lot
from hub.web.lists.answers import states
from hub.web.lists.page import show_list
from hub.web.lists.spec import Cell, Column, Filter, ListSpec, Option, Wish
from hub.web.page_door import PageDoor, Routes
from hub.web.wording.language import N_, gettext
from hub.web.wording.words import RECALLS as STATES
from hub.web.wording.words import word


def list_recalls(door: PageDoor) -> Response:
    """Show recalls and drills, the newest first."""
    return show_list(door, RECALLS)


def _context(_: PageDoor, session: Session, rows: Sequence[Recall]) -> Mapping[str, object]:
    lots = each_by_id(session, Lot, ids={each.lot_id for each in rows})
    items = by_id(session, Item, ids={lot.item_id for lot in lots.values()})
    return {"lots": lots, "items": items}


def _query(_: Session, wish: Wish) -> Select[Recall]:
    kind = wish.value("kind")
    return recalls_wanted(
        state=wish.value("state"),
        is_drill=kind == "drill" if kind else None,
        text=wish.text,
    )


def _cells(session: Session, rows: Sequence[Recall], _: Wish) -> list[Mapping[str, Cell]]:
    lots = each_by_id(session, Lot, ids={each.lot_id for each in rows})
    items = by_id(session, Item, ids={lot.item_id for lot in lots.values()})
    return [
        {
            "number": each.number,
            "kind": gettext("drill") if each.is_drill else gettext("recall"),
            "lot": lots[each.lot_id].code,
            "item": items[lots[each.lot_id].item_id].name,
            "reason": each.reason,
            "state": word("recall", each.state).text,
            "lots": _count(each, "lots"),
            "orders": _count(each, "orders"),
            "started": each.started_at,
            "closed": each.closed_at,
        }
        for each in rows
    ]


def _count(recall: Recall, name: str) -> Cell:
    found = recall.found.get(name)
    return found if isinstance(found, int) else None


def _kinds(_: Session) -> Sequence[Option]:
    return [("real", gettext("Recalls only")), ("drill", gettext("Drills only"))]


RECALLS = ListSpec(
    page="list_recalls",
    file="recalls",
    record=Recall,
    columns=(
        Column(key="number", label=N_("Number"), sort=Recall.id, is_down_first=True),
        Column(key="kind", label=N_("Kind"), is_shown=False),
        Column(key="lot", label=N_("Lot")),
        Column(key="item", label=N_("Item"), is_shown=False),
        Column(key="reason", label=N_("Reason")),
        Column(key="state", label=N_("State")),
        Column(key="lots", label=N_("Lots"), is_number=True),
        Column(key="orders", label=N_("Orders"), is_number=True),
        Column(
            key="started", label=N_("Started"), sort=Recall.started_at, is_down_first=True
        ),
        Column(key="closed", label=N_("Closed"), is_shown=False),
    ),
    sort="-number",
    filters=(
        Filter(
            key="state", label=N_("States"), options=states("recall", STATES), is_tabs=True
        ),
        Filter(key="kind", label=N_("Kind"), options=_kinds),
    ),
    search=N_("Number, lot or reason"),
    template="recalls/list.html",
    context=_context,
    query=_query,
    cells=_cells,
)

ROUTES: Routes = (("GET", "/recalls", list_recalls),)
