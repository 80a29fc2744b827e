"""What happened at the bench: each completion of a run, and when each step has its place."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.models.records.base import BigId, Record


class Completion(Record):
    """One time somebody said what came out of a run; the ledger's moves name it.

    The lot it went into is the production_output of the same run and number.
    """

    __tablename__ = "completion"
    __table_args__ = (
        UniqueConstraint("production_order_id", "number"),
        CheckConstraint("produced >= 0 AND scrapped >= 0", "yield"),
    )

    production_order_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("production_order.id")
    )
    number: Mapped[int]
    """1, 2, 3 ... within the run."""
    produced: Mapped[int]
    scrapped: Mapped[int] = mapped_column(default=0)
    scrap_reason: Mapped[str] = mapped_column(default="")
    """A machine word (hub/domain/making/scrap.py), empty: nobody said; `note` is a person's own."""
    note: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    who: Mapped[str]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str] = mapped_column(default="")
    undone_why: Mapped[str] = mapped_column(default="")


class CompletionUse(Record):
    """So much of a lot was used for one need at a completion, a substitute's lot perhaps."""

    __tablename__ = "completion_use"
    __table_args__ = (
        UniqueConstraint("completion_id", "need_id", "lot_id"),
        Index("ix_completion_use_need_id", "need_id"),
        CheckConstraint("quantity > 0 AND counts >= 0", "quantity"),
    )

    completion_id: Mapped[int] = mapped_column(BigId, ForeignKey("completion.id"))
    need_id: Mapped[int] = mapped_column(BigId, ForeignKey("production_need.id"))
    lot_id: Mapped[int] = mapped_column(BigId, ForeignKey("lot.id"))
    quantity: Mapped[int]
    """Thousandths of what is in the lot; the ledger moved as much."""
    counts: Mapped[int]
    """Thousandths of what the need asks for: the same, but for a substitute."""


class CompletionGift(Record):
    """So much of what a completion gave was put aside for one link of its run."""

    __tablename__ = "completion_gift"
    __table_args__ = (
        UniqueConstraint("completion_id", "link_id"),
        Index("ix_completion_gift_link_id", "link_id"),
        CheckConstraint("quantity > 0", "quantity"),
    )

    completion_id: Mapped[int] = mapped_column(BigId, ForeignKey("completion.id"))
    link_id: Mapped[int] = mapped_column(BigId, ForeignKey("production_link.id"))
    quantity: Mapped[int]


class ProductionSlot(Record):
    """When one step of a run has its work centre; rewritten by each schedule."""

    __tablename__ = "production_slot"
    __table_args__ = (
        UniqueConstraint("production_order_id", "position"),
        Index("ix_production_slot_centre", "work_centre_id", "starts_on"),
    )

    production_order_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("production_order.id")
    )
    position: Mapped[int]
    name: Mapped[str] = mapped_column(default="")
    work_centre_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("work_centre.id"))
    minutes: Mapped[int]
    starts_on: Mapped[date]
    starts_minute: Mapped[int]
    """Minutes of that day's opening hours already gone when it starts."""
    ends_on: Mapped[date]
    ends_minute: Mapped[int]
