"""What needs an owner now, as the records say it: short, late, cut off, stuck, to be looked at."""

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.domain.letters.alerts import Kind, Signal
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item
from hub.models.records.mails import Review
from hub.models.records.messages import InboundMessage, OutboundMessage
from hub.models.records.notifications import Notification
from hub.models.records.orders import SalesOrder
from hub.models.records.people import User
from hub.models.records.planning import Shortage

STUCK = ("held", "dead")
MOST = 500
"""Of each kind so many are looked at, the oldest first."""


def signals_now(session: Session) -> list[Signal]:
    """Return what needs an owner, the kinds in the order they are told."""
    return [
        *_cut_off(session),
        *_stuck_out(session),
        *_stuck_in(session),
        *_at_risk(session),
        *_short(session),
        *_reviews(session),
    ]


def owners_to_tell(session: Session) -> Sequence[User]:
    """Return the owners who are written to when something needs somebody."""
    query = (
        select(User)
        .where(User.role == "owner", User.is_disabled.is_(False))
        .where(User.gets_alerts.is_(True))
        .order_by(User.id)
    )
    return session.scalars(query).all()


def _short(session: Session) -> Iterator[Signal]:
    query = (
        select(Item.id, Item.code, Item.name, Item.unit, func.sum(Shortage.quantity))
        .join(Shortage, Shortage.item_id == Item.id)
        .group_by(Item.id, Item.code, Item.name, Item.unit)
        .order_by(Item.id)
        .limit(MOST)
    )
    for item_id, code, name, unit, quantity in session.execute(query):
        yield Signal(
            kind=Kind.SHORTAGE, subject=f"item:{item_id}", name=f"{code} {name}",
            quantity=int(quantity), unit=unit,
        )  # fmt: skip


def _at_risk(session: Session) -> Iterator[Signal]:
    query = (
        select(SalesOrder)
        .where(SalesOrder.is_at_risk, SalesOrder.intent == "open")
        .order_by(SalesOrder.promised_on, SalesOrder.id)
        .limit(MOST)
    )
    for order in session.scalars(query):
        late = order.risk.get("days_late")
        yield Signal(
            kind=Kind.AT_RISK,
            subject=f"order:{order.id}:{order.promised_on}",
            name=order.number,
            detail=str(order.promised_on or ""),
            quantity=late if isinstance(late, int) else 0,
        )


def _cut_off(session: Session) -> Iterator[Signal]:
    query = (
        select(ChannelAccount)
        .where(ChannelAccount.needs_reconnect.is_(True), ChannelAccount.mode != "off")
        .order_by(ChannelAccount.id)
    )
    for account in session.scalars(query):
        yield Signal(
            kind=Kind.RECONNECT, subject=f"channel:{account.id}", name=account.name,
            detail=account.problem,
        )  # fmt: skip


def _stuck_in(session: Session) -> Iterator[Signal]:
    query = (
        select(
            InboundMessage.id,
            InboundMessage.done_at,
            InboundMessage.topic,
            InboundMessage.last_error,
            ChannelAccount.name,
        )
        .join(ChannelAccount, ChannelAccount.id == InboundMessage.account_id)
        .where(InboundMessage.state.in_(STUCK))
        .order_by(InboundMessage.id)
        .limit(MOST)
    )
    for number, done_at, topic, error, name in session.execute(query):
        yield Signal(
            kind=Kind.FAILURE, subject=f"in:{number}:{done_at}", name=f"{name} ({topic})",
            detail=error or "",
        )  # fmt: skip


def _stuck_out(session: Session) -> Iterator[Signal]:
    """Find what nobody took; a letter about this that does not arrive is not told by another."""
    query = (
        select(
            OutboundMessage.id,
            OutboundMessage.done_at,
            OutboundMessage.kind,
            OutboundMessage.last_error,
            ChannelAccount.name,
        )
        .join(ChannelAccount, ChannelAccount.id == OutboundMessage.account_id)
        .outerjoin(Notification, Notification.id == OutboundMessage.notification_id)
        .where(OutboundMessage.state.in_(STUCK))
        .where(Notification.event.is_(None) | (Notification.event != "alert"))
        .order_by(OutboundMessage.id)
        .limit(MOST)
    )
    for number, done_at, kind, error, name in session.execute(query):
        yield Signal(
            kind=Kind.FAILURE, subject=f"out:{number}:{done_at}", name=name, what=kind,
            detail=error or "",
        )  # fmt: skip


def _reviews(session: Session) -> Iterator[Signal]:
    query = select(Review).where(Review.state == "open").order_by(Review.id).limit(MOST)
    for review in session.scalars(query):
        yield Signal(
            kind=Kind.REVIEW, subject=f"review:{review.id}", name=review.sender,
            detail=review.subject,
        )  # fmt: skip
