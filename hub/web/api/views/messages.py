"""Inbox and outbox: what came in and what is owed, read again or tried again by hand."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.flow.refusal import Missing
from hub.models.channels.message_views import (
    channels_of,
    find_inbound,
    find_outbound,
    inbound_message,
)
from hub.models.claims import inbox, outbox
from hub.models.records.messages import OutboundMessage
from hub.web.api.door import Asked, Door
from hub.web.api.named import id_in_path, order_in_field
from hub.web.api.paging import cursor, window
from hub.web.api.schemas.messages import (
    InboundOut,
    InboundQuery,
    OutboundOut,
    OutboundQuery,
    show_inbound,
    show_outbound,
)
from hub.web.api.shapes import Page, Path

TAG = Tag(name="Messages", description="What channels told us, and what we owe them.")


class MessagePath(Path):
    """Which message."""

    message_id: str


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes of messages."""

    @api.get("/inbound-messages", tags=[TAG], responses={"200": Page[InboundOut]})
    def list_inbound(query: InboundQuery) -> Response:
        """List what came in."""
        return door.read(lambda asked: _inbound(asked, query))

    @api.post(
        "/inbound-messages/<message_id>/replay", tags=[TAG], responses={"201": InboundOut}
    )
    def replay_inbound(path: MessagePath) -> Response:
        """Read a settled message again, as a new one that names the old."""
        return door.write(
            lambda asked: _replay(asked, path),
            show=_show_inbound,
            status=201,
            wake=("read_messages",),
        )

    @api.get("/outbound-messages", tags=[TAG], responses={"200": Page[OutboundOut]})
    def list_outbound(query: OutboundQuery) -> Response:
        """List what is owed to channels, and what became of it."""
        return door.read(lambda asked: _outbound(asked, query))

    @api.post(
        "/outbound-messages/<message_id>/retry", tags=[TAG], responses={"200": OutboundOut}
    )
    def retry_outbound(path: MessagePath) -> Response:
        """Try a held or given-up message again; one that was ever sent is looked up first."""
        return door.write(
            lambda asked: _retry(asked, path), show=_show_outbound, wake=("push",)
        )


def _inbound(asked: Asked, query: InboundQuery) -> Page[InboundOut]:
    found = find_inbound(
        asked.session,
        state=query.state or "",
        channel=query.channel,
        topic=query.topic,
        window=window(query),
    )
    accounts = {message.account_id for message in found.rows}
    channels = channels_of(asked.session, account_ids=accounts)
    return Page(
        items=[
            show_inbound(each, channel=channels[each.account_id]) for each in found.rows
        ],
        next=cursor(found.next),
    )


def _outbound(asked: Asked, query: OutboundQuery) -> Page[OutboundOut]:
    session = asked.session
    order_id = order_in_field(session, query.order, field="order") if query.order else None
    found = find_outbound(
        session,
        state=query.state or "",
        channel=query.channel,
        order_id=order_id,
        kind=query.kind,
        window=window(query),
    )
    accounts = {message.account_id for message in found.rows}
    channels = channels_of(session, account_ids=accounts)
    return Page(
        items=[
            show_outbound(each, channel=channels[each.account_id]) for each in found.rows
        ],
        next=cursor(found.next),
    )


def _replay(asked: Asked, path: MessagePath) -> int:
    message_id = id_in_path(path.message_id, what="inbound message")
    if inbound_message(asked.session, message_id=message_id) is None:
        raise Missing("There is no such inbound message.")
    return inbox.replay(asked.session, message_id=message_id, who=asked.who, now=asked.now)


def _retry(asked: Asked, path: MessagePath) -> int:
    message_id = id_in_path(path.message_id, what="outbound message")
    if asked.session.get(OutboundMessage, message_id) is None:
        raise Missing("There is no such outbound message.")
    outbox.try_again(asked.session, message_id=message_id, who=asked.who, now=asked.now)
    return message_id


def _show_inbound(asked: Asked, message_id: int) -> InboundOut:
    message = inbound_message(asked.session, message_id=message_id)
    if message is None:
        raise Missing("There is no such inbound message.")
    channels = channels_of(asked.session, account_ids=[message.account_id])
    return show_inbound(message, channel=channels[message.account_id])


def _show_outbound(asked: Asked, message_id: int) -> OutboundOut:
    message = asked.session.get_one(OutboundMessage, message_id)
    channels = channels_of(asked.session, account_ids=[message.account_id])
    return show_outbound(message, channel=channels[message.account_id])
