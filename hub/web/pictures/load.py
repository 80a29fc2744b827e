"""How full each work centre is: day by day for four weeks, and this week in one number."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from hub.domain.days.capacity import Calendar
from hub.domain.days.load import DayLoad, Span, load
from hub.flow.planning.calendars import centre_calendars
from hub.models.catalogue.item_views import find_work_centres
from hub.models.newest import Window
from hub.models.planning.centre_load import all_slots, closures_from
from hub.models.records.items import WorkCentre

WEEK = 7
DAYS = 4 * WEEK
MOST_CENTRES = 50
CELL, ROW, NAMES, HEAD = 22, 40, 132, 40
"""Pixels: a day, a work centre, the room for names, and the room for days above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadDay:
    """One day of a work centre, in minutes."""

    on: date
    open: int
    taken: int
    runs: int
    is_over: bool
    """More was planned than the day has: it was shut, or made shorter, after the plan."""
    why: str = ""
    """Why it is shut, where somebody said so."""

    @property
    def percent(self) -> int:
        """How much of the open minutes is taken."""
        return round(100 * self.taken / self.open) if self.open else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreLoad:
    """One work centre and its days."""

    centre: WorkCentre
    days: Sequence[LoadDay]

    @property
    def weeks(self) -> list[int]:
        """How much of each week is taken, in percent of its open minutes."""
        return [_percent(self.days[n : n + WEEK]) for n in range(0, len(self.days), WEEK)]

    @property
    def has_overload(self) -> bool:
        """Say whether any day has too much."""
        return any(day.is_over for day in self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPicture:
    """Every work centre under one row of days."""

    days: Sequence[date]
    today: date
    rows: Sequence[CentreLoad]

    @property
    def width(self) -> int:
        """How wide it is."""
        return NAMES + CELL * len(self.days)

    @property
    def height(self) -> int:
        """How high it is."""
        return HEAD + ROW * len(self.rows)


def load_picture(session: Session, *, today: date, days: int = DAYS) -> LoadPicture:
    """Draw whole weeks from this Monday on; a handful of statements for all work centres."""
    monday = today - timedelta(days=today.weekday())
    until = monday + timedelta(days=days - 1)
    centres = sorted(
        find_work_centres(session, window=Window(MOST_CENTRES)).rows,
        key=lambda centre: centre.name,
    )
    calendars = centre_calendars(session, today=today)
    shut = closures_from(session, centre_ids=list(calendars), from_on=monday)
    spans: dict[int, list[Span]] = defaultdict(list)
    for slot in all_slots(session, from_on=monday, until_on=until):
        spans[slot.work_centre_id or 0].append(
            Span(
                starts_on=slot.starts_on,
                starts_minute=slot.starts_minute,
                ends_on=slot.ends_on,
                ends_minute=slot.ends_minute,
            )
        )
    return LoadPicture(
        days=[monday + timedelta(days=n) for n in range(days)],
        today=today,
        rows=[
            CentreLoad(
                centre=centre,
                days=_days(
                    spans[centre.id],
                    calendar=calendars[centre.id],
                    why={each.day: each.why for each in shut.get(centre.id, ())},
                    between=(monday, until),
                ),
            )
            for centre in centres
        ],
    )


def _days(
    spans: Sequence[Span],
    *,
    calendar: Calendar,
    why: dict[date, str],
    between: tuple[date, date],
) -> list[LoadDay]:
    first, last = between
    return [
        LoadDay(
            on=day.on,
            open=day.open,
            taken=day.taken,
            runs=len(day.spans),
            is_over=any(_is_too_much(spans[n], day=day) for n in day.spans),
            why=why.get(day.on, ""),
        )
        for day in load(spans, calendar=calendar, from_on=first, until_on=last)
    ]


def _is_too_much(span: Span, *, day: DayLoad) -> bool:
    """Say whether work begins on a shut day, or ends after the day does."""
    begins_shut = span.starts_on == day.on and not day.open
    return begins_shut or (span.ends_on == day.on and span.ends_minute > day.open)


def _percent(days: Sequence[LoadDay]) -> int:
    opened = sum(day.open for day in days)
    return round(100 * sum(day.taken for day in days) / opened) if opened else 0
