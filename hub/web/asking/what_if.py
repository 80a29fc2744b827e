"""What if an order comes in, a purchase is late, a lot bad, a work centre down: nothing changes."""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Response, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.asking.what_if_changes import Change
from hub.flow.asking.what_if import what_helps, what_moves
from hub.flow.refusal import Refusal
from hub.models.orders.order_entry import SELLABLE
from hub.models.purchasing.purchase_views import Awaited, purchases_awaited
from hub.models.records.items import Item, WorkCentre
from hub.web.asking.what_if_answer import MOST_SHOWN, Told, told
from hub.web.asking.what_if_form import read_change
from hub.web.orders.fix_words import WayOut
from hub.web.orders.ways_out import do_fix, said_ways
from hub.web.page_door import (
    Deed,
    PageDoor,
    Routes,
    Trouble,
    asked,
    show,
    trouble_of,
    went,
)
from hub.web.wording.language import N_
from mapping.units import UnitProblem

MOST_PURCHASES = 50
MOST_ITEMS = 500
"""Suggested in a field; any other code may be typed."""
QUESTIONS: Mapping[str, tuple[str, str]] = {
    "order_added": (N_("Another order"), N_("What if I get another order?")),
    "purchase_late": (N_("A late purchase"), N_("What if a purchase comes late?")),
    "lot_rejected": (N_("A bad lot"), N_("What if a lot may not be used?")),
    "demand_times": (
        N_("More demand"),
        N_("What if everybody wants more of an item?"),
    ),
    "work_centre_down": (
        N_("A standstill"),
        N_("What if a work centre stands still?"),
    ),
}
"""What may be asked: by its kind, in short and as a question."""
FIRST = "order_added"
FIELDS = (
    *("item", "quantity", "on", "purchase", "days", "lot_item", "lot"),
    *("factor", "centre", "from", "to"),
)
"""What forms of questions send."""


def what_if_page(door: PageDoor) -> Response:
    """Show a question and, where its form was sent, what would happen; remedies come after."""
    return _remedies(door) if asked("part") == "fixes" else _page(door)


def do_what_helps(door: PageDoor) -> Response:
    """Do one remedy of an answer."""

    def change(deed: Deed) -> None:
        do_fix(door, deed)

    return door.press(
        change,
        done=lambda _: went("pages.today", "helped"),
        again=lambda trouble: _page(door, trouble=trouble),
        about="fix",
    )


def _page(door: PageDoor, *, trouble: Trouble | None = None) -> Response:
    kind = _kind()
    with door.reading() as session:
        answer: Told | None = None
        if any(map(asked, FIELDS)) and trouble is None:
            try:
                answer = _answer(door, session, kind)
            except (Refusal, UnitProblem) as problem:
                trouble = trouble_of(problem, about=kind)
        return show(
            "what_if/what_if.html",
            kind=kind,
            questions=QUESTIONS,
            answer=answer,
            fixes_at=_fixes_at(kind),
            most=MOST_SHOWN,
            purchases=_purchases(session, kind),
            items=_items(session, kind),
            centres=session.scalars(select(WorkCentre).order_by(WorkCentre.name)).all(),
            today=door.today(),
            trouble=trouble,
        )


def _fixes_at(kind: str) -> str:
    """Say where the remedies of the question at hand are asked for."""
    given = {name: asked(name) for name in FIELDS if asked(name)}
    wanted = urlencode({"kind": kind, "part": "fixes"} | given)
    return f"{url_for('pages.what_if_page')}?{wanted}"


def _kind() -> str:
    return asked("kind") if asked("kind") in QUESTIONS else FIRST


def _change(door: PageDoor, session: Session, kind: str) -> Change:
    return read_change(session, kind=kind, today=door.today())


def _answer(door: PageDoor, session: Session, kind: str) -> Told:
    change = _change(door, session, kind)
    zone = door.zone
    found = what_moves(session, changes=[change], now=door.now(), zone=zone)
    return told(session, found, change=change)


def _remedies(door: PageDoor) -> Response:
    """Show what would help, once the page asks for it: each is a plan of its own."""
    zone, ways = door.zone, list[WayOut]()
    with door.reading() as session:
        try:
            change = _change(door, session, _kind())
        except (Refusal, UnitProblem):  # the page says it
            return show("what_if/_fixes.html", ways=ways, back="what_if_page")
        found = what_helps(session, changes=[change], now=door.now(), zone=zone)
        return show(
            "what_if/_fixes.html", ways=said_ways(session, found), back="what_if_page"
        )


def _purchases(session: Session, kind: str) -> list[Awaited]:
    if kind != "purchase_late":
        return []
    return purchases_awaited(session, most=MOST_PURCHASES)


def _items(session: Session, kind: str) -> list[tuple[str, str]]:
    """Suggest items by code and name: what is sold where somebody orders, else all."""
    query = select(Item.code, Item.name).order_by(Item.name).limit(MOST_ITEMS)
    if kind in ("order_added", "demand_times"):
        query = query.where(Item.kind.in_(SELLABLE))
    elif kind != "lot_rejected":
        return []
    return [(code, name) for code, name in session.execute(query)]


ROUTES: Routes = (
    ("GET", "/what-if", what_if_page),
    ("POST", "/what-if", do_what_helps),
)
