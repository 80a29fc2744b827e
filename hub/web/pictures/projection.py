"""What there will be of an item, day by day: what is there, and what comes, less what goes."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day: what comes, what goes, and what is left in the evening; thousandths."""

    day: int
    """Days from today, which is 0."""
    came: int
    went: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """What there will be, day by day, and what lies beyond the last day."""

    start: int
    days: tuple[Day, ...]
    comes_later: int
    goes_later: int

    @property
    def first_below_zero(self) -> Day | None:
        """The first day on which there is less than nothing: somebody will wait."""
        return next((day for day in self.days if day.left < 0), None)

    @property
    def lowest(self) -> int:
        """The least there is at any time."""
        return min((self.start, *(day.left for day in self.days)))


Moves = Iterable[tuple[int, int]]
"""Days from today, and how much; thousandths, never below zero."""


def project(on_hand: int, *, receipts: Moves, demands: Moves, days: int) -> Projection:
    """Say what there will be of an item on each of so many days, today being the first.

    What should have come or gone before today does so today. Nothing is lost: what is left on
    the last day is what was there, and all that came, less all that went.
    """
    came, went = _by_day(receipts), _by_day(demands)
    left = on_hand
    found: list[Day] = []
    for day in range(days):
        left += came[day] - went[day]
        found.append(Day(day=day, came=came[day], went=went[day], left=left))
    return Projection(
        start=on_hand,
        days=tuple(found),
        comes_later=sum(much for day, much in came.items() if day >= days),
        goes_later=sum(much for day, much in went.items() if day >= days),
    )


def _by_day(moves: Moves) -> defaultdict[int, int]:
    sums: defaultdict[int, int] = defaultdict(int)
    for day, quantity in moves:
        sums[max(day, 0)] += quantity
    return sums
