"""Which items are planned together, and in what order: groups of alternates, users first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.domain.catalogue.recipe import Edges, planning_order

Pairs = Iterable[tuple[int, int]]
"""Items of which one may stand in for the other; which way round does not matter."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Items joined by alternates, directly or through others; alone is a group too."""

    first: Mapping[int, int]
    """For each item that is not alone, the smallest id of its group."""

    def head(self, item_id: int) -> int:
        """Name the group of an item by its smallest id."""
        return self.first.get(item_id, item_id)

    def members(self, item_id: int) -> tuple[int, ...]:
        """Return all that are planned together with an item, itself too, in ascending id."""
        head = self.head(item_id)
        rest = (item for item, first in self.first.items() if first == head)
        return tuple(sorted({item_id, *rest}))

    def contracted(self, edges: Edges) -> dict[int, set[int]]:
        """See each group as one item: what goes into any of them goes into all."""
        joined: dict[int, set[int]] = {}
        for item_id, components in edges.items():
            into = joined.setdefault(self.head(item_id), set())
            into.update(self.head(component) for component in components)
        return joined


def groups_of(pairs: Pairs) -> Groups:
    """Join items that may stand in for each other into groups."""
    first: dict[int, int] = {}
    for one, other in pairs:
        heads = {first.setdefault(one, one), first.setdefault(other, other)}
        if len(heads) > 1:
            first.update(
                {item: min(heads) for item, head in first.items() if head in heads}
            )
    return Groups(first)


def planning_groups(
    edges: Edges, *, items: Iterable[int], groups: Groups
) -> tuple[tuple[int, ...], ...]:
    """Put the items, all that stands in for them and all below in the order of netting.

    A group comes after every item that uses one of its members, so its level is that of
    its deepest member.

    :raises RecipeCircle: an item would be made of itself, or of what may stand in for it.
    """
    heads = planning_order(
        groups.contracted(edges), items={groups.head(item) for item in items}
    )
    return tuple(groups.members(head) for head in heads)
