"""Production orders, what they need and yield, and the links to what they are made for."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.models.records.base import BigId, Record


class ProductionOrder(Record):
    """One run of a recipe. States: planned -> released -> running -> done, or cancelled."""

    __tablename__ = "production_order"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("batches > 0 AND planned > 0", "batches"),
        CheckConstraint("produced >= 0 AND scrapped >= 0", "yield"),
        CheckConstraint(
            "state IN ('planned', 'released', 'running', 'done', 'cancelled')", "state"
        ),
        Index("ix_production_order_item_id_state", "item_id", "state"),
        Index("ix_production_order_state", "state", "id"),
        Index("ix_production_order_finished_at", "finished_at"),
    )

    number: Mapped[str]
    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"))
    recipe_id: Mapped[int] = mapped_column(BigId, ForeignKey("recipe.id"))
    recipe: Mapped[dict[str, object]]
    """The recipe as planned, frozen at release: later versions do not change it."""
    state: Mapped[str] = mapped_column(default="planned")
    batches: Mapped[int]
    planned: Mapped[int]
    """Good yield expected of all batches, thousandths."""
    produced: Mapped[int] = mapped_column(default=0)
    scrapped: Mapped[int] = mapped_column(default=0)
    work_centre_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("work_centre.id"))
    needed_on: Mapped[date | None]
    priority: Mapped[int | None]
    """Of the most urgent demand it serves; None when it is for stock alone."""
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    ready_on: Mapped[date | None]
    """After resting days, when its output can be packed. All None while nobody can say."""
    released_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    pinned_on: Mapped[date | None]
    """The day a person wants it to start; the planner leaves its size and links alone."""
    no_day: Mapped[str] = mapped_column(default="", server_default="")
    """Why it has no place in a calendar (hub/domain/days/schedule.py: NoSlot); empty: it has."""
    full_until: Mapped[date | None]
    """The day until which its work centre had no room for it; None: it did not wait for room."""
    not_before: Mapped[date | None]
    """Ready before that day, its goods would be too old for whom they are made; None: never."""


class ProductionNeed(Record):
    """How much of one item a run needs, and has used."""

    __tablename__ = "production_need"
    __table_args__ = (
        UniqueConstraint("production_order_id", "item_id"),
        CheckConstraint("needed >= 0 AND consumed >= 0", "needed"),
        Index("ix_production_need_item_id", "item_id"),
    )

    production_order_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("production_order.id")
    )
    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"))
    needed: Mapped[int]
    consumed: Mapped[int] = mapped_column(default=0)


class ProductionOutput(Record):
    """A lot that came out of a run, once per completion."""

    __tablename__ = "production_output"
    __table_args__ = (
        UniqueConstraint("production_order_id", "completion"),
        CheckConstraint("quantity > 0", "quantity"),
        Index("ix_production_output_lot_id", "lot_id"),
    )

    production_order_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("production_order.id")
    )
    completion: Mapped[int]
    lot_id: Mapped[int] = mapped_column(BigId, ForeignKey("lot.id"))
    quantity: Mapped[int]


class ProductionLink(Record):
    """What a run is made for: an order line's demand, or another run's need. Never cut.

    Many to many. `planned` is what the run is to give, `done` what it gave. An edit or a
    cancellation lowers `planned` to what was done; the row stays.
    """

    __tablename__ = "production_link"
    __table_args__ = (
        UniqueConstraint("production_order_id", "demand_id"),
        UniqueConstraint("production_order_id", "need_id"),
        CheckConstraint("planned >= 0 AND done >= 0", "quantity"),
        CheckConstraint("(demand_id IS NULL) <> (need_id IS NULL)", "owner"),
        Index("ix_production_link_demand_id", "demand_id"),
        Index("ix_production_link_need_id", "need_id"),
    )

    production_order_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("production_order.id")
    )
    demand_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("demand.id"))
    need_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("production_need.id"))
    planned: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
