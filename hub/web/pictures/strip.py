"""Spans on an axis of days: from what was promised to what can be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hub.web.pictures.bars import Frame
from hub.web.pictures.scale import Scale

MOST_DAYS = 120
"""A day beyond is drawn at the edge: one order of next year must not flatten all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What one row spans; no end: nobody knows."""

    start: date
    end: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One span as it is drawn."""

    y: float
    start: float
    end: float
    is_open: bool
    """Its end is not known, or lies beyond the axis: it goes on to the edge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayMark:
    """A day named on the axis."""

    on: date
    x: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """All spans under one axis."""

    frame: Frame
    rows: tuple[Row, ...]
    marks: tuple[DayMark, ...]
    today: float


def strip(
    spans: Sequence[Bounds],
    *,
    today: date,
    width: float,
    left: float,
    high: float = 44,
    most_marks: int = 6,
) -> Strip:
    """Lay out spans, one a row, on an axis that holds today and all of their days."""
    days = [today, *(span.start for span in spans), *(s.end for s in spans if s.end)]
    first = max(min(days), today - timedelta(days=MOST_DAYS))
    last = min(max(days), today + timedelta(days=MOST_DAYS)) + timedelta(days=1)
    frame = Frame(
        width=width, height=24 + high * len(spans), left=left, right=24, top=24, bottom=0
    )
    scale = Scale(low=0, high=(last - first).days, start=left, end=frame.far)

    def x_of(on: date) -> float:
        return min(max(scale.at((on - first).days), left), frame.far)

    return Strip(
        frame=frame,
        rows=tuple(
            Row(
                y=24 + high * n,
                start=x_of(span.start),
                end=x_of(last if span.end is None else span.end),
                is_open=span.end is None or span.end > last,
            )
            for n, span in enumerate(spans)
        ),
        marks=tuple(
            DayMark(on=on, x=x_of(on)) for on in _marks(first, last, most=most_marks)
        ),
        today=x_of(today),
    )


def _marks(first: date, last: date, *, most: int) -> list[date]:
    """Choose days to name, as many days apart: not more of them than have room."""
    days = (last - first).days
    step = next(n for n in (1, 2, 7, 14, 28, 56) if days / n <= most)
    return [first + timedelta(days=n) for n in range(0, days, step)]
