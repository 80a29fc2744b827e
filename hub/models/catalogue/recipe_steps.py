"""The steps in which a recipe is made, as rows and as a run remembers them."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.records.items import Recipe
from hub.models.records.recipe_parts import RecipeStep


def steps_of(session: Session, recipe: Recipe) -> list[dict[str, object]]:
    """Return the steps of a recipe as plain data for a snapshot, in order.

    A recipe without steps is one step at its own work centre.
    """
    rows = steps_by_recipe(session, recipe_ids=[recipe.id]).get(recipe.id)
    if not rows:
        return [_plain(recipe, position=0)]
    return [_plain(step, position=position) for position, step in enumerate(rows)]


def steps_by_recipe(
    session: Session, *, recipe_ids: Collection[int]
) -> dict[int, list[RecipeStep]]:
    """Return the steps of recipes in order; recipes without steps are left out."""
    query = select(RecipeStep).where(RecipeStep.recipe_id.in_(recipe_ids))
    found: dict[int, list[RecipeStep]] = {}
    for step in session.scalars(query.order_by(RecipeStep.position)):
        found.setdefault(step.recipe_id, []).append(step)
    return found


def _plain(step: RecipeStep | Recipe, *, position: int) -> dict[str, object]:
    return {
        "position": position,
        "name": step.name if isinstance(step, RecipeStep) else "",
        "work_centre_id": step.work_centre_id,
        "setup_minutes": step.setup_minutes,
        "batch_minutes": step.batch_minutes,
        "rest_days": step.rest_days,
    }
