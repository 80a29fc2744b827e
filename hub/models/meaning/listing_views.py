"""Listings as the mapping queue shows them: who waits, and what is known to compare with."""

from collections.abc import Collection

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from hub.models.newest import Newest, Window, newest
from hub.models.orders.order_views import accounts_called
from hub.models.records.listings import Listing
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from mapping.listing import fold_words

TO_BE_MAPPED = ("unmapped", "suggested")
"""Both wait for a person; a suggested one has answers that contradict each other."""


def find_listings(
    session: Session,
    *,
    state: str,
    channel: str,
    sku_key: str,
    window: Window,
    words: str = "",
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
    for each in fold_words(words).split():
        query = query.where(Listing.found_by.contains(each, autoescape=True))
    return newest(session, query, record=Listing, window=window)


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
