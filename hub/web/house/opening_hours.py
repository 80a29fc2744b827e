"""When a work centre is open and when things are shut, in as few words as say it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Protocol

from babel.dates import get_day_names
from babel.numbers import format_decimal

from hub.models.records.items import WorkCentre
from hub.web.wording.formats import write_day
from hub.web.wording.language import gettext, locale

DAY = timedelta(days=1)


class Closure(Protocol):
    """A day on which something is shut, and why."""

    day: date
    why: str


@dataclass(frozen=True, slots=True)
class Span:
    """Days in a row that are shut for the same reason."""

    days: tuple[date, ...]
    why: str

    @property
    def words(self) -> str:
        """The first and the last of them."""
        first, last = write_day(self.days[0]), write_day(self.days[-1])
        return first if len(self.days) == 1 else f"{first} – {last}"


def hours_words(centre: WorkCentre) -> str:
    """Say how long a work centre is open each day: "Mon–Thu 8 h · Fri 6 h · from 08:00"."""
    names = get_day_names("abbreviated", locale=locale())
    minutes = [each if isinstance(each, int) else 0 for each in centre.open_minutes]
    parts = []
    for length, days in groupby(range(len(minutes)), key=lambda day: minutes[day]):
        week = list(days)
        if length:
            first, last = names[week[0]], names[week[-1]]
            which = first if len(week) == 1 else f"{first}–{last}"
            parts.append(f"{which} {_hours(length)}")
    if not parts:
        return gettext("always shut")
    opens = f"{centre.opens_at // 60:02d}:{centre.opens_at % 60:02d}"
    return " · ".join([*parts, gettext("from %(time)s", time=opens)])


def spans(closures: Sequence[Closure]) -> list[Span]:
    """Put days together that follow each other and are shut for the same reason."""
    found: list[Span] = []
    for each in closures:
        before = found[-1] if found else None
        if before and before.why == each.why and before.days[-1] + DAY == each.day:
            found[-1] = Span((*before.days, each.day), each.why)
        else:
            found.append(Span((each.day,), each.why))
    return found


def _hours(minutes: int) -> str:
    hours = format_decimal(Decimal(minutes) / 60, format="0.##", locale=locale())
    return f"{hours}\N{NO-BREAK SPACE}h"
