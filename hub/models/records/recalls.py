"""Recalls, real and rehearsed: what was found, what was stopped, and how long it took."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from hub.models.records.base import BigId, Record


class Recall(Record):
    """One recall of everything a lot went into; a drill finds the same and changes nothing."""

    __tablename__ = "recall"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("state IN ('open', 'closed')", "state"),
    )

    number: Mapped[str]
    lot_id: Mapped[int] = mapped_column(BigId, ForeignKey("lot.id"))
    reason: Mapped[str]
    is_drill: Mapped[bool]
    state: Mapped[str] = mapped_column(default="open")
    found: Mapped[dict[str, object]] = mapped_column(default=dict)
    """The figures as they were when it started: counts and the mass balance, no person's data."""
    took_ms: Mapped[int | None]
    """From the press of the button to the whole answer."""
    started_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    who: Mapped[str]


class RecallLot(Record):
    """A lot the recall reaches: the one it began with, what went in, what came out."""

    __tablename__ = "recall_lot"
    __table_args__ = (
        UniqueConstraint("recall_id", "lot_id"),
        Index("ix_recall_lot_lot_id", "lot_id"),
    )

    recall_id: Mapped[int] = mapped_column(BigId, ForeignKey("recall.id"))
    lot_id: Mapped[int] = mapped_column(BigId, ForeignKey("lot.id"))
    state_before: Mapped[str]
    is_start: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the recall begins with it; all others came of such a one."""


class RecallOrder(Record):
    """An order the recall reaches: sent goods to ask back, or stopped before it left."""

    __tablename__ = "recall_order"
    __table_args__ = (
        UniqueConstraint("recall_id", "order_id"),
        Index("ix_recall_order_order_id", "order_id"),
    )

    recall_id: Mapped[int] = mapped_column(BigId, ForeignKey("recall.id"))
    order_id: Mapped[int] = mapped_column(BigId, ForeignKey("sales_order.id"))
    was_sent: Mapped[bool]
    was_held: Mapped[bool]
    """Whether this recall put the order on hold."""
    told_at: Mapped[datetime | None]
    """When a person said that the buyer was told."""
    told_by: Mapped[str] = mapped_column(default="")
