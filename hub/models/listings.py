"""What channels sell, and what each listing means in our items."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.models.base import BigId, Record


class Listing(Record):
    """One thing one channel account sells, as orders have shown it to us."""

    __tablename__ = "listing"
    __table_args__ = (
        UniqueConstraint("account_id", "key"),
        Index("ix_listing_sku_key", "sku_key"),
        Index("ix_listing_state", "state", "id"),
        CheckConstraint(
            "state IN ('unmapped', 'suggested', 'mapped', 'not_produced')", "state"
        ),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("channel_account.id"))
    key: Mapped[str]
    sku: Mapped[str] = mapped_column(default="")
    sku_key: Mapped[str] = mapped_column(default="")
    """The SKU as `mapping.listing.sku_key` folds it."""
    title: Mapped[str] = mapped_column(default="")
    variant_title: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="unmapped")
    """unmapped | suggested | mapped | not_produced"""
    matched_by: Mapped[str] = mapped_column(default="")
    """person | account_sku | sku_anywhere: who or what said so."""
    mapped_at: Mapped[datetime | None]
    mapped_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]

    components: Mapped[list["ListingComponent"]] = relationship(
        back_populates="listing",
        order_by="ListingComponent.id",
        lazy="raise",
        cascade="all, delete-orphan",
    )


class ListingComponent(Record):
    """How much of one item a piece of the listing holds."""

    __tablename__ = "listing_component"
    __table_args__ = (
        UniqueConstraint("listing_id", "item_id"),
        Index("ix_listing_component_item_id", "item_id"),
        CheckConstraint("quantity > 0", "quantity"),
    )

    listing_id: Mapped[int] = mapped_column(BigId, ForeignKey("listing.id"))
    item_id: Mapped[int] = mapped_column(BigId, ForeignKey("item.id"))
    quantity: Mapped[int]

    listing: Mapped[Listing] = relationship(back_populates="components", lazy="raise")
