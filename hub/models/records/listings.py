"""What channels sell, and what each listing means in our items."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    event,
    false,
    true,
)
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from hub.models.records.base import BigId, Record
from mapping.listing import search_words


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
    is_ignored: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it is nothing we send at all (a tip, a gift card), when it is not produced."""
    said_for: Mapped[str] = mapped_column(default="everywhere", server_default="everywhere")
    """listing | account | everywhere: how far what a person said goes, by its SKU."""
    found_by: Mapped[str] = mapped_column(default="", server_default="")
    """Title, variant and SKU as `mapping.listing.search_words` folds them, to be searched in."""
    mapped_at: Mapped[datetime | None]
    mapped_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]

    product_id: Mapped[str] = mapped_column(default="", server_default="")
    variant_id: Mapped[str] = mapped_column(default="", server_default="")
    inventory_id: Mapped[str] = mapped_column(default="", server_default="")
    barcode: Mapped[str] = mapped_column(default="", server_default="")
    price_minor: Mapped[int | None]
    currency: Mapped[str] = mapped_column(default="", server_default="")
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether the channel still sells it."""
    is_tracked: Mapped[bool | None]
    """Whether the channel counts its stock; None while nobody has read the catalogue."""
    catalogued_at: Mapped[datetime | None]
    """When the catalogue last showed it; None for what only orders have shown us."""

    publishes: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether people want its stock told to the channel."""
    stock_wanted: Mapped[int | None]
    """Pieces the channel may sell; None is unknown, and unknown is never published."""
    stock_shown: Mapped[int | None]
    """Pieces the channel showed when we last looked or wrote."""
    stock_shown_at: Mapped[datetime | None]
    stock_told_at: Mapped[datetime | None]
    """When we last wrote it there."""
    stock_turn: Mapped[int] = mapped_column(default=0, server_default="0")
    """Counts our wishes, so that each has a key of its own."""

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


def _note_words(_mapper: Mapper[Listing], _connection: object, listing: Listing) -> None:
    """Keep what a listing is searched by beside what it says, whoever wrote it."""
    # Before its defaults are filled in: what nobody set is None here.
    said = search_words(listing.title or "", listing.variant_title or "", listing.sku or "")
    if listing.found_by != said:
        listing.found_by = said


event.listen(Listing, "before_insert", _note_words)
event.listen(Listing, "before_update", _note_words)
