"""What is known about listings: their own mapping, and what others with the SKU mean."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from hub.models.records.items import Item
from hub.models.records.listings import Listing, ListingComponent
from hub.models.records.orders import OrderLine, SalesOrder
from mapping.bundle import Component, Components, tidy
from mapping.match import own_code


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
    return tidy(
        Component(item_id=each.item_id, quantity=each.quantity)
        for each in listing.components
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person said of a SKU, through one listing that has it."""

    account_id: int
    components: Components
    """Empty: nothing is made for it."""
    said_for: str
    """account | everywhere"""
    is_ignored: bool


def said_of_sku(session: Session, *, sku_key: str) -> list[Said]:
    """Return what people said of a SKU, where it was meant beyond the one listing."""
    if not sku_key:
        return []
    query = (
        select(Listing)
        .where(Listing.sku_key == sku_key, Listing.state.in_(("mapped", "not_produced")))
        .where(Listing.matched_by == "person", Listing.said_for != "listing")
        .options(selectinload(Listing.components))
        .order_by(Listing.id)
    )
    return [
        Said(
            account_id=listing.account_id,
            components=components_of(listing),
            said_for=listing.said_for,
            is_ignored=listing.is_ignored,
        )
        for listing in session.scalars(query)
    ]


def said_by_person(session: Session, *, sku_key: str) -> list[tuple[int, Components]]:
    """Return (account id, components) of every listing with this SKU that a person mapped.

    What was said of one listing alone says nothing of its SKU.
    """
    return [
        (each.account_id, each.components)
        for each in said_of_sku(session, sku_key=sku_key)
        if each.components
    ]


def items_coded(session: Session, *, sku_key: str) -> list[Components]:
    """Return, as components, the countable items whose own code is this SKU."""
    if not sku_key:
        return []
    query = select(Item.id, Item.unit).where(Item.code_key == sku_key).order_by(Item.id)
    coded = [own_code(item_id, base=unit) for item_id, unit in session.execute(query)]
    return [components for components in coded if components]


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
        ListingComponent(item_id=each.item_id, quantity=each.quantity)
        for each in components
    )
    session.flush()
