"""What a work centre has left: its minutes by day, found without asking every day in turn."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

HORIZON_DAYS = 1_100
"""Three years ahead: a centre that is shut or full for longer gives no date at all."""
LAST_DAY = date.max.toordinal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When a work centre is open."""

    minutes: tuple[int, ...]
    """Minutes open on each weekday, Monday first."""
    closures: frozenset[date] = frozenset()
    """Days it is shut whatever the weekday: its own, and the public holidays it keeps."""
    opens_at: int = 0
    """Minutes after midnight at which an open day begins."""
    openings: Mapping[date, int] = field(default_factory=dict)
    """Days it works for so many minutes, whatever the weekday and the closures say."""

    def open_on(self, day: date) -> int:
        """Count the minutes the centre is open on a day."""
        if day in self.openings:
            return self.openings[day]
        return 0 if day in self.closures else self.minutes[day.weekday()]

    def is_over(self, day: date, *, minute: int) -> bool:
        """Say whether a day's work is done at a minute after midnight; a shut day has none."""
        return 0 < self.open_on(day) <= minute - self.opens_at


@dataclass(slots=True)
class Diary:
    """The minutes of one centre that are taken; days are proleptic ordinals (date.toordinal)."""

    calendar: Calendar
    used: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    _open: dict[int, int] = field(default_factory=dict)
    _onward: dict[int, int] = field(default_factory=dict)
    """From a day that has nothing left to a later one before which nothing is left either.

    The paths are shortened as they are walked (disjoint sets: Tarjan 1975), so that a thousand
    runs behind a full year do not each walk through it.
    """

    def open_on(self, day: int) -> int:
        """Count the minutes the centre is open on a day."""
        known = self._open.get(day)
        if known is None:
            known = self._open[day] = self.calendar.open_on(date.fromordinal(day))
        return known

    def free_on(self, day: int) -> int:
        """Count the minutes of a day that nobody took."""
        return self.open_on(day) - self.used.get(day, 0)

    def next_free(self, day: int, *, until: int) -> int | None:
        """Find the first day from a day on, and before another, of which something is left."""
        passed: list[int] = []
        while day < until:
            onward = self._onward.get(day)
            if onward is None and self.free_on(day) > 0:
                break
            passed.append(day)
            day = day + 1 if onward is None else onward
        for each in passed:
            self._onward[each] = day
        return day if day < until else None

    def find(
        self, minutes: int, *, begin: int, besides: Mapping[int, int]
    ) -> dict[int, int]:
        """Find the first free minutes from a day on, by day; nothing if the horizon has too few.

        `besides` is taken already by the steps of the same run that come before. Work of no
        minutes asks for a day with something left all the same.
        """
        found: dict[int, int] = {}
        until = min(begin + HORIZON_DAYS, LAST_DAY)
        day = self.next_free(begin, until=until)
        while day is not None:
            free = self.free_on(day) - besides.get(day, 0)
            if free > 0:
                found[day] = min(free, minutes)
                minutes -= found[day]
                if not minutes:
                    return found
            day = self.next_free(day + 1, until=until)
        return {}

    def full_until(
        self, found: Mapping[int, int], *, begin: int, besides: Mapping[int, int]
    ) -> int | None:
        """Say which is the last day on which work had to wait for room; None if it never did.

        A day on which the centre is shut, or which the run fills itself, is none of those.
        """
        for day in range(max(found) - 1, begin - 1, -1):
            if day not in found and day not in besides and self.open_on(day) > 0:
                return day
        return None

    def take(self, day: int, *, minutes: int) -> None:
        """Take minutes of a day."""
        self.used[day] += minutes
