"""How full a work centre is, day by day, from where its runs have their place."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from hub.domain.days.capacity import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From which minute of which day to which a work centre is taken by a step of a run."""

    starts_on: date
    starts_minute: int
    ends_on: date
    ends_minute: int

    def touches(self, day: date) -> bool:
        """Say whether any of it may be on a day."""
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLoad:
    """One day of a work centre, in minutes."""

    on: date
    open: int
    taken: int
    spans: tuple[int, ...]
    """Which of the spans touch the day, by their place in the list."""


def load(
    spans: Collection[Span], *, calendar: Calendar, from_on: date, until_on: date
) -> Iterator[DayLoad]:
    """Count what is taken of each day, the last one included.

    Work fills a day from its first minute on and what begins takes all that is left of its
    days but the last (hub/domain/days/schedule.py), so the minute at which the last of a day ends
    says how much of it is taken.
    """
    for offset in range((until_on - from_on).days + 1):
        day = from_on + timedelta(days=offset)
        open_then = calendar.open_on(day)
        touching = {n: span for n, span in enumerate(spans) if span.touches(day)}
        ends = [
            span.ends_minute if span.ends_on == day else open_then
            for span in touching.values()
        ]
        yield DayLoad(
            on=day,
            open=open_then,
            taken=min(max(ends, default=0), open_then),
            spans=tuple(touching),
        )
