"""What the planner leaves behind: what to plan again, what is short, what was promised."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.models.records.base import BigId, Record


class Replan(Record):
    """An item whose plan is no longer right; written with the change.

    An item may be here twice: a plain insert waits for nobody, and the row of a change that
    the planner could not see yet outlives the planner taking the others.
    """

    __tablename__ = "replan"
    __table_args__ = (Index("ix_replan_item_id", "item_id"),)

    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"))
    at: Mapped[datetime]
    why: Mapped[str] = mapped_column(default="")
    cause: Mapped[dict[str, object]] = mapped_column(default=dict, server_default="{}")
    """The same as data (hub/domain/planning/explain.py), for pages to say in any language."""


class Shortage(Record):
    """What a demand or a run's need cannot have, and why; rewritten by each plan."""

    __tablename__ = "shortage"
    __table_args__ = (
        UniqueConstraint("demand_id"),
        UniqueConstraint("need_id"),
        CheckConstraint("quantity > 0", "quantity"),
        CheckConstraint("(demand_id IS NULL) <> (need_id IS NULL)", "owner"),
        Index("ix_shortage_item_id", "item_id"),
    )

    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"))
    demand_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("demand.id"))
    need_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("production_need.id"))
    quantity: Mapped[int]
    reason: Mapped[str]
    expected_on: Mapped[date | None]


class CheckCover(Record):
    """So much of a lot that waits for its quality check is for one demand or need.

    Rewritten by each plan. Nothing is reserved: only when the lot passes is it really theirs.
    """

    __tablename__ = "check_cover"
    __table_args__ = (
        UniqueConstraint("lot_id", "demand_id"),
        UniqueConstraint("lot_id", "need_id"),
        CheckConstraint("quantity > 0", "quantity"),
        CheckConstraint("(demand_id IS NULL) <> (need_id IS NULL)", "owner"),
        Index("ix_check_cover_item_id", "item_id"),
        Index("ix_check_cover_demand_id", "demand_id"),
        Index("ix_check_cover_need_id", "need_id"),
    )

    lot_id: Mapped[int] = mapped_column(BigId, ForeignKey("lot.id"))
    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"))
    demand_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("demand.id"))
    need_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("production_need.id"))
    quantity: Mapped[int]


class Promise(Record):
    """A version of what an order was told; the next is written when it changed."""

    __tablename__ = "promise"
    __table_args__ = (
        UniqueConstraint("order_id", "version"),
        # Who was promised a day first is read of every open order, and no more of it.
        Index("ix_promise_order_id", "order_id", "committed_on", "at"),
    )

    order_id: Mapped[int] = mapped_column(BigId, ForeignKey("sales_order.id"))
    version: Mapped[int]
    earliest_on: Mapped[date | None]
    committed_on: Mapped[date | None]
    reasons: Mapped[list[object]]
    at: Mapped[datetime]
