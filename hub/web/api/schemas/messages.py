"""Messages in and out as the API shows them: what became of them, never what they say."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from hub.models.records.messages import InboundMessage, OutboundMessage
from hub.web.api.shapes import Out, PageQuery


class InboundOut(Out):
    """Something a channel told us."""

    id: str
    channel: str
    channel_id: str
    topic: str
    message_id: str
    source: str
    external_order_id: str | None
    state: str
    result: str
    attempts: int
    error_class: str | None
    last_error: str | None
    next_try_at: datetime
    received_at: datetime
    done_at: datetime | None
    replay_of: str | None
    is_redacted: bool = Field(
        description="Its body was forgotten, so it cannot be replayed."
    )


class InboundQuery(PageQuery):
    """Which inbound messages."""

    state: Literal["waiting", "done", "held", "dead"] | None = None
    channel: str = ""
    topic: str = ""


class OutboundOut(Out):
    """Something a channel is to be told."""

    id: str
    channel: str
    channel_id: str
    order: str | None
    shipment: str | None
    kind: str
    state: str
    outcome: str
    remote_ref: str
    attempts: int
    error_class: str | None
    last_error: str | None
    next_try_at: datetime
    first_sent_at: datetime | None
    created_at: datetime
    done_at: datetime | None


class OutboundQuery(PageQuery):
    """Which outbound messages."""

    state: (
        Literal["waiting", "sending", "unknown", "sent", "shadowed", "held", "dead"] | None
    ) = None
    channel: str = ""
    order: str = ""
    kind: str = ""


def show_inbound(message: InboundMessage, *, channel: str) -> InboundOut:
    """Write an inbound message."""
    return InboundOut(
        id=str(message.id),
        channel=channel,
        channel_id=str(message.account_id),
        topic=message.topic,
        message_id=message.message_id,
        source=message.source,
        external_order_id=message.external_order_id,
        state=message.state,
        result=message.result,
        attempts=message.attempts,
        error_class=message.error_class,
        last_error=message.last_error,
        next_try_at=message.next_try_at,
        received_at=message.received_at,
        done_at=message.done_at,
        replay_of=None if message.replay_of is None else str(message.replay_of),
        is_redacted=message.redacted_at is not None,
    )


def show_outbound(message: OutboundMessage, *, channel: str) -> OutboundOut:
    """Write an outbound message."""
    return OutboundOut(
        id=str(message.id),
        channel=channel,
        channel_id=str(message.account_id),
        order=None if message.order_id is None else str(message.order_id),
        shipment=None if message.shipment_id is None else str(message.shipment_id),
        kind=message.kind,
        state=message.state,
        outcome=message.outcome,
        remote_ref=message.remote_ref,
        attempts=message.attempts,
        error_class=message.error_class,
        last_error=message.last_error,
        next_try_at=message.next_try_at,
        first_sent_at=message.first_sent_at,
        created_at=message.created_at,
        done_at=message.done_at,
    )
