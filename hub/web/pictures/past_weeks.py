"""What each week asked for of an item, beside what its forecast would have said: bars by twos."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hub.domain.planning.forecast import FEWEST_WEEKS, Method, forecast
from hub.web.pictures.bars import Bars, Frame, bars

SHOWN = 26
"""Half a year, as far back as methods are tried (hub/domain/planning/forecast.py)."""
AHEAD = 4
"""Weeks to come: a forecast of these methods is the same for each."""
FRAME = Frame(width=760, height=220, left=72)
A_WEEK = timedelta(days=7)
EVERY = 4
"""So many weeks apart are the days written below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One week; thousandths."""

    begins_on: date
    asked: int | None
    """None: it is still to come."""
    expected: int | None
    """What the method says of it from the weeks before; None: those were too few."""

    @property
    def off(self) -> int | None:
        """By how much the forecast missed; more was asked for where it is above zero."""
        if self.asked is None or self.expected is None:
            return None
        return self.asked - self.expected


@dataclass(frozen=True, slots=True, kw_only=True)
class PastWeeks:
    """The last weeks and the next few, and their bars: series 0 asked for, 1 expected."""

    weeks: Sequence[Week]
    chart: Bars

    @property
    def marks(self) -> list[tuple[date, float]]:
        """Days to write below the axis, and where."""
        found = zip(self.weeks, self.chart.centres, strict=True)
        return [(week.begins_on, x) for week, x in found][::EVERY]


def past_weeks(
    sold: Sequence[int], *, method: Method, per_week: int, until: date
) -> PastWeeks:
    """Draw the last weeks of `sold` (oldest first, thousandths) and those to come.

    `until` is the Monday after the last of them; `per_week` is what is expected from then on.
    """
    first = max(0, len(sold) - SHOWN)
    past = [
        Week(
            begins_on=until - (len(sold) - n) * A_WEEK,
            asked=sold[n],
            expected=round(forecast(sold[:n], method=method))
            if n >= FEWEST_WEEKS
            else None,
        )
        for n in range(first, len(sold))
    ]
    ahead = [
        Week(begins_on=until + n * A_WEEK, asked=None, expected=per_week)
        for n in range(AHEAD)
    ]
    weeks = [*past, *ahead]
    asked = [week.asked or 0 for week in weeks]
    expected = [week.expected or 0 for week in weeks]
    return PastWeeks(weeks=weeks, chart=bars((asked, expected), frame=FRAME))
