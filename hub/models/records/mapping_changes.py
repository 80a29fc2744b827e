"""What was said of listings and by whom, and what somebody is trying out before they say it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.models.records.base import BigId, Record


class MappingChange(Record):
    """One saving of what a listing means: what stood there before, so that it can be taken back."""

    __tablename__ = "mapping_change"
    __table_args__ = (
        Index("ix_mapping_change_listing_id", "listing_id", "id"),
        Index("ix_mapping_change_batch", "batch"),
    )

    listing_id: Mapped[int] = mapped_column(BigId, ForeignKey("listing.id"))
    batch: Mapped[str] = mapped_column(default="")
    """Shared by those that were saved by one press, and are taken back by one."""
    before: Mapped[dict[str, object]]
    """{state, matched_by, is_ignored, components: [[item id, quantity]], options: {name: it}}"""
    after: Mapped[dict[str, object]]
    orders: Mapped[int] = mapped_column(default=0)
    """How many open orders it moved."""
    who: Mapped[str]
    at: Mapped[datetime]
    undone_by: Mapped[str] = mapped_column(default="")
    undone_at: Mapped[datetime | None]


class MappingDraft(Record):
    """What somebody thinks of saying of a listing; the test bench runs orders against it."""

    __tablename__ = "mapping_draft"
    __table_args__ = (UniqueConstraint("listing_id"),)

    listing_id: Mapped[int] = mapped_column(BigId, ForeignKey("listing.id"))
    meaning: Mapped[dict[str, object]]
    """As MappingChange.after."""
    who: Mapped[str]
    at: Mapped[datetime]


class ListingOption(Record):
    """Which choice of a recipe a buyer's option of a listing fills in: Scent -> scent."""

    __tablename__ = "listing_option"
    __table_args__ = (UniqueConstraint("listing_id", "name_key"),)

    listing_id: Mapped[int] = mapped_column(BigId, ForeignKey("listing.id"))
    name: Mapped[str]
    """As the channel calls it."""
    name_key: Mapped[str]
    """Folded, to compare by."""
    choice: Mapped[str]
    """The choice of the recipe (hub.models.records.recipe_parts.RecipeChoice)."""
