"""Orders typed by hand or from tables: those there are, and closing the message they came as."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from hub.models.channels import ChannelAccount
from hub.models.messages import InboundMessage
from hub.models.orders import SalesOrder

BY_OURSELVES = ("manual", "email")
"""Channels whose orders we write down ourselves."""


def is_number_taken(session: Session, *, account_id: int, external_id: str) -> bool:
    """Say whether an account has an order of that name, or any account one of that number."""
    named = (SalesOrder.account_id == account_id) & (SalesOrder.external_id == external_id)
    query = select(SalesOrder.id).where(or_(named, SalesOrder.number == external_id))
    return session.scalar(query.limit(1)) is not None


def order_keyed(
    session: Session, *, account_id: int, external_id: str
) -> SalesOrder | None:
    """Return the order an account has under a key of its own."""
    query = select(SalesOrder).filter_by(account_id=account_id, external_id=external_id)
    return session.scalar(query)


def shops_that_bring(session: Session, *, number: str, channels: Collection[str]) -> str:
    """Name the connected shop that brings the order of that number by itself; empty if none.

    Without `channels` any shop counts, of whatever channel.
    """
    query = (
        select(ChannelAccount.name)
        .join(SalesOrder, SalesOrder.account_id == ChannelAccount.id)
        .where(ChannelAccount.channel.not_in(BY_OURSELVES))
        .where(or_(SalesOrder.external_number == number, SalesOrder.external_id == number))
        .order_by(ChannelAccount.id)
        .limit(1)
    )
    if channels:
        query = query.where(ChannelAccount.channel.in_(channels))
    return session.scalar(query) or ""


def close_message(
    session: Session,
    *,
    message_id: int,
    external_order_id: str,
    result: str,
    now: datetime,
) -> None:
    """Write that a message was read in the transaction it came in with: no worker saw it."""
    session.execute(
        update(InboundMessage)
        .where(InboundMessage.id == message_id, InboundMessage.lease_owner.is_(None))
        .values(
            state="done",
            result=result,
            done_at=now,
            attempts=1,
            external_order_id=external_order_id,
        )
        .execution_options(synchronize_session=False)
    )
