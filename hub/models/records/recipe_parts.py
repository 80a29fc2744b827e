"""The parts of a recipe beyond its lines: its steps, and what a choice adds to it."""

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.models.records.base import BigId, Record


class RecipeStep(Record):
    """One step of making, at one work centre. A recipe without steps is one step of its own."""

    __tablename__ = "recipe_step"
    __table_args__ = (
        UniqueConstraint("recipe_id", "position"),
        CheckConstraint(
            "setup_minutes >= 0 AND batch_minutes >= 0 AND rest_days >= 0", "time"
        ),
    )

    recipe_id: Mapped[int] = mapped_column(BigId, ForeignKey("recipe.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(default="")
    work_centre_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("work_centre.id"))
    setup_minutes: Mapped[int] = mapped_column(default=0)
    batch_minutes: Mapped[int] = mapped_column(default=0)
    rest_days: Mapped[int] = mapped_column(default=0)
    """Days it lies after this step before the next may begin."""


class RecipeChoice(Record):
    """What one value of an option adds to a batch: scent lavender takes so much lavender oil."""

    __tablename__ = "recipe_choice"
    __table_args__ = (
        UniqueConstraint("recipe_id", "option", "value", "item_id"),
        CheckConstraint(
            "(item_id IS NULL) = (quantity = 0) AND quantity >= 0"
            " AND waste_bp >= 0 AND waste_bp < 10000",
            "quantity",
        ),
    )

    recipe_id: Mapped[int] = mapped_column(BigId, ForeignKey("recipe.id"))
    option: Mapped[str]
    value: Mapped[str]
    item_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("item.id"))
    """None for a value that adds nothing."""
    quantity: Mapped[int]
    waste_bp: Mapped[int] = mapped_column(default=0)
