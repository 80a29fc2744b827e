"""Orders: the list, the page of one with what blocks it, and what may be done about it."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from flask import Response, abort, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.answer import answer_decision as answer
from hub.flow.change import cancel_order as cancel
from hub.flow.change import hold_order as hold
from hub.flow.change import release_order as go_on
from hub.flow.pack import ready_pieces
from hub.flow.refusal import Invalid
from hub.flow.ship import ship
from hub.models.by_id import by_id
from hub.models.channels import ChannelAccount
from hub.models.decision_views import standing_of
from hub.models.items import Item
from hub.models.newest import Window
from hub.models.notification_queries import letters_about
from hub.models.order_shortages import order_shortages
from hub.models.order_views import OrderPage, Wanted, find_orders, order_page
from hub.models.packing import PackLine, pack_lines
from hub.models.people_views import names_of
from hub.models.purchase_covers import Covered, covered_demands
from hub.models.sent import shipments_of
from hub.models.short_orders import short_items
from hub.web.browser_session import me
from hub.web.covers import covered_lines
from hub.web.decision_words import questions
from hub.web.event_words import Event, events
from hub.web.formats import read_pieces
from hub.web.notices import shown
from hub.web.page_door import (
    Deed,
    PageDoor,
    Routes,
    Trouble,
    asked,
    asked_id,
    show,
    show_live,
    typed,
    went,
)
from hub.web.page_roles import PEOPLE
from hub.web.promise_words import item_codes, promise_words
from hub.web.words import PHASES
from mapping.effects import Tracking

ROWS = 50


def list_orders(door: PageDoor) -> Response:
    """Show the newest orders, of one phase or of all, and find one."""
    phase = asked("phase") if asked("phase") in PHASES else ""
    wanted = Wanted(
        phase=phase,
        channel=asked("channel"),
        text=asked("q"),
        by_person=me().role in PEOPLE,
    )
    with door.reading() as session:
        found = find_orders(session, wanted=wanted, window=Window(ROWS, asked_id("after")))
        ids = [order.id for order in found.rows]
        return show_live(
            "orders/list.html",
            "orders/_list.html",
            found=found,
            accounts=by_id(
                session, ChannelAccount, ids={order.account_id for order in found.rows}
            ),
            short=short_items(session, order_ids=ids),
            phases=list(PHASES),
            phase=phase,
            text=wanted.text,
        )


def show_order(door: PageDoor, order_id: int) -> Response:
    """Show one order: what blocks it, its lines, its date and why, and what happened."""
    return _page(door, order_id)


def hold_order(door: PageDoor, order_id: int) -> Response:
    """Let an order wait."""
    return _turn(door, order_id, hold, did="held", about="hold")


def release_order(door: PageDoor, order_id: int) -> Response:
    """Let an order go on."""
    return _turn(door, order_id, go_on, did="released", about="release")


def cancel_order(door: PageDoor, order_id: int) -> Response:
    """Cancel what was not shipped of an order."""
    told = partial(cancel, channels=door.ports.channels)
    return _turn(door, order_id, told, did="cancelled", about="cancel")


def answer_decision(door: PageDoor, order_id: int, decision_id: int) -> Response:
    """Note what somebody did or found about a change of an order."""

    def change(deed: Deed) -> None:
        answer(
            deed.session,
            decision_id=decision_id,
            answer=typed("answer"),
            who=deed.who,
            now=deed.now,
        )

    return door.press(
        change,
        done=lambda _: went("pages.show_order", "decided", order_id=order_id),
        again=lambda trouble: _page(door, order_id, trouble=trouble),
        about="decision",
    )


def ship_page(door: PageDoor, order_id: int) -> Response:
    """Show the form of a parcel: everything that is ready, to be changed."""
    return _ship_page(door, order_id)


def ship_order(door: PageDoor, order_id: int) -> Response:
    """Write down that a parcel left."""
    return door.press(
        partial(_ship, door, order_id=order_id),
        done=lambda _: went("pages.show_order", "shipped", order_id=order_id),
        again=lambda trouble: _ship_page(door, order_id, trouble=trouble),
        about="ship",
    )


def _ship(door: PageDoor, deed: Deed, *, order_id: int) -> int:
    tracking = Tracking(
        carrier=typed("carrier"), number=typed("tracking"), url=typed("tracking_url")
    )
    return ship(
        deed.session,
        order_id=order_id,
        lines=_chosen(),
        tracking=tracking,
        notify=bool(typed("notify")),
        who=deed.who,
        now=deed.now,
        seen=read_pieces(typed("seen"), field="seen"),
        zone=door.ports.settings.zone,
    )


def _chosen() -> dict[int, int]:
    """Read the pieces of each line that go into the parcel; those of 0 stay here."""
    chosen: dict[int, int] = {}
    for name, value in request.form.items():
        kind, _, number = name.partition("-")
        if kind == "line" and number.isascii() and number.isdigit() and len(number) <= 18:
            pieces = read_pieces(value, field=name)
            chosen |= {int(number): pieces} if pieces else {}
    if not chosen:
        raise Invalid(
            "Say which lines are in the parcel, or leave them out.", field="lines"
        )
    return chosen


@dataclass(frozen=True, slots=True)
class ReadyLine:
    """A line as the parcel's form shows it."""

    pack: PackLine
    ready: int


