"""Recipes as pages list them: versions with what they cost, and where an item is used."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from hub.domain.catalogue.recipe_cost import costs_by_recipe, recipe_cost
from hub.domain.making.cost import UnitCost
from hub.models.newest import Newest, Window, newest
from hub.models.planning.offers import recipes_below
from hub.models.planning.planning_queries import recipe_view
from hub.models.planning.unit_costs import unit_costs
from hub.models.records.items import Item, Recipe, RecipeLine
from hub.models.substrings import holds


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeRow:
    """How an item is made now, what one base unit costs by it, and how many versions there were."""

    recipe: Recipe
    item: Item
    cost: UnitCost | None
    versions: int
    used_in: Sequence[Item]


def find_recipe_rows(
    session: Session, *, text: str, window: Window
) -> tuple[list[RecipeRow], int | None]:
    """Return one page of the recipes in force whose item's code or name holds a text.

    And the id the next page comes after; a handful of statements for the whole page.
    """
    query = select(Recipe).where(Recipe.is_active).options(selectinload(Recipe.lines))
    if text:
        named = select(Item.id).where(holds(Item.code, text) | holds(Item.name, text))
        query = query.where(Recipe.item_id.in_(named))
    found: Newest[Recipe] = newest(session, query, record=Recipe, window=window)
    ids = {recipe.item_id for recipe in found.rows}
    counts = select(Recipe.item_id, func.count()).where(Recipe.item_id.in_(ids))
    grouped = session.execute(counts.group_by(Recipe.item_id))
    versions = {item_id: count for item_id, count in grouped}
    items = {
        each.id: each for each in session.scalars(select(Item).where(Item.id.in_(ids)))
    }
    costs = costs_of(session, item_ids=ids)
    users = used_in(session, item_ids=ids)
    rows = [
        RecipeRow(
            recipe=recipe,
            item=items[recipe.item_id],
            cost=costs.get(recipe.item_id),
            versions=versions[recipe.item_id],
            used_in=users.get(recipe.item_id, ()),
        )
        for recipe in found.rows
    ]
    return rows, found.next


def costs_of(session: Session, *, item_ids: Collection[int]) -> dict[int, UnitCost]:
    """Return what one base unit of items should cost: by recipe where they have one."""
    below = recipes_below(session, item_ids=item_ids)
    parts = {line.item_id for recipe in below for line in recipe.lines}
    bought = unit_costs(session, item_ids=parts | set(item_ids))
    return costs_by_recipe(
        {recipe.item_id: recipe_view(recipe) for recipe in below}, bought=bought
    )


def cost_of_versions(
    session: Session, recipes: Collection[Recipe]
) -> dict[int, UnitCost | None]:
    """Return what one base unit costs by each of these versions, at what materials cost now."""
    parts = {line.item_id for recipe in recipes for line in recipe.lines}
    costs = costs_of(session, item_ids=parts)
    return {recipe.id: recipe_cost(recipe_view(recipe), costs=costs) for recipe in recipes}


def used_in(session: Session, *, item_ids: Collection[int]) -> dict[int, list[Item]]:
    """Return the items whose recipe in force takes each of these, by code."""
    query = (
        select(RecipeLine.item_id, Item)
        .join(Recipe, Recipe.id == RecipeLine.recipe_id)
        .join(Item, Item.id == Recipe.item_id)
        .where(RecipeLine.item_id.in_(item_ids), Recipe.is_active)
        .order_by(Item.code)
    )
    found: dict[int, list[Item]] = defaultdict(list)
    for item_id, user in session.execute(query):
        found[item_id].append(user)
    return found
