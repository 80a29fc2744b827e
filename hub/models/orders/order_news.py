"""What the shop was told of an order, what it told us last, and where the two differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hub.models.records.messages import InboundMessage, OutboundMessage
from hub.models.records.orders import SalesOrder
from hub.models.records.upkeep import Drift, ManualTask

MOST_MESSAGES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The last message of the shop about an order."""

    topic: str
    source: str
    state: str
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNews:
    """An order as the messages between its shop and us have it."""

    messages: Sequence[OutboundMessage]
    """What it is owed and was told, newest first; letters to the buyer are no news for it."""
    is_cut: bool
    """Whether there are older ones than these."""
    drifts: Sequence[Drift]
    """Differences that were found and are not healed."""
    tasks: Sequence[ManualTask]
    """What a person is asked to do there."""
    heard: Heard | None


def order_news(session: Session, *, order: SalesOrder) -> OrderNews:
    """Load what was said about an order in either direction."""
    messages = _messages(session, OutboundMessage.order_id == order.id)
    drifts = select(Drift).where(
        Drift.account_id == order.account_id,
        Drift.external_id == order.external_id,
        Drift.kind != "stock",
        Drift.healed_at.is_(None),
    )
    tasks = select(ManualTask).where(
        ManualTask.account_id == order.account_id,
        ManualTask.order_id == order.id,
        ManualTask.state == "open",
    )
    return OrderNews(
        messages=messages[:MOST_MESSAGES],
        is_cut=len(messages) > MOST_MESSAGES,
        drifts=session.scalars(drifts.order_by(Drift.id)).all(),
        tasks=session.scalars(tasks.order_by(ManualTask.id)).all(),
        heard=_heard(session, order),
    )


def _messages(session: Session, which: ColumnElement[bool]) -> Sequence[OutboundMessage]:
    query = select(OutboundMessage).where(which, OutboundMessage.kind != "mail")
    newest = query.order_by(OutboundMessage.id.desc()).limit(MOST_MESSAGES + 1)
    return session.scalars(newest).all()


def _heard(session: Session, order: SalesOrder) -> Heard | None:
    record = InboundMessage
    query = (
        select(record.topic, record.source, record.state, record.received_at)
        .where(
            record.account_id == order.account_id,
            record.external_order_id == order.external_id,
        )
        .order_by(record.id.desc())
        .limit(1)
    )
    row = session.execute(query).first()
    return None if row is None else Heard(**row._mapping)
