"""What netting pours from and into: demands still wanting, sources still holding."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import pairwise

from hub.domain.keys import Turn, in_turn
from hub.domain.planning.netting_types import FOR_STOCK, Demand

FOREVER = date.max.toordinal()
"""The last day of what never grows too old."""
NOBODY = FOREVER + 1
"""Later than anything keeps: a place in a line that wants nothing any more."""


@dataclass(slots=True)
class Wanting:
    """A demand and how much of it nothing covers yet."""

    demand: Demand
    used_on: date
    """When the goods leave, or go into a run: today if that day has passed."""
    left: int
    due: int = field(init=False)
    """The day it was asked for, as a number, by which demands share runs; a promise of ours
    moves nobody from run to run. What only fills up stock is due after all else."""
    needed: int = field(init=False)
    """The day it is needed, as a number."""
    used: int = field(init=False)
    """The day it is used, as a number: a run uses its materials long before it is needed."""
    fresh_until: int = field(init=False)
    """The first best before that will do, as a number."""

    def __post_init__(self) -> None:
        """Count the days once: they are compared often."""
        is_for_stock = self.demand.priority >= FOR_STOCK
        asked_on = self.demand.asked_on or self.demand.needed_on
        self.due = FOREVER if is_for_stock else asked_on.toordinal()
        self.needed = FOREVER if is_for_stock else self.demand.needed_on.toordinal()
        self.used = FOREVER if is_for_stock else self.used_on.toordinal()
        self.fresh_until = self.used_on.toordinal() + self.demand.min_remaining_days

    def accepts(self, best_before: date | None) -> bool:
        """Say whether goods of that age will still do on the day they leave."""
        return best_before is None or best_before.toordinal() >= self.fresh_until


@dataclass(slots=True)
class Source:
    """A lot, a run or a purchase and how much of it nobody has yet."""

    ref: int
    left: int
    best_before: date | None = None


class Pool:
    """Sources in the order they are poured from. Emptied ones are never looked at again."""

    def __init__(self, sources: Iterable[Source]) -> None:
        """Take the sources in their order, the first to be poured first."""
        self._sources = list(sources)
        self._keeps = [last_day(source.best_before) for source in self._sources]
        self._is_by_age = all(one <= two for one, two in pairwise(self._keeps))
        self._next = list(range(len(self._sources) + 1))
        for index, source in enumerate(self._sources):
            if source.left <= 0:
                self._next[index] = index + 1

    @property
    def left(self) -> int:
        """What nobody has yet."""
        return sum(max(source.left, 0) for source in self._sources)

    def pour(self, into: Wanting) -> Iterator[tuple[int, int]]:
        """Give a demand what it still wants from the sources in their order.

        Yields (ref, quantity). Both sides are lowered, so nothing is given twice. Where the
        oldest come first, those too old for it are jumped over at once.
        """
        start = bisect_left(self._keeps, into.fresh_until) if self._is_by_age else 0
        at = self._holding(start)
        while into.left and at < len(self._sources):
            source = self._sources[at]
            if self._keeps[at] >= into.fresh_until:
                quantity = min(source.left, into.left)
                source.left -= quantity
                into.left -= quantity
                if not source.left:
                    self._next[at] = at + 1
                yield source.ref, quantity
            at = self._holding(at + 1)

    def _holding(self, index: int) -> int:
        """Find the first source from a place on that still holds something."""
        found = index
        while found < len(self._sources) and self._next[found] != found:
            found = self._next[found]
        while index < len(self._sources) and self._next[index] != index:
            self._next[index], index = found, self._next[index]
        return found


class Line:
    """Demands in a line, asked again and again for the first for whom goods are fresh enough.

    A tree of the least freshness asked below each branch answers in as many steps as the line's
    length has doublings, however many have gone or are too particular.
    """

    def __init__(self, wants: Sequence[Wanting]) -> None:
        """Line demands up in the order given."""
        self.wants = wants
        self._size = 1
        while self._size < len(wants):
            self._size *= 2
        self._least = [NOBODY] * (2 * self._size)
        for index, want in enumerate(wants):
            self._least[self._size + index] = want.fresh_until if want.left else NOBODY
        for branch in range(self._size - 1, 0, -1):
            self._least[branch] = min(self._least[2 * branch], self._least[2 * branch + 1])

    def first(self, *, keeps: int, start: int = 0) -> int | None:
        """Find the first place from `start` on whose demand accepts goods that keep so long."""
        if start >= len(self.wants):
            return None
        node = self._size + start
        while self._least[node] > keeps:
            while node % 2:
                node //= 2
            if not node:
                return None
            node += 1
        return self._descend(node, keeps=keeps)

    def _descend(self, node: int, *, keeps: int) -> int:
        while node < self._size:
            node *= 2
            if self._least[node] > keeps:
                node += 1
        return node - self._size

    def settle(self, index: int) -> None:
        """Write down that the demand at a place may have got all it wants, or wants again."""
        want = self.wants[index]
        node = self._size + index
        self._least[node] = want.fresh_until if want.left else NOBODY
        node //= 2
        while node:
            self._least[node] = min(self._least[2 * node], self._least[2 * node + 1])
            node //= 2


def last_day(best_before: date | None) -> int:
    """Count the last day goods are good for."""
    return FOREVER if best_before is None else best_before.toordinal()


def pour(sources: list[Source], *, into: Wanting) -> Iterator[tuple[int, int]]:
    """Give a demand what it still wants from a few sources, as `Pool.pour` does from many.

    Emptied sources leave the list.
    """
    yield from Pool(sources).pour(into)
    sources[:] = [source for source in sources if source.left]


NO_PROMISE = datetime.max.replace(tzinfo=UTC)
Rank = tuple[int, datetime, date, datetime, date, Turn]


def rank(demand: Demand) -> Rank:
    """Say who is served first: the smallest rank.

    Priority decides; then whoever was promised a date, in the order of the promises;
    then the day it was asked for and the time it was placed, for a run that it was opened; of
    runs opened together, the day asked for by whom they work for; and, to be sure, the key. The
    day that was promised does not count: it came of this very order.
    """
    return (
        demand.priority,
        demand.committed_at or NO_PROMISE,
        demand.asked_on or demand.needed_on,
        demand.placed_at,
        demand.works_for_on or date.max,
        in_turn(demand.key),
    )


def in_rank_order(demands: Iterable[Demand], *, today: date) -> list[Wanting]:
    """Line the demands up as they are served.

    :raises ValueError: two demands have one key; their goods could not be told apart.
    """
    ordered = sorted(demands, key=rank)
    if len({demand.key for demand in ordered}) < len(ordered):
        raise ValueError("Two demands have the same key.")
    return [
        Wanting(
            demand=demand,
            used_on=max(demand.used_on or demand.needed_on, today),
            left=max(demand.quantity, 0),
        )
        for demand in ordered
    ]
