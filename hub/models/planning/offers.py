"""What offering reads: which items are sold, and how each of them and its parts is made."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, selectinload

from hub.domain.catalogue.recipe import below
from hub.models.planning.planning_queries import component_edges
from hub.models.records.items import Item, Recipe
from hub.models.records.listings import Listing, ListingComponent


def items_on_offer(session: Session) -> set[int]:
    """Return what the shops sell; where nothing is listed anywhere, every product.

    An item nobody can buy takes no share of the materials.
    """
    listed = set(session.scalars(select(ListingComponent.item_id).where(_is_sold())))
    if listed:
        return listed
    return set(session.scalars(select(Item.id).where(Item.kind == "product")))


def recipes_below(session: Session, *, item_ids: Collection[int]) -> list[Recipe]:
    """Return how these items and all that goes into them are made now, with their lines."""
    parts = below(component_edges(session), items=item_ids)
    query = select(Recipe).where(Recipe.is_active, Recipe.item_id.in_(parts))
    return list(session.scalars(query.options(selectinload(Recipe.lines))))


def _is_sold() -> ColumnElement[bool]:
    return exists().where(
        Listing.id == ListingComponent.listing_id,
        Listing.state == "mapped",
        Listing.is_active,
    )
