"""Whom a letter of ours may go to, which letters there are, and what became of each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from hub.models.records.channels import ChannelAccount
from hub.models.records.correspondents import CustomerSender
from hub.models.records.mails import InboundMail, Review
from hub.models.records.messages import OutboundMessage
from hub.models.records.notifications import Notification, NotificationTemplate
from hub.models.records.orders import Customer, SalesOrder

LEFT_OUT = "nothing_to_do"
"""The outcome of a letter that need not leave any more."""


@dataclass(frozen=True, slots=True)
class Concerned:
    """An order, where it came from, and for whom it is."""

    order: SalesOrder
    account: ChannelAccount
    customer: Customer | None


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of ours, and the outbound message that carries it."""

    notification: Notification
    message: OutboundMessage

    @property
    def has_left(self) -> bool:
        """Whether it is on its way, there, or only waits for a person to say so."""
        is_new = self.message.state == "waiting" and self.message.first_sent_at is None
        return not is_new and not self.is_left_out

    @property
    def is_left_out(self) -> bool:
        """Whether it was let go unsent, because there was nothing left to say."""
        return self.message.outcome == LEFT_OUT


def concerned(session: Session, *, order_ids: Collection[int]) -> list[Concerned]:
    """Return who may have to be told of these orders, in ascending id."""
    query = (
        select(SalesOrder, ChannelAccount, Customer)
        .join(ChannelAccount, ChannelAccount.id == SalesOrder.account_id)
        .outerjoin(Customer, Customer.id == SalesOrder.customer_id)
        .where(SalesOrder.id.in_(order_ids))
        .order_by(SalesOrder.id)
    )
    return [Concerned(*row) for row in session.execute(query)]


def mailboxes(session: Session, *, channels: Collection[str]) -> list[ChannelAccount]:
    """Return the accounts of these channels that are not off, in ascending id."""
    query = (
        select(ChannelAccount)
        .where(ChannelAccount.channel.in_(channels), ChannelAccount.mode != "off")
        .order_by(ChannelAccount.id)
    )
    return list(session.scalars(query))


def letters_about(session: Session, *, order_id: int) -> list[Letter]:
    """Return the letters about an order, oldest first."""
    return _letters(session, Notification.order_id == order_id)


def letters_from(session: Session, *, ids: Collection[int]) -> list[Letter]:
    """Return these letters, by the ids of their notifications, oldest first."""
    return _letters(session, Notification.id.in_(ids))


def _letters(session: Session, which: ColumnElement[bool]) -> list[Letter]:
    query = (
        select(Notification, OutboundMessage)
        .join(OutboundMessage, OutboundMessage.notification_id == Notification.id)
        .where(which)
        .order_by(Notification.id)
    )
    return [Letter(*row) for row in session.execute(query)]


def letter_by_key(session: Session, *, key: str) -> Notification | None:
    """Return the letter of that need, if it was written."""
    return session.scalar(select(Notification).filter_by(dedupe_key=key))


def letter_named(session: Session, *, names: Collection[str]) -> Notification | None:
    """Return the letter of ours with one of these Message-IDs."""
    query = select(Notification).where(Notification.message_id.in_(names))
    return session.scalar(query.order_by(Notification.id).limit(1))


def letter_before(session: Session, *, letter: Notification) -> Notification | None:
    """Return the letter that left for the same address before this one."""
    query = (
        select(Notification)
        .join(OutboundMessage, OutboundMessage.notification_id == Notification.id)
        .where(Notification.recipient == letter.recipient, Notification.id < letter.id)
        .where(OutboundMessage.state == "sent", OutboundMessage.outcome != LEFT_OUT)
        .order_by(Notification.id.desc())
        .limit(1)
    )
    return session.scalar(query)


def letters_since(
    session: Session, *, recipient: str, since: datetime, events: Collection[str]
) -> int:
    """Count what was written to an address of these kinds since then."""
    query = select(func.count()).where(
        Notification.recipient == recipient,
        Notification.created_at > since,
        Notification.event.in_(events),
    )
    return session.scalar(query) or 0


def mails_about(session: Session, *, order_id: int) -> Sequence[InboundMail]:
    """Return the mails an order was made from or that speak of it, oldest first."""
    query = (
        select(InboundMail)
        .where(InboundMail.order_id == order_id, InboundMail.reason != "duplicate")
        .order_by(InboundMail.id)
    )
    return session.scalars(query).all()


def mail_under_review(session: Session, *, review_id: int) -> str:
    """Return the Message-ID of the mail a review is about; empty where it has none."""
    query = (
        select(InboundMail.message_id)
        .join(Review, Review.inbound_message_id == InboundMail.inbound_message_id)
        .where(Review.id == review_id)
        .order_by(InboundMail.id)
        .limit(1)
    )
    return session.scalar(query) or ""


def is_sender_of(session: Session, *, customer_id: int, address: str) -> bool:
    """Say whether a customer writes from that address, or from its domain."""
    folded = address.lower()
    by_address = and_(CustomerSender.kind == "email", CustomerSender.value == folded)
    domain = folded.rpartition("@")[2]
    by_domain = and_(CustomerSender.kind == "domain", CustomerSender.value == domain)
    theirs = select(CustomerSender.id).where(
        CustomerSender.customer_id == customer_id, or_(by_address, by_domain)
    )
    return bool(session.scalar(select(exists(theirs))))


def newest_template(
    session: Session, *, event: str, locale: str
) -> NotificationTemplate | None:
    """Return the newest words the workshop wrote for a letter, be they withdrawn or not."""
    return next(iter(template_versions(session, event=event, locale=locale, most=1)), None)


def template_versions(
    session: Session, *, event: str, locale: str, most: int
) -> Sequence[NotificationTemplate]:
    """Return the versions of a letter's words, newest first."""
    query = (
        select(NotificationTemplate)
        .filter_by(event=event, locale=locale)
        .order_by(NotificationTemplate.version.desc())
        .limit(most)
    )
    return session.scalars(query).all()
