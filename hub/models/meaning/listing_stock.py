"""Listings as the publishing of stock sees them: what they hold, and what is owed about them."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from hub.models.claims.outbox import OWED
from hub.models.records.channels import ChannelAccount
from hub.models.records.listings import Listing, ListingComponent
from hub.models.records.messages import OutboundMessage


def listings_holding(
    session: Session, *, item_ids: Collection[int]
) -> list[tuple[Listing, ChannelAccount]]:
    """Return the listings with one of these items in them, where their account is not off."""
    holding = select(ListingComponent.listing_id).where(
        ListingComponent.item_id.in_(item_ids)
    )
    query = (
        select(Listing, ChannelAccount)
        .join(ChannelAccount, ChannelAccount.id == Listing.account_id)
        .where(Listing.id.in_(holding), ChannelAccount.mode != "off")
        .options(selectinload(Listing.components))
        .order_by(Listing.id)
        .execution_options(populate_existing=True)
    )
    return [(listing, account) for listing, account in session.execute(query)]


def listing_and_account(
    session: Session, *, listing_id: int
) -> tuple[Listing, ChannelAccount]:
    """Return one listing as it is now, with its components and its account."""
    query = (
        select(Listing, ChannelAccount)
        .join(ChannelAccount, ChannelAccount.id == Listing.account_id)
        .where(Listing.id == listing_id)
        .options(selectinload(Listing.components))
        .execution_options(populate_existing=True)
    )
    listing, account = session.execute(query).one()
    return listing, account


def counted_listings(
    session: Session, *, account_id: int, after: int = 0, limit: int | None = None
) -> Sequence[Listing]:
    """Return an account's mapped listings whose stock its channel counts, by ascending id."""
    query = (
        select(Listing)
        .where(Listing.account_id == account_id, Listing.id > after)
        .where(Listing.state == "mapped", Listing.is_active, Listing.is_tracked.is_(True))
        .options(selectinload(Listing.components))
        .order_by(Listing.id)
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).all()


def items_sold(session: Session, *, account_id: int) -> set[int]:
    """Return the items in an account's mapped listings."""
    query = (
        select(ListingComponent.item_id)
        .join(Listing, Listing.id == ListingComponent.listing_id)
        .where(Listing.account_id == account_id, Listing.state == "mapped")
    )
    return set(session.scalars(query))


def listings_kept_as(
    session: Session, *, account_id: int, inventory_id: str
) -> Sequence[Listing]:
    """Return the listings whose stock an account keeps under an id."""
    query = (
        select(Listing)
        .where(Listing.account_id == account_id, Listing.inventory_id == inventory_id)
        .options(selectinload(Listing.components))
        .order_by(Listing.id)
    )
    return session.scalars(query).all()


def open_stock_rows(
    session: Session, *, listing_ids: Collection[int]
) -> list[OutboundMessage]:
    """Return what is owed about these listings' stock, or held for a person; oldest first."""
    query = (
        select(OutboundMessage)
        .where(OutboundMessage.listing_id.in_(listing_ids))
        .where(OutboundMessage.state.in_((*OWED, "held")))
        .order_by(OutboundMessage.id)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def rehearsed_stock_rows(
    session: Session, *, listing_ids: Collection[int]
) -> list[OutboundMessage]:
    """Return the newest message about each listing's stock, where that one was only rehearsed."""
    newest = (
        select(func.max(OutboundMessage.id))
        .where(OutboundMessage.listing_id.in_(listing_ids))
        .group_by(OutboundMessage.listing_id)
    )
    query = select(OutboundMessage).where(
        OutboundMessage.id.in_(newest), OutboundMessage.state == "shadowed"
    )
    return list(session.scalars(query))
