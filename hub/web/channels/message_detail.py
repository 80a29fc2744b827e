"""One message of the inbox or the outbox: its cause in words, its payload without people, a fix.

Many messages are read again together only after a look at what that would change.
"""

import json
from collections.abc import Sequence

from flask import Response, abort, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.protocol import Channel
from hub.domain.people.masking import masked, masked_body
from hub.flow.reading.replay_look import Looked, look
from hub.flow.refusal import Invalid
from hub.flow.shipping.fix_parcel import can_mend, mend_tracking
from hub.models.by_id import MOST_DIGITS, by_id
from hub.models.claims.inbox import replay
from hub.models.people.people_views import names_of
from hub.models.people.subject_history import history_of
from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import InboundMessage, OutboundMessage
from hub.models.records.orders import SalesOrder
from hub.models.records.shipping import Shipment
from hub.ports import Ports, open_channel
from hub.web.page_door import Deed, PageDoor, Routes, Trouble, show, typed, went
from hub.web.wording.event_words import Event, events
from hub.web.wording.language import N_, gettext
from mapping.effects import Tracking

MOST = 50
"""So many messages are read again together."""
EVENTS = 20

WHAT = {
    "intent": N_("Wanted"),
    "payment": N_("Payment"),
    "release": N_("Released by the shop"),
    "requested_on": N_("Wanted for"),
    "total": N_("Total"),
    "line": N_("Line"),
}


def show_inbound(door: PageDoor, message_id: int) -> Response:
    """Show one message a channel sent: what became of it, why, and what it holds."""
    with door.reading() as session:
        message = session.get(InboundMessage, message_id)
        if message is None:
            abort(404)
        account = session.get_one(ChannelAccount, message.account_id)
        kind = str(message.headers.get("content-type", ""))
        return show(
            "messages/inbound.html",
            m=message,
            account=account,
            order=_order_of(session, message),
            payload=None
            if message.body is None
            else masked_body(message.body, content_type=kind),
            headers=masked(message.headers),
            replays=_replays(session, message),
            happened=_happened(session, "inbound", message.id),
        )


def show_outbound(door: PageDoor, message_id: int) -> Response:
    """Show one message we owe a channel: what became of it, why, what it says, and a way on."""
    return _outbound(door, message_id)


def mend_message(door: PageDoor, message_id: int) -> Response:
    """Set the tracking of a refused parcel right, and tell it again."""

    def change(deed: Deed) -> None:
        mend_tracking(
            deed.session,
            message_id=message_id,
            tracking=Tracking(
                carrier=typed("carrier"),
                number=typed("tracking"),
                url=typed("tracking_url"),
            ),
            who=deed.who,
            now=deed.now,
        )

    return door.press(
        change,
        done=lambda _: went("pages.show_outbound", "mended", message_id=message_id),
        again=lambda trouble: _outbound(door, message_id, trouble=trouble),
        about="mend",
        wake=("push",),
    )


def look_replay(door: PageDoor) -> Response:
    """Show what reading some messages again would change. This function will keep nothing of it."""
    channels = _channels(door)

    def change(deed: Deed) -> Response:
        ids = _asked_for()
        found = [
            look(deed.session, message_id=each, channels=channels, now=deed.now)
            for each in ids
        ]
        rows = _rows(deed.session, found)
        return show("messages/replay.html", rows=rows, ids=ids, what=_what())

    return door.rehearse(change, again=_no_replay, about="replay")


def replay_messages(door: PageDoor) -> Response:
    """Read some messages again; one that cannot be is left as it is."""

    def change(deed: Deed) -> int:
        ids = _asked_for()
        for message_id in ids:
            replay(deed.session, message_id=message_id, who=deed.who, now=deed.now)
        return len(ids)

    return door.press(
        change,
        done=lambda _: went("pages.list_inbox", "replayed"),
        again=_no_replay,
        about="replay",
        wake=("read_messages",),
    )


def _outbound(
    door: PageDoor, message_id: int, *, trouble: Trouble | None = None
) -> Response:
    with door.reading() as session:
        message = session.get(OutboundMessage, message_id)
        if message is None:
            abort(404)
        return show(
            "messages/outbound.html",
            m=message,
            account=session.get_one(ChannelAccount, message.account_id),
            order=session.get(SalesOrder, message.order_id) if message.order_id else None,
            shipment=session.get(Shipment, message.shipment_id)
            if message.shipment_id
            else None,
            can_mend=can_mend(message),
            payload=_payload(message),
            happened=_happened(session, "outbound", message.id),
            trouble=trouble,
        )


def _payload(message: OutboundMessage) -> str:
    """Write what a message says to the channel, without anybody's data."""
    return masked_body(json.dumps(message.payload).encode())


def _order_of(session: Session, message: InboundMessage) -> SalesOrder | None:
    if not message.external_order_id:
        return None
    query = select(SalesOrder).filter_by(
        account_id=message.account_id, external_id=message.external_order_id
    )
    return session.scalar(query)


def _replays(session: Session, message: InboundMessage) -> Sequence[int]:
    query = select(InboundMessage.id).filter_by(replay_of=message.id)
    return session.scalars(query.order_by(InboundMessage.id).limit(MOST)).all()


def _happened(session: Session, subject: str, subject_id: int) -> list[Event]:
    rows = history_of(session, subject=subject, subject_id=subject_id)[-EVENTS:]
    actors = names_of(session, whos={row.who for row in rows})
    return events(rows, runs={}, actors=actors)


def _asked_for() -> list[int]:
    """Return the messages that were ticked.

    :raises Invalid: none, or too many.
    """
    given = [
        int(each)
        for each in request.form.getlist("id")
        if each.isascii() and each.isdigit() and len(each) <= MOST_DIGITS
    ]
    ids = list(dict.fromkeys(given))
    if not ids:
        raise Invalid(gettext("Tick at least one message."), field="id")
    if len(ids) > MOST:
        raise Invalid(gettext("Tick at most %(num)s messages.", num=MOST), field="id")
    return ids


def _channels(door: PageDoor) -> dict[int, Channel]:
    """Make the channels of the accounts there are; none of them is called."""
    ports: Ports = door.ports
    with door.reading() as session:
        accounts = list(session.scalars(select(ChannelAccount)))
    return {
        account.id: open_channel(ports, account=account)
        for account in accounts
        if account.channel in ports.channels
    }


def _rows(
    session: Session, found: Sequence[Looked]
) -> list[tuple[Looked, InboundMessage, ChannelAccount]]:
    messages = by_id(session, InboundMessage, ids={each.message_id for each in found})
    accounts = by_id(
        session, ChannelAccount, ids={each.account_id for each in messages.values()}
    )
    return [
        (
            each,
            messages[each.message_id],
            accounts[messages[each.message_id].account_id],
        )
        for each in found
    ]


def _what() -> dict[str, str]:
    return {key: gettext(words) for key, words in WHAT.items()}


def _no_replay(trouble: Trouble) -> Response:
    return show("messages/replay.html", rows=[], ids=[], what={}, trouble=trouble)


ROUTES: Routes = (
    ("GET", "/messages/in/<id:message_id>", show_inbound),
    ("POST", "/messages/in/replay/look", look_replay),
    ("POST", "/messages/in/replay", replay_messages),
    ("GET", "/messages/out/<id:message_id>", show_outbound),
    ("POST", "/messages/out/<id:message_id>/tracking", mend_message),
)
