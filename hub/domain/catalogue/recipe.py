"""Recipes: what a batch gives, what it takes, and which items stand above which."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

ALL = 10_000
"""One whole in basis points."""

Edges = Mapping[int, Iterable[int]]
"""For each item made here, the items its active recipe takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeLine:
    """How much of one item goes into a batch."""

    item_id: int
    quantity: int
    waste_bp: int = 0
    """Taken on top of the quantity, in basis points: 500 takes 105 for every 100."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How an item is made, as planning needs to know it."""

    item_id: int
    batch_size: int
    """What one batch yields before the expected loss."""
    loss_bp: int = 0
    lines: tuple[RecipeLine, ...] = ()


class RecipeCircle(Exception):
    """An item would be made of itself, directly or through others; `items` is the way round."""

    def __init__(self, items: tuple[int, ...]) -> None:
        """Remember the items, the first of them again at the end."""
        super().__init__(f"These items are made of each other: {items}.")
        self.items = items


def good_yield(recipe: Recipe) -> int:
    """Work out what a batch gives after the expected loss, rounded down."""
    return recipe.batch_size * (ALL - recipe.loss_bp) // ALL


def planned_output(recipe: Recipe, *, batches: int) -> int:
    """Work out what so many batches should give."""
    return good_yield(recipe) * batches


def explode(recipe: Recipe, *, batches: int) -> dict[int, int]:
    """Work out what so many batches take of each item, waste included.

    Each line is rounded up for one batch and then multiplied, so that two runs of two
    batches take what one run of four takes. An item named on several lines is summed.
    """
    needs: dict[int, int] = {}
    for line in recipe.lines:
        per_batch = -(-line.quantity * (ALL + line.waste_bp) // ALL)
        needs[line.item_id] = needs.get(line.item_id, 0) + per_batch * batches
    return needs


def levels(edges: Edges) -> dict[int, int]:
    """Give each item its low-level code: 0 if nothing is made of it, else one below its users.

    Netting level by level sees all demand for an item before it plans it.

    :raises RecipeCircle: an item would be made of itself.
    """
    users: dict[int, set[int]] = {}
    for item, components in edges.items():
        users.setdefault(item, set())
        for component in components:
            users.setdefault(component, set()).add(item)
    level: dict[int, int] = {}
    try:
        for item in TopologicalSorter(users).static_order():
            level[item] = max((level[user] + 1 for user in users[item]), default=0)
    except CycleError as circle:
        way: list[int] = circle.args[1]
        raise RecipeCircle(tuple(way)) from circle
    return level


def below(edges: Edges, *, items: Iterable[int]) -> frozenset[int]:
    """Gather the items and all that goes into them, through sub-recipes."""
    found: set[int] = set()
    waiting = list(items)
    while waiting:
        item = waiting.pop()
        if item not in found:
            found.add(item)
            waiting.extend(edges.get(item, ()))
    return frozenset(found)


def planning_order(edges: Edges, *, items: Iterable[int]) -> tuple[int, ...]:
    """Put the items and all below them in the order they are netted: users first, then id.

    :raises RecipeCircle: an item would be made of itself.
    """
    touched = below(edges, items=items)
    level = levels({item: edges.get(item, ()) for item in touched})
    return tuple(sorted(touched, key=lambda item: (level[item], item)))
