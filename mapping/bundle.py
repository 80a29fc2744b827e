"""Packs and kits: what one piece of a listing holds, and what some pieces of it ask for."""

from collections.abc import Iterable
from dataclasses import dataclass

from mapping.units import in_range


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """How much of one item one piece of a listing holds, in thousandths of its base unit."""

    item_id: int
    quantity: int


Components = tuple[Component, ...]
"""What a listing means: a pack of 6 is one component of 6000, a kit has several.

Empty means somebody decided that nothing is made for it."""


def tidy(components: Iterable[Component]) -> Components:
    """Write components in one way only: an item named twice is summed, lowest id first.

    Two mappings say the same exactly when they are equal once tidy.
    """
    summed = demanded(components, pieces=1)
    return tuple(
        Component(item_id=item_id, quantity=quantity)
        for item_id, quantity in sorted(summed.items())
    )


def times(components: Iterable[Component], *, pieces: int) -> Components:
    """Make a pack of several pieces out of what one piece holds.

    :raises UnitProblem: a quantity grows beyond what can be stored.
    """
    summed = demanded(components, pieces=pieces)
    return tuple(
        Component(item_id=item_id, quantity=many) for item_id, many in summed.items()
    )


def demanded(components: Iterable[Component], *, pieces: int) -> dict[int, int]:
    """Say how much of each item some pieces of a listing ask for: thousandths by item id.

    :raises UnitProblem: a quantity grows beyond what can be stored.
    """
    wanted: dict[int, int] = {}
    for component in components:
        more = wanted.get(component.item_id, 0) + component.quantity * pieces
        wanted[component.item_id] = in_range(more, said=f"{pieces} pieces of this listing")
    return wanted
