"""Orders typed by hand or from tables: those there are, and closing the message they came as."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from hub.models.records.channels import ChannelAccount
from hub.models.records.correspondents import CustomerSender
from hub.models.records.messages import InboundMessage
from hub.models.records.orders import SalesOrder

BY_OURSELVES = ("manual", "email")
"""Channels whose orders we write down ourselves."""
AT_ONCE = 500
"""Numbers in one question."""


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


def shops_that_bring(
    session: Session, *, numbers: Collection[str], channels: Collection[str]
) -> dict[str, str]:
    """Name, by order number, the connected shops that bring the orders by themselves.

    Without `channels` any shop counts, of whatever channel.
    """
    found: dict[str, str] = {}
    every = sorted(numbers)
    for start in range(0, len(every), AT_ONCE):
        some = every[start : start + AT_ONCE]
        query = (
            select(SalesOrder.external_number, SalesOrder.external_id, ChannelAccount.name)
            .join(ChannelAccount, SalesOrder.account_id == ChannelAccount.id)
            .where(ChannelAccount.channel.not_in(BY_OURSELVES))
            .where(
                or_(SalesOrder.external_number.in_(some), SalesOrder.external_id.in_(some))
            )
        )
        if channels:
            query = query.where(ChannelAccount.channel.in_(channels))
        for number, external_id, name in session.execute(query):
            found |= {number: name, external_id: name}
    return found


def customer_writing(session: Session, *, email: str) -> int | None:
    """Return the customer whose mail comes from an address, if a person said so."""
    query = select(CustomerSender.customer_id).filter_by(
        kind="email", value=email.casefold()
    )
    return session.scalar(query) if email else None


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
