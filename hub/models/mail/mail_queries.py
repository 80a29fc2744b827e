"""Finds mails again: the same one come twice, and the one that another answers."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.models.records.mails import InboundMail
from hub.models.records.messages import InboundMessage
from hub.models.records.notifications import Notification
from hub.models.records.orders import SalesOrder
from mapping.listing import sku_key

DUPLICATE = "duplicate"


def first_reading(session: Session, *, inbound_message_id: int) -> int:
    """Return the message a mail came in; of one read again, however often, the first."""
    known = inbound_message_id
    while (repeats := session.get_one(InboundMessage, known).replay_of) is not None:
        known = repeats
    return known


def row_of(session: Session, *, inbound_message_id: int) -> InboundMail | None:
    """Return the row of the mail that came in this message."""
    rows = (
        select(InboundMail)
        .where(InboundMail.inbound_message_id == inbound_message_id)
        .order_by(InboundMail.id)
        .limit(1)
        .with_for_update()
    )
    return session.scalar(rows)


def first_copy(
    session: Session, *, mail: InboundMail, sender: str, since: datetime
) -> InboundMail | None:
    """Return the mail this one is a copy of, in whichever mailbox; None where there is none.

    A copy has the same Message-ID and sender; or the same words, files and sender, received
    `since` then.
    """
    same_words = (InboundMail.content_hash == mail.content_hash) & (
        InboundMail.received_at >= since
    )
    same = InboundMail.message_id == mail.message_id
    if mail.content_hash:
        same = or_(same, same_words)
    query = (
        select(InboundMail)
        .where(InboundMail.id != mail.id, InboundMail.sender == sender, same)
        .where(InboundMail.state.in_(("processed", "review", "ignored")))
        .where(InboundMail.read_at.is_not(None), InboundMail.reason != DUPLICATE)
        .order_by(InboundMail.id)
        .limit(1)
    )
    return session.scalar(query)


def order_answered(
    session: Session, *, message_ids: Sequence[str], customer_id: int
) -> int | None:
    """Return the customer's order a mail answers, the nearest message first; None if it is none."""
    for message_id in message_ids:
        ours = select(Notification.order_id).where(Notification.message_id == message_id)
        theirs = select(InboundMail.order_id).where(InboundMail.message_id == message_id)
        found = select(SalesOrder.id).where(
            SalesOrder.customer_id == customer_id,
            or_(SalesOrder.id.in_(ours), SalesOrder.id.in_(theirs)),
        )
        orders = session.scalars(found.limit(2)).all()
        if len(orders) == 1:
            return orders[0]
    return None


def orders_named(
    session: Session, *, numbers: Sequence[str], customer_id: int
) -> tuple[list[int], list[int]]:
    """Return the customer's orders with one of these numbers: by ours, and by their own."""
    if not numbers:
        return [], []
    query = select(SalesOrder.id, SalesOrder.number, SalesOrder.po_number)
    keys = {sku_key(number) for number in numbers} - {""}
    ours, theirs = [], []
    for order_id, number, po in session.execute(
        query.filter_by(customer_id=customer_id).order_by(SalesOrder.id)
    ):
        if sku_key(number) in keys:
            ours.append(order_id)
        elif po and sku_key(po) in keys:
            theirs.append(order_id)
    return ours, theirs
