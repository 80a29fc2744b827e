"""What may stand in for what, and where the planner let it."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.models.records.base import BigId, Record


class Alternate(Record):
    """An item that a run may take where another is missing."""

    __tablename__ = "alternate"
    __table_args__ = (
        UniqueConstraint("item_id", "substitute_id"),
        Index("ix_alternate_substitute_id", "substitute_id"),
        CheckConstraint("item_id <> substitute_id AND factor_ppm > 0", "factor"),
    )

    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"))
    substitute_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"))
    factor_ppm: Mapped[int] = mapped_column(default=1_000_000)
    """Thousandths of the substitute for a million thousandths of the item."""
    rank: Mapped[int] = mapped_column(default=100)
    """Of several, the lower is taken first."""
    is_allowed: Mapped[bool] = mapped_column(default=True)
    """Whether the planner may use it without asking."""
    note: Mapped[str] = mapped_column(default="")


class Substitution(Record):
    """So much of a run's need is met by another item; rewritten by each plan until it starts."""

    __tablename__ = "substitution"
    __table_args__ = (
        UniqueConstraint("need_id", "item_id"),
        Index("ix_substitution_item_id", "item_id"),
        CheckConstraint("quantity > 0 AND replaces > 0", "quantity"),
    )

    need_id: Mapped[int] = mapped_column(BigId, ForeignKey("production_need.id"))
    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"))
    """The substitute; its lots are reserved for the same need."""
    quantity: Mapped[int]
    """Thousandths of the substitute."""
    replaces: Mapped[int]
    """Thousandths of what the need asks for."""
