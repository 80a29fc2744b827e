"""What we make and what we make it from: items, recipes and work centres."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.models.records.base import BigId, Record

ACTIVE = text("is_active")
ACTIVE_SQLITE = text("is_active = 1")


class Item(Record):
    """Anything we hold in stock, counted in thousandths of its unit."""

    __tablename__ = "item"
    __table_args__ = (
        UniqueConstraint("code"),
        Index("ix_item_code_key", "code_key"),
        Index("ix_item_name", "name", "id"),
        Index("ix_item_kind", "kind", "id"),
        Index("uq_item_variant", "family_id", "options_key", unique=True),
        CheckConstraint("unit IN ('g', 'ml', 'each', 'm')", "unit"),
        CheckConstraint(
            "kind IN ('product', 'intermediate', 'material', 'packaging')", "kind"
        ),
        CheckConstraint("policy IN ('make_to_order', 'make_to_stock')", "policy"),
    )

    code: Mapped[str]
    code_key: Mapped[str]
    """The code as `mapping.listing.sku_key` folds it."""
    name: Mapped[str]
    kind: Mapped[str]
    """product | intermediate | material | packaging"""
    unit: Mapped[str]
    policy: Mapped[str] = mapped_column(default="make_to_order")
    """make_to_order | make_to_stock"""
    reorder_point: Mapped[int] = mapped_column(default=0)
    safety_stock: Mapped[int] = mapped_column(default=0)
    lead_time_days: Mapped[int | None]
    """How long a supplier takes; None when nobody said."""
    shelf_life_days: Mapped[int | None]
    min_remaining_days: Mapped[int] = mapped_column(default=0)
    """Days a lot must still be good for when it ships."""
    density_mg_per_ml: Mapped[int | None]
    allergens: Mapped[list[object]] = mapped_column(default=list)
    created_at: Mapped[datetime]

    stock_up_to: Mapped[int] = mapped_column(default=0, server_default="0")
    """Once below reorder point or safety stock, fill up to at least this."""
    stock_short: Mapped[int] = mapped_column(default=0, server_default="0")
    """What the last plan found missing to the wanted free stock and could not plan as a run."""
    makeable: Mapped[int] = mapped_column(default=0, server_default="0")
    """What could still be made of it for new orders, beside all else that is sold; thousandths.
    As the last plan found (hub/domain/planning/offering.py)."""
    window_days: Mapped[int | None]
    """Orders due within so many days share a run; None: as the workshop says."""
    quality_hold: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether what is made waits in quarantine until somebody lets it go."""
    lot_pattern: Mapped[str] = mapped_column(default="", server_default="")
    """How its lot codes are made; empty: as the workshop says."""
    family_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("item.id"))
    """For a variant: the item it is finished from, whose recipe offers the options."""
    options: Mapped[dict[str, object]] = mapped_column(default=dict, server_default="{}")
    """For a variant: option -> value."""
    options_key: Mapped[str | None]
    """The options in one line, so that each variant is one item."""


class WorkCentre(Record):
    """Where runs happen, and when it is open."""

    __tablename__ = "work_centre"
    __table_args__ = (UniqueConstraint("code"),)

    code: Mapped[str]
    name: Mapped[str]
    open_minutes: Mapped[list[object]]
    """Minutes open on each weekday, Monday first: seven integers."""
    opens_at: Mapped[int] = mapped_column(default=480, server_default="480")
    """Minutes after midnight at which an open day begins."""
    keeps_holidays: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether it is shut on the public holidays of the workshop's country."""


class WorkCentreClosure(Record):
    """A day a work centre is shut."""

    __tablename__ = "work_centre_closure"
    __table_args__ = (UniqueConstraint("work_centre_id", "day"),)

    work_centre_id: Mapped[int] = mapped_column(BigId, ForeignKey("work_centre.id"))
    day: Mapped[date]
    why: Mapped[str] = mapped_column(default="")


class WorkCentreOpening(Record):
    """A day a work centre works longer or shorter than usual, whatever else is said of it."""

    __tablename__ = "work_centre_opening"
    __table_args__ = (
        UniqueConstraint("work_centre_id", "day"),
        CheckConstraint("minutes > 0 AND minutes <= 1440", "minutes"),
    )

    work_centre_id: Mapped[int] = mapped_column(BigId, ForeignKey("work_centre.id"))
    day: Mapped[date]
    minutes: Mapped[int]
    why: Mapped[str] = mapped_column(default="")


class Recipe(Record):
    """One version of how an item is made. It is never edited, only followed by the next."""

    __tablename__ = "recipe"
    __table_args__ = (
        UniqueConstraint("item_id", "version"),
        Index(
            "uq_recipe_active",
            "item_id",
            unique=True,
            postgresql_where=ACTIVE,
            sqlite_where=ACTIVE_SQLITE,
        ),
        CheckConstraint("batch_size > 0 AND loss_bp >= 0 AND loss_bp < 10000", "batch"),
        CheckConstraint("min_batches > 0 AND step_batches > 0", "lot_sizing"),
        CheckConstraint("max_batches IS NULL OR max_batches >= min_batches", "max_batches"),
    )

    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"))
    version: Mapped[int]
    is_active: Mapped[bool] = mapped_column(default=True)
    batch_size: Mapped[int]
    """Thousandths one batch yields before the expected loss."""
    loss_bp: Mapped[int] = mapped_column(default=0)
    """Expected loss in basis points (hundredths of a percent)."""
    min_batches: Mapped[int] = mapped_column(default=1)
    max_batches: Mapped[int | None]
    step_batches: Mapped[int] = mapped_column(default=1)
    work_centre_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("work_centre.id"))
    setup_minutes: Mapped[int] = mapped_column(default=0)
    batch_minutes: Mapped[int] = mapped_column(default=0)
    rest_days: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]

    lines: Mapped[list["RecipeLine"]] = relationship(
        back_populates="recipe", order_by="RecipeLine.id", lazy="raise"
    )


class RecipeLine(Record):
    """How much of one item goes into a batch."""

    __tablename__ = "recipe_line"
    __table_args__ = (
        UniqueConstraint("recipe_id", "item_id"),
        Index("ix_recipe_line_item_id", "item_id"),
        CheckConstraint("quantity > 0 AND waste_bp >= 0 AND waste_bp < 10000", "quantity"),
    )

    recipe_id: Mapped[int] = mapped_column(BigId, ForeignKey("recipe.id"))
    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"))
    quantity: Mapped[int]
    waste_bp: Mapped[int] = mapped_column(default=0)

    recipe: Mapped[Recipe] = relationship(back_populates="lines", lazy="raise")
