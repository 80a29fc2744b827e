"""What came in and what is owed, as lists show it: states, errors and attempts, never a body."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from hub.models.newest import Newest, Window, newest
from hub.models.orders.order_views import accounts_called
from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import InboundMessage, OutboundMessage


def find_inbound(
    session: Session, *, state: str, channel: str, topic: str, window: Window
) -> Newest[InboundMessage]:
    """Return one page of inbound messages."""
    query = select(InboundMessage).options(defer(InboundMessage.body))
    if state:
        query = query.where(InboundMessage.state == state)
    if channel:
        query = query.where(InboundMessage.account_id.in_(accounts_called(channel)))
    if topic:
        query = query.where(InboundMessage.topic == topic)
    return newest(session, query, record=InboundMessage, window=window)


def find_outbound(
    session: Session,
    *,
    state: str,
    channel: str,
    order_id: int | None,
    kind: str,
    window: Window,
) -> Newest[OutboundMessage]:
    """Return one page of outbound messages."""
    query = select(OutboundMessage)
    if state:
        query = query.where(OutboundMessage.state == state)
    if channel:
        query = query.where(OutboundMessage.account_id.in_(accounts_called(channel)))
    if order_id is not None:
        query = query.where(OutboundMessage.order_id == order_id)
    if kind:
        query = query.where(OutboundMessage.kind == kind)
    return newest(session, query, record=OutboundMessage, window=window)


def inbound_message(session: Session, *, message_id: int) -> InboundMessage | None:
    """Return one inbound message, without its body."""
    query = select(InboundMessage).filter_by(id=message_id)
    return session.scalar(query.options(defer(InboundMessage.body)))


LATELY = 2000
"""So many of the newest messages, of all accounts, are looked through for when each topic came."""


def heard_lately(session: Session, *, account_id: int) -> dict[str, datetime]:
    """Return when each topic of an account's webhooks was last received, if it was lately."""
    newest = (
        select(
            InboundMessage.account_id,
            InboundMessage.topic,
            InboundMessage.source,
            InboundMessage.received_at,
        )
        .order_by(InboundMessage.id.desc())
        .limit(LATELY)
        .subquery()
    )
    query = (
        select(newest.c.topic, func.max(newest.c.received_at))
        .where(newest.c.account_id == account_id, newest.c.source == "webhook")
        .group_by(newest.c.topic)
    )
    return {topic: at for topic, at in session.execute(query)}


def channels_of(session: Session, *, account_ids: Collection[int]) -> dict[int, str]:
    """Return which channel each account is of."""
    query = select(ChannelAccount.id, ChannelAccount.channel).where(
        ChannelAccount.id.in_(account_ids)
    )
    return {account_id: channel for account_id, channel in session.execute(query)}
