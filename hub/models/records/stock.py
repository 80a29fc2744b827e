"""Lots, the append-only ledger, what is on hand, and what is spoken for."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from hub.models.records.base import BigId, Record


class Lot(Record):
    """A traceable quantity of one item: received from a supplier or made in one run."""

    __tablename__ = "lot"
    __table_args__ = (
        UniqueConstraint("item_id", "code"),
        Index("ix_lot_code", "code"),
        Index("ix_lot_purchase_line_id", "purchase_line_id"),
        Index("ix_lot_best_before", "best_before", "id"),
        Index("ix_lot_received_at", "received_at", "id"),
        Index("ix_lot_state", "state", "best_before", "id"),
        CheckConstraint("state IN ('available', 'quarantined', 'recalled')", "state"),
    )

    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"))
    code: Mapped[str]
    best_before: Mapped[date | None]
    supplier_lot: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="available")
    """available | quarantined | recalled"""
    unit_cost_micros: Mapped[int | None]
    """Millionths of the currency's main unit for one base unit of the item."""
    currency: Mapped[str] = mapped_column(default="")
    received_at: Mapped[datetime]

    purchase_line_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("purchase_line.id")
    )
    """What we had ordered it with; None: it came without an order, or was made here."""
    awaits_check: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Put aside for no other reason than its quality check: planning counts on it."""


class LotBalance(Record):
    """What the ledger says of a lot, kept in the same transaction."""

    __tablename__ = "lot_balance"
    __table_args__ = (
        UniqueConstraint("lot_id"),
        CheckConstraint("reserved >= 0 AND reserved <= on_hand", "reserved"),
        Index("ix_lot_balance_item_id", "item_id"),
    )

    lot_id: Mapped[int] = mapped_column(BigId, ForeignKey("lot.id"))
    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"))
    on_hand: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0)


class StockMove(Record):
    """One line of the ledger. Never changed: a mistake is mended by another move."""

    __tablename__ = "stock_move"
    __table_args__ = (
        UniqueConstraint("kind", "ref_type", "ref_id", "lot_id"),
        CheckConstraint("quantity <> 0", "quantity"),
        CheckConstraint(
            "kind IN ('received', 'produced', 'returned', 'consumed', 'shipped',"
            " 'scrapped', 'adjusted')",
            "kind",
        ),
        Index("ix_stock_move_lot_id", "lot_id"),
        Index("ix_stock_move_item_id", "item_id", "id"),
        Index("uq_stock_move_reverses_id", "reverses_id", unique=True),
    )

    lot_id: Mapped[int] = mapped_column(BigId, ForeignKey("lot.id"))
    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"))
    quantity: Mapped[int]
    """Thousandths; in is positive, out is negative."""
    kind: Mapped[str]
    """received | produced | returned | consumed | shipped | scrapped | adjusted"""
    ref_type: Mapped[str]
    """lot | completion | shipment | adjustment | decision | undo: what made it move;
    production_order is that of a run finished before runs could be completed in parts."""
    ref_id: Mapped[str]
    """Its id in decimal; of an undo, the move it takes back. One move a lot and reference:
    pieces of lines are summed first."""
    at: Mapped[datetime]
    who: Mapped[str]
    why: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="", server_default="")
    """Why it was counted, scrapped or put right, as a machine word; `why` is a person's note."""
    reverses_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("stock_move.id"))
    """The move this one takes back: same kind, opposite sign; each is taken back once."""


class Reservation(Record):
    """A part of a lot spoken for: by a demand (an allocation) or by a run's need."""

    __tablename__ = "reservation"
    __table_args__ = (
        UniqueConstraint("lot_id", "demand_id"),
        UniqueConstraint("lot_id", "need_id"),
        CheckConstraint("quantity > 0", "quantity"),
        CheckConstraint("(demand_id IS NULL) <> (need_id IS NULL)", "owner"),
        Index("ix_reservation_demand_id", "demand_id"),
        Index("ix_reservation_need_id", "need_id"),
        Index("ix_reservation_item_id", "item_id"),
    )

    lot_id: Mapped[int] = mapped_column(BigId, ForeignKey("lot.id"))
    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"))
    demand_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("demand.id"))
    need_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("production_need.id"))
    quantity: Mapped[int]
    is_firm: Mapped[bool] = mapped_column(default=False)
    """Firm ones (packed, or picked for a running run) are given; plans rewrite the rest."""
