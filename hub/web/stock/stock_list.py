"""Items as a list: what there is of each, what is low, taken away."""

from collections.abc import Mapping, Sequence

from flask import Response
from sqlalchemy import Select
from sqlalchemy.orm import Session

from hub.flow.catalogue.items import KINDS, POLICIES
from hub.models.catalogue.item_figures import item_figures
from hub.models.catalogue.item_views import items_wanted
from hub.models.records.items import Item
from hub.web.lists.export import amount
from hub.web.lists.page import show_list
from hub.web.lists.spec import Cell, Column, Filter, ListSpec, Option, Wish
from hub.web.page_door import PageDoor, Routes
from hub.web.wording.language import N_, gettext
from hub.web.wording.words import ITEM_KINDS, POLICY_WORDS, said, unit_word


def list_items(door: PageDoor) -> Response:
    """Show items with what there is of each."""
    return show_list(door, ITEMS)


def _context(
    door: PageDoor, session: Session, rows: Sequence[Item]
) -> Mapping[str, object]:
    ids = [item.id for item in rows]
    return {"figures": item_figures(session, item_ids=ids, on=door.today())}


def _query(_: Session, wish: Wish) -> Select[Item]:
    return items_wanted(
        kind=wish.value("kind"),
        policy=wish.value("policy"),
        text=wish.text,
        only_low=wish.value("low") == "yes",
    )


def _cells(session: Session, rows: Sequence[Item], wish: Wish) -> list[Mapping[str, Cell]]:
    ids = [item.id for item in rows]
    figures = item_figures(session, item_ids=ids, on=wish.today)
    return [
        {
            "name": item.name,
            "code": item.code,
            "kind": said(ITEM_KINDS, item.kind),
            "on_hand": amount(figures[item.id].on_hand),
            "reserved": amount(figures[item.id].reserved),
            "free": amount(figures[item.id].available),
            "incoming": amount(figures[item.id].incoming),
            "unit": unit_word(item.unit),
        }
        for item in rows
    ]


def _kinds(_: Session) -> Sequence[Option]:
    return [(kind, said(ITEM_KINDS, kind)) for kind in KINDS]


def _policies(_: Session) -> Sequence[Option]:
    return [(policy, said(POLICY_WORDS, policy)) for policy in POLICIES]


def _low(_: Session) -> Sequence[Option]:
    return [("yes", gettext("Low or short only"))]


ITEMS = ListSpec(
    page="list_items",
    file="items",
    record=Item,
    columns=(
        Column(key="name", label=N_("Item"), sort=Item.name),
        Column(key="code", label=N_("Code"), sort=Item.code),
        Column(key="kind", label=N_("Kind")),
        Column(key="on_hand", label=N_("On hand"), is_number=True),
        Column(key="reserved", label=N_("Reserved"), is_number=True),
        Column(key="free", label=N_("Free"), is_number=True),
        Column(key="incoming", label=N_("Incoming"), is_number=True),
        Column(key="unit", label=N_("Unit"), is_shown=False),
    ),
    sort="name",
    filters=(
        Filter(key="kind", label=N_("Kinds"), options=_kinds, is_tabs=True),
        Filter(key="policy", label=N_("Planning"), options=_policies),
        Filter(key="low", label=N_("Level"), options=_low),
    ),
    search=N_("Name or code"),
    template="stock/list.html",
    part="stock/_list.html",
    context=_context,
    query=_query,
    cells=_cells,
)

ROUTES: Routes = (("GET", "/stock", list_items),)
