"""What a recipe offers to choose, and the items that are finished by choosing."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from hub.domain.catalogue.options import Choice
from hub.domain.catalogue.recipe import RecipeLine
from hub.models.by_id import by_id
from hub.models.records.items import Item, Recipe
from hub.models.records.listings import ListingComponent
from hub.models.records.orders import OrderLine, SalesOrder
from hub.models.records.recipe_parts import RecipeChoice


def choices_of(session: Session, *, recipe_id: int) -> tuple[Choice, ...]:
    """Return what a recipe offers, as it was written: options and their values in order."""
    return choices_by_recipe(session, recipe_ids=[recipe_id]).get(recipe_id, ())


def choices_by_recipe(
    session: Session, *, recipe_ids: Collection[int]
) -> dict[int, tuple[Choice, ...]]:
    """Return what recipes offer, each as it was written; one that offers nothing is left out."""
    lines: dict[int, dict[tuple[str, str], list[RecipeLine]]] = defaultdict(dict)
    query = select(RecipeChoice).where(RecipeChoice.recipe_id.in_(recipe_ids))
    for row in session.scalars(query.order_by(RecipeChoice.id)):
        added = lines[row.recipe_id].setdefault((row.option, row.value), [])
        if row.item_id is not None:
            added.append(
                RecipeLine(
                    item_id=row.item_id, quantity=row.quantity, waste_bp=row.waste_bp
                )
            )
    return {
        recipe_id: tuple(
            Choice(option=option, value=value, lines=tuple(added))
            for (option, value), added in offered.items()
        )
        for recipe_id, offered in lines.items()
    }


def families_of(session: Session, items: Iterable[Item]) -> dict[int, Item]:
    """Return the items that these, where they are variants, are finished from, by id."""
    ids = {item.family_id for item in items if item.family_id is not None}
    return by_id(session, Item, ids=ids) if ids else {}


def variant_with(session: Session, *, family_id: int, options_key: str) -> Item | None:
    """Return the item of a family that was finished with just these options."""
    query = select(Item).filter_by(family_id=family_id, options_key=options_key)
    return session.scalar(query)


def variant_recipes(session: Session, *, family_id: int) -> list[tuple[Item, Recipe]]:
    """Return the variants of a family with the recipes they are finished by, ids ascending."""
    query = (
        select(Item, Recipe)
        .join(Recipe, Recipe.item_id == Item.id)
        .where(Item.family_id == family_id, Recipe.is_active)
        .options(selectinload(Recipe.lines))
        .order_by(Item.id)
    )
    return [(item, recipe) for item, recipe in session.execute(query)]


def lines_held_for(session: Session, *, item_id: int) -> list[OrderLine]:
    """Return the lines of standing orders that wait for a choice of this item, ids ascending.

    They are held by what their buyer chose (`matched_by` is choice), and nothing of them left.
    """
    query = (
        select(OrderLine)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .join(ListingComponent, ListingComponent.listing_id == OrderLine.listing_id)
        .where(
            ListingComponent.item_id == item_id, SalesOrder.intent.in_(("open", "on_hold"))
        )
        .where(OrderLine.state == "unmapped", OrderLine.matched_by == "choice")
        .where(OrderLine.shipped == 0)
        .order_by(OrderLine.id)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))
