"""Every mail that came in, as a page lists it: what became of it, why, and where it lies."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub.models.records.channels import ChannelAccount
from hub.models.records.mails import InboundMail, Review
from hub.models.records.orders import SalesOrder
from hub.models.substrings import holds


def mails_wanted(
    *, state: str = "", account_id: int | None = None, text: str = ""
) -> Select[InboundMail]:
    """Choose the mails whose sender or subject holds a text, in no order."""
    query = select(InboundMail)
    if state:
        query = query.where(InboundMail.state == state)
    if account_id is not None:
        query = query.where(InboundMail.account_id == account_id)
    if text:
        query = query.where(
            holds(InboundMail.sender, text) | holds(InboundMail.subject, text)
        )
    return query


def reviews_of(session: Session, *, mails: Sequence[InboundMail]) -> Mapping[int, int]:
    """Return the review of each of these mails that has one, by its message."""
    ids = {mail.inbound_message_id for mail in mails}
    rows = select(Review.inbound_message_id, Review.id).where(
        Review.inbound_message_id.in_(ids)
    )
    return {row.inbound_message_id: row.id for row in session.execute(rows)}


def orders_of(session: Session, *, mails: Sequence[InboundMail]) -> Mapping[int, str]:
    """Return the number of each order these mails made or are about, by its id."""
    ids = {mail.order_id for mail in mails}
    rows = select(SalesOrder.id, SalesOrder.number).where(SalesOrder.id.in_(ids))
    return {row.id: row.number for row in session.execute(rows)}


def accounts_of(session: Session, *, channels: Sequence[str]) -> list[ChannelAccount]:
    """Return the accounts of some channels, in the order they were connected."""
    rows = select(ChannelAccount).where(ChannelAccount.channel.in_(channels))
    return list(session.scalars(rows.order_by(ChannelAccount.id)))
