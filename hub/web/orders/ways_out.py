"""Ways out for an order that will miss its day: what makes it late, and what would help."""

from collections.abc import Iterable

from flask import Response, abort
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.asking.what_if import apply_fix
from hub.flow.asking.what_if import ways_out as find_ways_out
from hub.flow.asking.what_if_helps import Help
from hub.models.orders.order_shortages import order_shortages
from hub.models.orders.order_views import OrderPage, order_page
from hub.models.records.items import Item
from hub.web.orders.fix_words import WayOut, codes_in, ways
from hub.web.page_door import (
    PLAN,
    Deed,
    PageDoor,
    Routes,
    Trouble,
    asked,
    show,
    typed,
    went,
)
from hub.web.wording.promise_words import item_codes, promise_words

LATE = frozenset(
    {
        "material",
        "material_lead_time",
        "material_no_date",
        "material_check",
        "capacity",
        "no_date",
        "lead_time",
        "purchase",
        "check",
        "cut_off",
        "no_shipping_day",
    }
)
"""Reasons of a promise that may make an order late."""


def ways_out(door: PageDoor, order_id: int) -> Response:
    """Show why an order is late; what would help is worked out when the page asks for it."""
    return _page(door, order_id)


def take_way_out(door: PageDoor, order_id: int) -> Response:
    """Do one of the remedies, as a person would."""

    def change(deed: Deed) -> None:
        do_fix(door, deed)

    return door.press(
        change,
        done=lambda _: went("pages.show_order", "helped", order_id=order_id),
        again=lambda trouble: _page(door, order_id, trouble=trouble),
        about="fix",
        wake=PLAN,
    )


def do_fix(door: PageDoor, deed: Deed) -> None:
    """Do the remedy that a form names."""
    apply_fix(
        deed.session,
        fix=typed("fix"),
        who=deed.who,
        now=deed.now,
        zone=door.zone,
        channels=door.ports.channels,
    )


def said_ways(session: Session, helps: Iterable[Help]) -> list[WayOut]:
    """Say what would help, with the items by their names."""
    found = list(helps)
    rows = session.execute(
        select(Item.code, Item.name).where(Item.code.in_(codes_in(found)))
    )
    return ways(found, names={code: name for code, name in rows})


def _page(door: PageDoor, order_id: int, *, trouble: Trouble | None = None) -> Response:
    is_part = asked("part") == "fixes"
    helps: tuple[Help, ...] = ()
    with door.reading() as session:
        page = order_page(session, order_id=order_id) or abort(404)
        if is_part:
            helps = find_ways_out(
                session, order_id=order_id, now=door.now(), zone=door.zone
            )
        return show(
            "what_if/_fixes.html" if is_part else "what_if/ways_out.html",
            order=page.facts.order,
            ways=said_ways(session, helps),
            back="ways_out",
            causes=_causes(session, page),
            shortages=order_shortages(session, order_id=order_id),
            trouble=trouble,
        )


def _causes(session: Session, page: OrderPage) -> list[str]:
    """Say what makes the order late: the worst first, then whatever else keeps it."""
    reasons = [page.facts.order.risk] if page.facts.order.risk else []
    if page.promise is not None:
        reasons += [
            each
            for each in page.promise.reasons
            if isinstance(each, dict) and each.get("kind") in LATE
        ]
    found = session.scalars(select(Item).where(Item.code.in_(item_codes(reasons))))
    items = {item.code: item for item in found}
    return list(dict.fromkeys(promise_words(reasons, items=items)))


ROUTES: Routes = (
    ("GET", "/orders/<id:order_id>/ways-out", ways_out),
    ("POST", "/orders/<id:order_id>/ways-out", take_way_out),
)