def _ship_page(
    door: PageDoor, order_id: int, *, trouble: Trouble | None = None
) -> Response:
    with door.reading() as session:
        page = order_page(session, order_id=order_id) or abort(404)
        lines = [
            ReadyLine(line, ready_pieces(line, on=door.today()))
            for line in pack_lines(session, order_id=order_id)
            if line.open_pieces
        ]
        return show(
            "orders/ship.html",
            page=page,
            order=page.facts.order,
            lines=lines,
            seen=len(shipments_of(session, order_id=order_id)),
            trouble=trouble,
        )


class Turn(Protocol):
    """What turns an order: hold, go on, cancel."""

    def __call__(
        self, session: Session, *, order_id: int, reason: str, who: str, now: datetime
    ) -> None:
        """Turn it, or refuse."""


def _turn(door: PageDoor, order_id: int, turn: Turn, *, did: str, about: str) -> Response:
    def change(deed: Deed) -> None:
        turn(
            deed.session,
            order_id=order_id,
            reason=typed("reason"),
            who=deed.who,
            now=deed.now,
        )

    return door.press(
        change,
        done=lambda _: went("pages.show_order", did, order_id=order_id),
        again=lambda trouble: _page(door, order_id, trouble=trouble),
        about=about,
    )


def _page(door: PageDoor, order_id: int, *, trouble: Trouble | None = None) -> Response:
    with door.reading() as session:
        page = order_page(session, order_id=order_id) or abort(404)
        return show_live(
            "orders/order.html",
            "orders/_order.html",
            page=page,
            order=page.facts.order,
            lines=covered_lines(
                page, items=_items(session, page), coming=_coming(session, page)
            ),
            shortages=order_shortages(session, order_id=order_id),
            questions=questions(standing_of(session, order_id=order_id)),
            reasons=_reasons(session, page),
            events=_events(session, page),
            parcels=shipments_of(session, order_id=order_id),
            letters=shown(letters_about(session, order_id=order_id)),
            trouble=trouble,
        )


def _items(session: Session, page: OrderPage) -> dict[int, Item]:
    ids = {demand.item_id for line in page.facts.lines for demand in line.demands}
    return by_id(session, Item, ids=ids)


def _coming(session: Session, page: OrderPage) -> dict[int, list[Covered]]:
    ids = {demand.id for line in page.facts.lines for demand in line.demands}
    return covered_demands(session, demand_ids=ids)


def _reasons(session: Session, page: OrderPage) -> list[str]:
    """Say why the order's date is what it is."""
    if page.promise is None:
        return []
    codes = item_codes(page.promise.reasons)
    items = {
        item.code: item
        for item in session.scalars(select(Item).where(Item.code.in_(codes)))
    }
    return promise_words(page.promise.reasons, items=items)


def _events(session: Session, page: OrderPage) -> list[Event]:
    runs = {run.id: run.number for found in page.links.values() for _, run in found}
    users = names_of(session, whos={row.who for row in page.events})
    return events(page.events, runs=runs, users=users)


ROUTES: Routes = (
    ("GET", "/orders", list_orders),
    ("GET", "/orders/<id:order_id>", show_order),
    ("POST", "/orders/<id:order_id>/hold", hold_order),
    ("POST", "/orders/<id:order_id>/release", release_order),
    ("POST", "/orders/<id:order_id>/cancel", cancel_order),
    ("POST", "/orders/<id:order_id>/decisions/<id:decision_id>", answer_decision),
    ("GET", "/orders/<id:order_id>/ship", ship_page),
    ("POST", "/orders/<id:order_id>/ship", ship_order),
)
