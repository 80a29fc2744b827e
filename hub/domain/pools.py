"""What netting pours from and into: demands still wanting, sources still holding."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from hub.domain.allocation import is_fresh
from hub.domain.netting_types import Demand


@dataclass(slots=True)
class Wanting:
    """A demand and how much of it nothing covers yet."""

    demand: Demand
    used_on: date
    """When the goods leave: the needed day, or today if that has passed."""
    left: int

    def accepts(self, best_before: date | None) -> bool:
        """Say whether goods of that age will still do on the day they leave."""
        return is_fresh(
            best_before,
            used_on=self.used_on,
            min_remaining_days=self.demand.min_remaining_days,
        )


@dataclass(slots=True)
class Source:
    """A lot, a run or a purchase and how much of it nobody has yet."""

    ref: int
    left: int
    best_before: date | None = None


NO_PROMISE = datetime.max.replace(tzinfo=UTC)
Rank = tuple[int, datetime, date, datetime, str]


def rank(demand: Demand) -> Rank:
    """Say who is served first: the smallest rank.

    Priority decides; then whoever was promised a date, in the order of the promises;
    then the day it was asked for, the time it was placed and, to be sure, the key. The day
    that was promised does not count: it came of this very order.
    """
    return (
        demand.priority,
        demand.committed_at or NO_PROMISE,
        demand.asked_on or demand.needed_on,
        demand.placed_at,
        demand.key,
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
            used_on=max(demand.needed_on, today),
            left=max(demand.quantity, 0),
        )
        for demand in ordered
    ]


def pour(sources: list[Source], *, into: Wanting) -> Iterator[tuple[int, int]]:
    """Give a demand what it still wants from the sources in their order.

    Yields (ref, quantity). Both sides are lowered, so nothing is given twice; emptied
    sources leave the list.
    """
    emptied = False
    for source in sources:
        if not into.left:
            break
        if source.left and into.accepts(source.best_before):
            quantity = min(source.left, into.left)
            source.left -= quantity
            into.left -= quantity
            emptied = emptied or not source.left
            yield source.ref, quantity
    if emptied:
        sources[:] = [source for source in sources if source.left]
