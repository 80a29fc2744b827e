"""What may be done about an order: hold it, let it go on, cancel it, note something, send again."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Protocol

from flask import Response, abort, request
from sqlalchemy.orm import Session

from hub.flow.orders.answer import answer_decision as answer
from hub.flow.orders.cancel_effects import CancelEffects, cancel_effects
from hub.flow.orders.change import cancel_order as cancel
from hub.flow.orders.change import hold_order as hold
from hub.flow.orders.change import release_order as go_on
from hub.flow.orders.order_note import note_order
from hub.models.by_id import by_id
from hub.models.claims.outbox import try_again
from hub.models.records.items import Item
from hub.models.records.messages import OutboundMessage
from hub.models.records.orders import SalesOrder
from hub.models.records.production import ProductionOrder
from hub.web.orders.order_page import order_screen
from hub.web.page_door import PLAN, Deed, PageDoor, Routes, show, typed, went
from hub.web.wording.event_words import events

LONGEST_NOTE = 2000


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


def look_cancel(door: PageDoor, order_id: int) -> Response:
    """Show what cancelling an order would do. This function will change nothing."""
    return door.rehearse(
        lambda deed: _consequences(door, deed, order_id),
        again=lambda trouble: order_screen(door, order_id, trouble=trouble),
        about="cancel",
    )


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

    return _press(door, order_id, change, did="decided", about="decision")


def add_note(door: PageDoor, order_id: int) -> Response:
    """Write down something about an order for whoever works on it."""

    def change(deed: Deed) -> None:
        note_order(
            deed.session,
            order_id=order_id,
            text=typed("note", longest=LONGEST_NOTE),
            who=deed.who,
            now=deed.now,
        )

    return _press(door, order_id, change, did="noted", about="note", wake=())


def resend_news(door: PageDoor, order_id: int, message_id: int) -> Response:
    """Try a message about an order again that the shop did not take."""

    def change(deed: Deed) -> None:
        message = deed.session.get(OutboundMessage, message_id)
        if message is None or message.order_id != order_id:
            abort(404)
        try_again(deed.session, message_id=message_id, who=deed.who, now=deed.now)

    return _press(door, order_id, change, did="retried", about="resend", wake=("push",))


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

    return _press(door, order_id, change, did=did, about=about)


def _press(
    door: PageDoor,
    order_id: int,
    change: Callable[[Deed], None],
    *,
    did: str,
    about: str,
    wake: tuple[str, ...] = PLAN,
) -> Response:
    return door.press(
        change,
        done=lambda _: went("pages.show_order", did, order_id=order_id),
        again=lambda trouble: order_screen(door, order_id, trouble=trouble),
        about=about,
        wake=wake,
    )


def _consequences(door: PageDoor, deed: Deed, order_id: int) -> Response:
    order = deed.session.get(SalesOrder, order_id) or abort(404)
    found = cancel_effects(
        deed.session,
        order_id=order_id,
        who=deed.who,
        now=deed.now,
        zone=door.zone,
        channels=door.ports.channels,
    )
    is_part = "HX-Request" in request.headers
    return show(
        "orders/_cancel.html" if is_part else "orders/cancel.html",
        order=order,
        follows=_words(deed.session, found),
        gifts=found.gifts,
        takers=by_id(deed.session, SalesOrder, ids={gift.taker for gift in found.gifts}),
        items=by_id(deed.session, Item, ids={gift.item_id for gift in found.gifts}),
    )


def _words(session: Session, found: CancelEffects) -> list[str]:
    """Say what follows, each thing once."""
    ids = {row.subject_id for row in found.rows if row.subject == "production_order"}
    runs = {run.id: run.number for run in by_id(session, ProductionOrder, ids=ids).values()}
    said = events(list(found.rows), runs=runs, actors={})
    return list(dict.fromkeys(event.words for event in reversed(said)))


ROUTES: Routes = (
    ("POST", "/orders/<id:order_id>/hold", hold_order),
    ("POST", "/orders/<id:order_id>/release", release_order),
    ("POST", "/orders/<id:order_id>/cancel/look", look_cancel),
    ("POST", "/orders/<id:order_id>/cancel", cancel_order),
    ("POST", "/orders/<id:order_id>/note", add_note),
    ("POST", "/orders/<id:order_id>/news/<id:message_id>", resend_news),
    ("POST", "/orders/<id:order_id>/decisions/<id:decision_id>", answer_decision),
)
