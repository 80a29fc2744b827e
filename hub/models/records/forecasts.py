"""What an item is expected to sell, as the last look at its history said."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.models.records.base import BigId, Record


class Forecast(Record):
    """One item's expected demand, the method that won, and how wrong it was on known weeks."""

    __tablename__ = "forecast"
    __table_args__ = (
        UniqueConstraint("item_id"),
        CheckConstraint(
            "per_week >= 0 AND reorder_point >= 0 AND safety_stock >= 0", "level"
        ),
    )

    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"))
    method: Mapped[str]
    """moving_average | croston_sba | tsb"""
    per_week: Mapped[int]
    """Thousandths of the item's base unit a week."""
    error: Mapped[int]
    """Mean absolute error a week in the back-test, thousandths."""
    weeks: Mapped[int]
    """Weeks of history it was made from."""
    reorder_point: Mapped[int]
    """Suggested, for the item's lead time."""
    safety_stock: Mapped[int]
    detail: Mapped[dict[str, object]] = mapped_column(default=dict)
    """Each method's error, and the weeks themselves, for the picture."""
    made_at: Mapped[datetime]
