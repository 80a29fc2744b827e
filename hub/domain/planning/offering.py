"""What may be sold beyond what is in stock: what can still be made, of all items at once.

Two candles never both get the last wax: what is offered of every item together can be made
together, with the free materials and the free hours there are.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from hub.domain.catalogue.recipe import Recipe, explode, planning_order
from hub.domain.planning.netting_types import LotSizes

SHARES = 1 << 20
"""How finely the common share is searched: millionths are finer than any batch."""
MOST_BATCHES = 1 << 20
"""Beyond so many batches it is not an offer but a mistake in a recipe."""


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
    ids, each takes what the others left. What cannot be made together is offered to nobody, and
    everything is made in whole runs.
    """
    bench = _Bench(means, sold=frozenset(items))
    offered = dict.fromkeys(items, 0)
    for group in _sharing([item for item in items if item in means.made], means=means):
        for item, batches in bench.share(group).items():
            offered[item] = batches * means.made[item].sizes.good_yield
    return offered


def can_make(
    wanted: Mapping[int, int], *, means: Means, sold: Collection[int] = frozenset()
) -> bool:
    """Say whether all of this can be made with what there is; thousandths by item.

    The stock of items in `sold` is not used up as a part of others.
    """
    return _Bench(means, sold=sold).can_make(wanted)


class _Bench:
    """The means, and the order in which parts come after what they go into, worked out once."""

    def __init__(self, means: Means, *, sold: Collection[int]) -> None:
        self.means = means
        self.sold = sold
        edges = _edges(means)
        self.place = {
            item: at for at, item in enumerate(planning_order(edges, items=edges))
        }
        self.parts = {
            item: explode(how.recipe, batches=1) for item, how in means.made.items()
        }

    def can_make(self, wanted: Mapping[int, int]) -> bool:
        """Say whether all of this can be made; thousandths by item."""
        needed = {item: quantity for item, quantity in wanted.items() if quantity > 0}
        waiting = [(self.place.get(item, -1), item) for item in needed]
        heapify(waiting)
        minutes: dict[int, int] = defaultdict(int)
        while waiting:
            _, item = heappop(waiting)
            in_stock = 0 if item in self.sold else max(self.means.free.get(item, 0), 0)
            missing = needed[item] - in_stock
            if missing <= 0:
                continue
            how = self.means.made.get(item)
            if how is None:
                return False
            batches = how.sizes.batches_for(missing)
            for part, quantity in self.parts[item].items():
                if part not in needed:
                    heappush(waiting, (self.place[part], part))
                needed[part] = needed.get(part, 0) + quantity * batches
            for work in how.work:
                taken = (
                    work.setup * _runs(batches, sizes=how.sizes) + work.per_batch * batches
                )
                minutes[work.work_centre] += taken
                if minutes[work.work_centre] > self.means.minutes.get(work.work_centre, 0):
                    return False
        return True

    def share(self, group: Iterable[int]) -> dict[int, int]:
        """Give each item of a group its batches: the same share of its most, then the rest."""
        most = {item: self._most(item, {}) for item in sorted(group)}
        low, high = 0, SHARES
        while low < high:
            middle = (low + high + 1) // 2
            if self._fits(self._part(most, middle)):
                low = middle
            else:
                high = middle - 1
        given = self._part(most, low)
        for item in given:
            given[item] = self._most(item, given)
        return given

    def _part(self, most: Mapping[int, int], share: int) -> dict[int, int]:
        return {
            item: self._possible(item, batches * share // SHARES)
            for item, batches in most.items()
        }

    def _possible(self, item: int, batches: int) -> int:
        """Lower a number of batches to one that a run, or none, can have."""
        sizes = self.means.made[item].sizes
        if batches < sizes.raised(1):
            return 0
        return batches // sizes.step_batches * sizes.step_batches

    def _most(self, item: int, given: Mapping[int, int]) -> int:
        """Find the most batches of one item that can be made beside those of the others."""
        sizes = self.means.made[item].sizes
        low = given.get(item, 0)
        step = sizes.step_batches if low else sizes.raised(1)
        if not self._fits({**given, item: low + step}):
            return low
        low, step = low + step, sizes.step_batches
        while step and self._fits({**given, item: low + step}) and step < MOST_BATCHES:
            low, step = low + step, step * 2
        while step >= sizes.step_batches:
            if self._fits({**given, item: low + step}):
                low += step
            step //= 2
        return self._possible(item, low)

    def _fits(self, batches: Mapping[int, int]) -> bool:
        return self.can_make(
            {
                item: count * self.means.made[item].sizes.good_yield
                for item, count in batches.items()
            }
        )


def _runs(batches: int, *, sizes: LotSizes) -> int:
    return -(-batches // sizes.most) if sizes.most else 1


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
