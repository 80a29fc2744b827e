"""Listings as the mapping queue shows them: who waits, and what is known to compare with."""

from collections.abc import Collection

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from hub.models.items import Item
from hub.models.listing_queries import components_of
from hub.models.listings import Listing
from hub.models.newest import Newest, Window, newest
from hub.models.order_views import accounts_called
from hub.models.orders import Demand, OrderLine, SalesOrder
from mapping.match import Known, own_code

TO_BE_MAPPED = ("unmapped", "suggested")
"""Both wait for a person; a suggested one has answers that contradict each other."""


def find_listings(
    session: Session, *, state: str, channel: str, sku_key: str, window: Window
) -> Newest[Listing]:
    """Return one page of listings with their components; "unmapped" is all that waits."""
    query = select(Listing).options(selectinload(Listing.components))
    if state:
        states = TO_BE_MAPPED if state == "unmapped" else (state,)
        query = query.where(Listing.state.in_(states))
    if channel:
        query = query.where(Listing.account_id.in_(accounts_called(channel)))
    if sku_key:
        query = query.where(Listing.sku_key == sku_key)
    return newest(session, query, record=Listing, window=window)


def wanted_first(session: Session, *, limit: int) -> list[Listing]:
    """Return the listings that open orders wait for, the longest wait first.

    A catalogue that was read brings hundreds nobody has ordered yet; these must not drown in them.
    """
    waits_since = func.min(SalesOrder.placed_at)
    waiting = (
        select(OrderLine.listing_id, waits_since.label("since"))
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .where(OrderLine.state.in_(TO_BE_MAPPED), OrderLine.listing_id.is_not(None))
        .where(SalesOrder.intent.in_(("open", "on_hold")))
        .group_by(OrderLine.listing_id)
        .subquery()
    )
    query = (
        select(Listing)
        .join(waiting, waiting.c.listing_id == Listing.id)
        .options(selectinload(Listing.components))
        .order_by(waiting.c.since, Listing.id)
    )
    return list(session.scalars(query.limit(limit)))


def listing_with_components(session: Session, *, listing_id: int) -> Listing | None:
    """Return one listing with its components."""
    query = select(Listing).filter_by(id=listing_id)
    return session.scalar(query.options(selectinload(Listing.components)))


def waiting_counts(session: Session, *, listing_ids: Collection[int]) -> dict[int, int]:
    """Count the open orders with an unmapped line of each listing."""
    query = (
        select(OrderLine.listing_id, func.count(func.distinct(OrderLine.order_id)))
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .where(OrderLine.listing_id.in_(listing_ids))
        .where(OrderLine.state.in_(TO_BE_MAPPED))
        .where(SalesOrder.intent.in_(("open", "on_hold")))
        .group_by(OrderLine.listing_id)
    )
    return {
        listing_id: count
        for listing_id, count in session.execute(query)
        if listing_id is not None
    }


def open_demand(session: Session, *, listing: Listing) -> dict[int, int]:
    """Return what open orders still ask for through a listing, or others with its SKU, by item."""
    same_sku = Listing.sku_key == listing.sku_key
    kin = (
        or_(Listing.id == listing.id, same_sku)
        if listing.sku_key
        else Listing.id == listing.id
    )
    query = (
        select(Demand.item_id, func.sum(Demand.quantity - Demand.shipped))
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .join(Listing, Listing.id == OrderLine.listing_id)
        .where(kin, SalesOrder.intent.in_(("open", "on_hold")))
        .group_by(Demand.item_id)
    )
    return {item_id: int(quantity) for item_id, quantity in session.execute(query)}


def known_meanings(session: Session) -> list[Known]:
    """Return all whose meaning is known: mapped listings, and countable items by their own code."""
    mapped = (
        select(Listing)
        .where(Listing.state == "mapped")
        .options(selectinload(Listing.components))
        .order_by(Listing.id)
    )
    known = [
        Known(
            components=components_of(listing),
            sku=listing.sku,
            title=listing.title,
            variant_title=listing.variant_title,
            barcode=listing.barcode,
        )
        for listing in session.scalars(mapped)
    ]
    for item in session.scalars(select(Item).order_by(Item.id)):
        if components := own_code(item.id, base=item.unit):
            known.append(Known(components=components, sku=item.code, title=item.name))
    return known
