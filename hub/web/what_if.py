"""What if a purchase is late, a lot lost, more wanted, a work centre down: nothing is changed."""

from collections.abc import Mapping

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.refusal import Refusal
from hub.flow.what_if import Answer
from hub.flow.what_if import what_if as ask
from hub.models.items import WorkCentre
from hub.models.purchasing import PurchaseOrder, Supplier
from hub.web.language import N_
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
from hub.web.ways_out import do_fix, said_ways
from hub.web.what_if_form import read_change
from mapping.units import UnitProblem

MOST_PURCHASES = 50
QUESTIONS: Mapping[str, str] = {
    "purchase_late": N_("A purchase comes late"),
    "lot_rejected": N_("A lot may not be used"),
    "demand_times": N_("More of an item is wanted"),
    "work_centre_down": N_("A work centre stands still"),
}
"""What may be asked."""


def what_if_page(door: PageDoor) -> Response:
    """Show the questions and, where one was asked, what would happen."""
    return _page(door)


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
    kind = asked("kind") if asked("kind") in QUESTIONS else ""
    with door.reading() as session:
        answer: Answer | None = None
        if kind and trouble is None:
            try:
                answer = _answer(door, session, kind)
            except (Refusal, UnitProblem) as problem:
                trouble = trouble_of(problem, about=kind)
        return show(
            "what_if/what_if.html",
            kind=kind,
            questions=QUESTIONS,
            answer=answer,
            ways=said_ways(session, answer.fixes) if answer else [],
            back="what_if_page",
            purchases=_purchases(session),
            centres=session.scalars(select(WorkCentre).order_by(WorkCentre.name)).all(),
            today=door.today(),
            trouble=trouble,
        )


def _answer(door: PageDoor, session: Session, kind: str) -> Answer:
    change = read_change(session, kind=kind, today=door.today())
    return ask(session, changes=[change], now=door.now(), zone=door.ports.settings.zone)


def _purchases(session: Session) -> list[tuple[str, str]]:
    """Return the numbers of what is on its way, with the names of those who send it."""
    query = (
        select(PurchaseOrder.number, Supplier.name)
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .where(PurchaseOrder.state == "ordered")
        .order_by(PurchaseOrder.id.desc())
        .limit(MOST_PURCHASES)
    )
    return [(number, name) for number, name in session.execute(query)]


ROUTES: Routes = (
    ("GET", "/what-if", what_if_page),
    ("POST", "/what-if", do_what_helps),
)
