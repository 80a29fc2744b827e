"""Suppliers, what they sell us and how, what we ordered, and whom it is for."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.models.records.base import BigId, Record


class Supplier(Record):
    """Somebody we buy from."""

    __tablename__ = "supplier"
    __table_args__ = (UniqueConstraint("code"),)

    code: Mapped[str]
    name: Mapped[str]
    email: Mapped[str] = mapped_column(default="")
    currency: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class SupplierItem(Record):
    """How one supplier sells one item."""

    __tablename__ = "supplier_item"
    __table_args__ = (
        UniqueConstraint("supplier_id", "item_id"),
        Index("ix_supplier_item_item_id", "item_id"),
        CheckConstraint("smallest >= 0 AND multiple > 0", "sizes"),
        CheckConstraint("lead_time_days IS NULL OR lead_time_days >= 0", "lead_time"),
    )

    supplier_id: Mapped[int] = mapped_column(BigId, ForeignKey("supplier.id"))
    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"))
    supplier_code: Mapped[str] = mapped_column(default="")
    """What the supplier calls it."""
    lead_time_days: Mapped[int | None]
    """None: the item's own."""
    smallest: Mapped[int] = mapped_column(default=0)
    """They sell no less; thousandths of the item's base unit."""
    multiple: Mapped[int] = mapped_column(default=1)
    """They sell in whole packs of so much; thousandths."""
    unit_cost_micros: Mapped[int | None]
    """Millionths of the currency's main unit for one base unit of the item."""
    currency: Mapped[str] = mapped_column(default="")
    is_preferred: Mapped[bool] = mapped_column(default=False)


class PurchaseOrder(Record):
    """What we ordered of one supplier. States: draft -> ordered -> received, or cancelled."""

    __tablename__ = "purchase_order"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("state IN ('draft', 'ordered', 'received', 'cancelled')", "state"),
        Index("ix_purchase_order_state", "state", "id"),
    )

    number: Mapped[str]
    supplier_id: Mapped[int] = mapped_column(BigId, ForeignKey("supplier.id"))
    state: Mapped[str] = mapped_column(default="draft")
    ordered_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class PurchaseLine(Record):
    """So much of one item in a purchase order; thousandths of its base unit."""

    __tablename__ = "purchase_line"
    __table_args__ = (
        UniqueConstraint("purchase_order_id", "item_id"),
        Index("ix_purchase_line_item_id", "item_id"),
        CheckConstraint("quantity > 0 AND received >= 0", "quantity"),
    )

    purchase_order_id: Mapped[int] = mapped_column(BigId, ForeignKey("purchase_order.id"))
    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"))
    quantity: Mapped[int]
    received: Mapped[int] = mapped_column(default=0)
    """May pass `quantity`: suppliers send more, too."""
    expected_on: Mapped[date | None]
    is_closed: Mapped[bool] = mapped_column(default=False)
    """Nothing more is expected, whatever came."""
    unit_cost_micros: Mapped[int | None]
    currency: Mapped[str] = mapped_column(default="")


class PurchaseCover(Record):
    """So much of a purchase on its way is for one demand or need; rewritten by each plan."""

    __tablename__ = "purchase_cover"
    __table_args__ = (
        UniqueConstraint("purchase_line_id", "demand_id"),
        UniqueConstraint("purchase_line_id", "need_id"),
        CheckConstraint("quantity > 0", "quantity"),
        CheckConstraint("(demand_id IS NULL) <> (need_id IS NULL)", "owner"),
        Index("ix_purchase_cover_item_id", "item_id"),
        Index("ix_purchase_cover_demand_id", "demand_id"),
        Index("ix_purchase_cover_need_id", "need_id"),
    )

    purchase_line_id: Mapped[int] = mapped_column(BigId, ForeignKey("purchase_line.id"))
    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"))
    demand_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("demand.id"))
    need_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("production_need.id"))
    quantity: Mapped[int]
