"""Shipments: which pieces of which lines left, from which lots, and how to follow them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.models.records.base import BigId, Record


class Shipment(Record):
    """One parcel of one order. States: packed -> shipped -> delivered, or cancelled."""

    __tablename__ = "shipment"
    __table_args__ = (
        UniqueConstraint("number"),
        Index("ix_shipment_order_id", "order_id"),
        Index("ix_shipment_state", "state", "id"),
        Index("ix_shipment_tracking_number", "tracking_number"),
        Index("ix_shipment_shipped_at", "shipped_at", "id"),
        CheckConstraint(
            "state IN ('packed', 'shipped', 'delivered', 'cancelled')", "state"
        ),
    )

    number: Mapped[str]
    order_id: Mapped[int] = mapped_column(BigId, ForeignKey("sales_order.id"))
    state: Mapped[str]
    carrier: Mapped[str] = mapped_column(default="")
    tracking_number: Mapped[str] = mapped_column(default="")
    tracking_url: Mapped[str] = mapped_column(default="")
    notify: Mapped[bool] = mapped_column(default=True)
    is_owed: Mapped[bool] = mapped_column(default=True)
    """Whether the channel is to hear of it: not by hand, nor with the account off."""
    packed_at: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class ShipmentLine(Record):
    """Pieces of one order line in one parcel."""

    __tablename__ = "shipment_line"
    __table_args__ = (
        UniqueConstraint("shipment_id", "order_line_id"),
        CheckConstraint("quantity > 0", "quantity"),
        Index("ix_shipment_line_order_line_id", "order_line_id"),
    )

    shipment_id: Mapped[int] = mapped_column(BigId, ForeignKey("shipment.id"))
    order_line_id: Mapped[int] = mapped_column(BigId, ForeignKey("order_line.id"))
    quantity: Mapped[int]


class ShipmentPick(Record):
    """How much of which lot those pieces are: the last link of the trace."""

    __tablename__ = "shipment_pick"
    __table_args__ = (
        UniqueConstraint("shipment_line_id", "demand_id", "lot_id"),
        CheckConstraint("quantity > 0", "quantity"),
        Index("ix_shipment_pick_lot_id", "lot_id"),
        Index("ix_shipment_pick_demand_id", "demand_id"),
    )

    shipment_line_id: Mapped[int] = mapped_column(BigId, ForeignKey("shipment_line.id"))
    demand_id: Mapped[int] = mapped_column(BigId, ForeignKey("demand.id"))
    lot_id: Mapped[int] = mapped_column(BigId, ForeignKey("lot.id"))
    quantity: Mapped[int]
