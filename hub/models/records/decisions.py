"""What was decided when an order changed after work on it had begun, and what a person must do."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.models.records.base import BigId, Record

STANDING = text("needs_person AND done_at IS NULL")
STANDING_SQLITE = text("needs_person = 1 AND done_at IS NULL")


class Decision(Record):
    """One cell of hub/domain/orders/decisions.py as applied; append-only but for who did it."""

    __tablename__ = "decision"
    __table_args__ = (
        Index("ix_decision_order_id", "order_id", "id"),
        Index(
            "ix_decision_standing",
            "id",
            postgresql_where=STANDING,
            sqlite_where=STANDING_SQLITE,
        ),
        CheckConstraint("quantity >= 0", "quantity"),
    )

    order_id: Mapped[int] = mapped_column(BigId, ForeignKey("sales_order.id"))
    order_line_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("order_line.id"))
    item_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("item.id"))
    change: Mapped[str]
    """What the buyer or the shop did (hub/domain/orders/decisions.py: Change)."""
    stage: Mapped[str]
    """How far the goods were (Stage)."""
    decision: Mapped[str]
    """What follows (Decision)."""
    quantity: Mapped[int] = mapped_column(default=0)
    """Thousandths of the item; 0 where a quantity means nothing."""
    production_order_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("production_order.id")
    )
    shipment_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("shipment.id"))
    needs_person: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")
    """What they answered (hub/flow/orders/answer.py); empty while it stands, or none was asked."""
