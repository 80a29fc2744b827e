"""What may be sold beyond what is in stock: what can still be made, of all items at once.

Two candles never both get the last wax: what is offered of every item together can be made
together, with the free materials and the free hours there are.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from hub.domain.netting_types import LotSizes
from hub.domain.recipe import Recipe, explode, planning_order

Fits = Callable[[Mapping[int, int]], bool]

SHARES = 1 << 20
"""How finely the common share is searched: millionths are finer than any batch."""
DOUBLINGS = 60
"""Beyond so many doublings of a batch it is not a quantity but a mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What one run of an item takes of a work centre."""

    work_centre: int
    setup: int
    """Minutes a run."""
    per_batch: int
    """Minutes a batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HowMade:
    """How an item is made, as far as offering it goes."""

    recipe: Recipe
    sizes: LotSizes
    work: tuple[Work, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What there is to make things with."""

    free: Mapping[int, int]
    """By item, what nobody has and no waiting order lacks; thousandths."""
    made: Mapping[int, HowMade]
    """By item; what is not in it cannot be made."""
    minutes: Mapping[int, int] = field(default_factory=dict)
    """By work centre, its free minutes until the day things must be ready."""


def makeable(items: Collection[int], *, means: Means) -> dict[int, int]:
    """Say how much of each item can be made, all of them together; thousandths.

    It comes on top of `means.free`, which is left to those who buy from stock: making one of
    these items never takes the finished stock of another. Each item first gets the same share of
    what could be made of it alone, so that a shortage hits all alike; then, in the order of their
    ids, each takes what the others left. What cannot be made together is offered to nobody.
    """
    offered: dict[int, int] = {}
    for group in _sharing(items, means=means):
        offered |= _share(group, means=means, sold=frozenset(items))
    return offered


def can_make(
    wanted: Mapping[int, int], *, means: Means, sold: Collection[int] = frozenset()
) -> bool:
    """Say whether all of this can be made with what there is; thousandths by item.

    The stock of items in `sold` is not used up as a part of others.
    """
    needed = defaultdict(int, wanted)
    minutes: dict[int, int] = defaultdict(int)
    for item in planning_order(_edges(means), items=wanted):
        in_stock = 0 if item in sold else max(means.free.get(item, 0), 0)
        missing = needed[item] - in_stock
        if missing <= 0:
            continue
        how = means.made.get(item)
        if how is None:
            return False
        batches = how.sizes.batches_for(missing)
        for part, quantity in explode(how.recipe, batches=batches).items():
            needed[part] += quantity
        runs = -(-batches // how.sizes.most) if how.sizes.most else 1
        for work in how.work:
            minutes[work.work_centre] += work.setup * runs + work.per_batch * batches
    return all(taken <= means.minutes.get(centre, 0) for centre, taken in minutes.items())


def _share(group: Iterable[int], *, means: Means, sold: Collection[int]) -> dict[int, int]:
    def fits(wanted: Mapping[int, int]) -> bool:
        return can_make(wanted, means=means, sold=sold)

    alone = {item: _most(item, {}, fits=fits, means=means) for item in sorted(group)}
    low, high = 0, SHARES
    while low < high:
        middle = (low + high + 1) // 2
        if fits(_part(alone, middle)):
            low = middle
        else:
            high = middle - 1
    given = _part(alone, low)
    for item in alone:
        given[item] = _most(item, given, fits=fits, means=means)
    return given


def _part(alone: Mapping[int, int], share: int) -> dict[int, int]:
    return {item: quantity * share // SHARES for item, quantity in alone.items()}


def _most(item: int, given: Mapping[int, int], *, fits: Fits, means: Means) -> int:
    """Find the most of one item that can be made beside what the others were given."""
    low = given.get(item, 0)
    if item not in means.made:
        return low
    step = means.made[item].sizes.good_yield
    for _ in range(DOUBLINGS):
        if not fits({**given, item: low + step}):
            break
        low, step = low + step, step * 2
    while step:
        if fits({**given, item: low + step}):
            low += step
        step //= 2
    return low


def _sharing(items: Collection[int], *, means: Means) -> list[set[int]]:
    """Part the items into groups that have no material and no work centre in common."""
    groups: list[tuple[set[int], set[tuple[str, int]]]] = []
    edges = _edges(means)
    for item in sorted(items):
        own, uses = {item}, _uses(item, means=means, edges=edges)
        apart = []
        for group, used in groups:
            if used & uses:
                own |= group
                uses |= used
            else:
                apart.append((group, used))
        groups = [*apart, (own, uses)]
    return [group for group, _ in groups]


def _uses(
    item: int, *, means: Means, edges: Mapping[int, Iterable[int]]
) -> set[tuple[str, int]]:
    parts = planning_order(edges, items=[item])
    centres = {
        work.work_centre
        for part in parts
        if part in means.made
        for work in means.made[part].work
    }
    return {
        *(("item", part) for part in parts),
        *(("centre", centre) for centre in centres),
    }


def _edges(means: Means) -> dict[int, list[int]]:
    return {
        item: [line.item_id for line in how.recipe.lines]
        for item, how in means.made.items()
    }
