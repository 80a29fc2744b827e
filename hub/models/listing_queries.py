"""What is known about the listings of an order: their own mapping, and what others with the SKU mean."""

from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from hub.models.items import Item
from hub.models.listings import Listing, ListingComponent
from hub.models.orders import OrderLine, SalesOrder

Components = tuple[tuple[int, int], ...]
"""(item id, thousandths of it in one piece), ascending item id."""

ONE_PIECE = 1000


def listings_by_key(
    session: Session, *, account_id: int, keys: Collection[str]
) -> dict[str, Listing]:
    """Load an account's listings with their components."""
    query = (
        select(Listing)
        .where(Listing.account_id == account_id, Listing.key.in_(keys))
        .options(selectinload(Listing.components))
    )
    return {listing.key: listing for listing in session.scalars(query)}


def components_of(listing: Listing) -> Components:
    """Return what one piece of a listing holds."""
    return tuple(sorted((each.item_id, each.quantity) for each in listing.components))


def said_by_person(session: Session, *, sku_key: str) -> list[tuple[int, Components]]:
    """Return (account id, components) of every listing with this SKU that a person mapped."""
    if not sku_key:
        return []
    query = (
        select(Listing)
        .where(Listing.sku_key == sku_key, Listing.state == "mapped")
        .where(Listing.matched_by == "person")
        .options(selectinload(Listing.components))
        .order_by(Listing.id)
    )
    return [(listing.account_id, components_of(listing)) for listing in session.scalars(query)]


def items_coded(session: Session, *, sku_key: str) -> list[Components]:
    """Return, as components, the countable items whose own code is this SKU."""
    if not sku_key:
        return []
    query = select(Item.id).where(Item.code_key == sku_key, Item.unit == "each").order_by(Item.id)
    return [((item_id, ONE_PIECE),) for item_id in session.scalars(query)]


def waiting_orders(session: Session, *, listing_ids: Iterable[int]) -> list[int]:
    """Return the open orders with a line of one of these listings, oldest first."""
    query = (
        select(SalesOrder.id)
        .join(OrderLine, OrderLine.order_id == SalesOrder.id)
        .where(OrderLine.listing_id.in_(list(listing_ids)))
        .where(SalesOrder.intent.in_(("open", "on_hold")))
        .distinct()
        .order_by(SalesOrder.id)
    )
    return list(session.scalars(query))


def lines_of(session: Session, *, listing_ids: Iterable[int]) -> list[OrderLine]:
    """Return the lines of open orders that sold one of these listings, oldest first."""
    query = (
        select(OrderLine)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .where(OrderLine.listing_id.in_(list(listing_ids)))
        .where(SalesOrder.intent.in_(("open", "on_hold")))
        .order_by(OrderLine.id)
    )
    return list(session.scalars(query))


def clear_components(session: Session, listing: Listing) -> None:
    """Take away what a listing was said to hold."""
    for component in list(listing.components):
        listing.components.remove(component)
    session.flush()


def set_components(session: Session, listing: Listing, components: Components) -> None:
    """Say what a piece of a listing holds, in place of what was said before."""
    clear_components(session, listing)
    listing.components.extend(
        ListingComponent(item_id=item_id, quantity=quantity) for item_id, quantity in components
    )
    session.flush()
