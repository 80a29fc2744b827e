"""What an item should cost as its recipe makes it, from what its materials cost."""

from collections.abc import Mapping

from hub.domain.catalogue.recipe import Recipe, explode, good_yield
from hub.domain.making.cost import UnitCost, Used, unit_cost

Costs = Mapping[int, UnitCost]
"""By item: what one base unit costs."""


def recipe_cost(recipe: Recipe, *, costs: Costs) -> UnitCost | None:
    """Work out what one base unit costs by a recipe; None if a material's cost is not known.

    What is wasted and what is lost in making is paid for by what comes out good.
    """
    used = [
        Used(
            quantity=quantity,
            unit_cost_micros=costs[item_id].micros if item_id in costs else None,
            currency=costs[item_id].currency if item_id in costs else "",
        )
        for item_id, quantity in explode(recipe, batches=1).items()
    ]
    return unit_cost(used, produced=good_yield(recipe))


def costs_by_recipe(recipes: Mapping[int, Recipe], *, bought: Costs) -> dict[int, UnitCost]:
    """Work out what every item costs that has a recipe, down to what is bought.

    What something made did cost is not asked: this is what the next one should. A recipe that
    comes round to itself has no cost.
    """
    found: dict[int, UnitCost] = dict(bought)
    waiting = dict(recipes)
    while waiting:
        ready = [
            item_id
            for item_id, recipe in waiting.items()
            if not any(line.item_id in waiting for line in recipe.lines)
        ]
        for item_id in ready:
            found.pop(item_id, None)
            cost = recipe_cost(waiting.pop(item_id), costs=found)
            if cost is not None:
                found[item_id] = cost
        if not ready:
            break
    return {item_id: cost for item_id, cost in found.items() if item_id not in waiting}
