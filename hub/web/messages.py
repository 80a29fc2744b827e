"""The inbox and the outbox: what became of each message, why, and the button that tries again."""

from collections.abc import Mapping

from flask import Response, url_for
from sqlalchemy.orm import Session

from hub.models.by_id import by_id
from hub.models.channels import ChannelAccount
from hub.models.history import record
from hub.models.inbox import replay
from hub.models.message_views import find_inbound, find_outbound
from hub.models.messages import InboundMessage, OutboundMessage
from hub.models.newest import Newest, Window
from hub.models.orders import SalesOrder
from hub.models.outbox import retry
from hub.models.stuck_messages import stuck_inbound, stuck_outbound
from hub.web.page_door import (
    Deed,
    PageDoor,
    Routes,
    Trouble,
    asked,
    asked_id,
    show_live,
    went,
)
from hub.web.words import INBOUND, OUTBOUND, Word

ROWS = 50
STUCK = "stuck"


def list_inbox(door: PageDoor) -> Response:
    """Show what shops told us."""
    return _inbox(door)


def replay_message(door: PageDoor, message_id: int) -> Response:
    """Read a message again."""

    def change(deed: Deed) -> None:
        replay(deed.session, message_id=message_id, who=deed.who, now=deed.now)

    return door.press(
        change,
        done=lambda _: went("pages.list_inbox", "replayed"),
        again=lambda trouble: _inbox(door, trouble=trouble),
        about="replay",
        wake=("read_messages",),
    )


def list_outbox(door: PageDoor) -> Response:
    """Show what we owe shops."""
    return _outbox(door)


def retry_message(door: PageDoor, message_id: int) -> Response:
    """Try a message again now."""

    def change(deed: Deed) -> None:
        retry(deed.session, message_id=message_id, now=deed.now)
        record(
            deed.session,
            at=deed.now,
            who=deed.who,
            subject="outbound",
            subject_id=message_id,
            what="outbound.retried",
        )

    return door.press(
        change,
        done=lambda _: went("pages.list_outbox", "retried"),
        again=lambda trouble: _outbox(door, trouble=trouble),
        about="retry",
        wake=("push",),
    )


def _inbox(door: PageDoor, *, trouble: Trouble | None = None) -> Response:
    state = _state(INBOUND)
    with door.reading() as session:
        found = _found_in(session, state)
        return show_live(
            "messages/inbox.html",
            "messages/_inbox.html",
            here=url_for("pages.list_inbox"),
            found=found,
            state=state,
            states=[STUCK, *INBOUND],
            accounts=_accounts(session, {row.account_id for row in found.rows}),
            trouble=trouble,
        )


def _outbox(door: PageDoor, *, trouble: Trouble | None = None) -> Response:
    state = _state(OUTBOUND)
    with door.reading() as session:
        found = _found_out(session, state)
        orders = {row.order_id for row in found.rows if row.order_id is not None}
        return show_live(
            "messages/outbox.html",
            "messages/_outbox.html",
            here=url_for("pages.list_outbox"),
            found=found,
            state=state,
            states=[STUCK, *OUTBOUND],
            accounts=_accounts(session, {row.account_id for row in found.rows}),
            orders=by_id(session, SalesOrder, ids=orders),
            trouble=trouble,
        )


def _found_in(session: Session, state: str) -> Newest[InboundMessage]:
    window = Window(ROWS, asked_id("after"))
    if state == STUCK:
        return stuck_inbound(session, window=window)
    return find_inbound(session, state=state, channel="", topic="", window=window)


def _found_out(session: Session, state: str) -> Newest[OutboundMessage]:
    window = Window(ROWS, asked_id("after"))
    if state == STUCK:
        return stuck_outbound(session, window=window)
    return find_outbound(
        session, state=state, channel="", order_id=None, kind="", window=window
    )


def _state(known: Mapping[str, Word]) -> str:
    state = asked("state")
    return state if state == STUCK or state in known else ""


def _accounts(session: Session, ids: set[int]) -> dict[int, ChannelAccount]:
    return by_id(session, ChannelAccount, ids=ids)


ROUTES: Routes = (
    ("GET", "/messages/in", list_inbox),
    ("POST", "/messages/in/<id:message_id>/replay", replay_message),
    ("GET", "/messages/out", list_outbox),
    ("POST", "/messages/out/<id:message_id>/retry", retry_message),
)
