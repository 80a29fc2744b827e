"""The geometry of the work centres' calendars: days across, a row for each, a bar for each step."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hub.domain.days.capacity import Calendar

DAYS = 14
"""A page of the calendar: two weeks."""
LABEL_WIDTH = 136
DAY_WIDTH = 72
"""Of two weeks; of fewer days each is wider, so that the picture is as wide as ever."""
HEAD_HEIGHT = 40
BAR_HEIGHT = 24
REST_HEIGHT = 4
LOAD_HEIGHT = 16
PAD = 6
LEAST_WIDTH = 10
"""A bar of a few minutes is still wide enough to be hit."""
LETTER_WIDTH = 7
"""About the width of a letter of a bar's label."""
MOST_REST_LANES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A step of a run at a work centre, as the schedule has it."""

    run_id: int
    centre_id: int
    number: str
    name: str
    state: str
    starts_on: date
    starts_minute: int
    ends_on: date
    ends_minute: int
    minutes: int
    rests_until: date | None = None
    """The day on which what it made may be used; None: it does not lie after this step."""
    is_pinned: bool = False
    step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A work centre and its calendar."""

    centre_id: int
    name: str
    calendar: Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of one row; `load` is what of its open minutes is taken, in percent."""

    on: date
    x: int
    is_open: bool
    load: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A booking as a box; `label` is what of its number fits into it."""

    booking: Booking
    x: int
    y: int
    width: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """Days on which what was made lies, as a thin line."""

    booking: Booking
    x: int
    y: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A work centre as the picture shows it."""

    lane: Lane
    y: int
    height: int
    days: Sequence[Day]
    bars: Sequence[Bar]
    rests: Sequence[Rest]


@dataclass(frozen=True, slots=True)
class Scale:
    """The days across, each as wide as another."""

    days: Sequence[date]

    @property
    def day_width(self) -> int:
        """How wide a day is."""
        return DAYS * DAY_WIDTH // len(self.days)

    @property
    def end(self) -> int:
        """Where the last day ends."""
        return LABEL_WIDTH + len(self.days) * self.day_width

    def x(self, on: date) -> int:
        """Say where a day begins."""
        return LABEL_WIDTH + (on - self.days[0]).days * self.day_width


@dataclass(frozen=True, slots=True, kw_only=True)
class Gantt:
    """The whole picture, in units of its own."""

    days: Sequence[date]
    rows: Sequence[Row]
    width: int
    height: int
    scale: "Scale"


def lay_out(
    lanes: Iterable[Lane], *, bookings: Sequence[Booking], first: date, days: int = DAYS
) -> Gantt:
    """Lay out the calendars of work centres from a day on; what lies outside is cut off."""
    scale = Scale([first + timedelta(days=each) for each in range(days)])
    rows: list[Row] = []
    y = HEAD_HEIGHT
    for lane in lanes:
        mine = [each for each in bookings if each.centre_id == lane.centre_id]
        row = _row(lane, mine, scale=scale, y=y)
        rows.append(row)
        y += row.height
    return Gantt(days=scale.days, rows=rows, width=scale.end, height=y + 1, scale=scale)


def loads(
    calendar: Calendar, *, bookings: Iterable[Booking], days: Iterable[date]
) -> Mapping[date, int]:
    """Say what of each day's open minutes is taken, in percent, rounded to the nearest.

    A step that goes on over several days takes what the others leave of the days between, so that
    a day is taken as far as its bookings reach together.
    """
    spans = list(bookings)
    return {day: _load(calendar, spans, on=day) for day in days}


def _load(calendar: Calendar, bookings: Iterable[Booking], *, on: date) -> int:
    is_open = calendar.open_on(on)
    taken = reach = 0
    for begin, end in sorted(_part(each, on=on, is_open=is_open) for each in bookings):
        taken += max(0, end - max(begin, reach))
        reach = max(reach, end)
    return (200 * taken + is_open) // (2 * is_open) if is_open else 0


def _part(booking: Booking, *, on: date, is_open: int) -> tuple[int, int]:
    if not booking.starts_on <= on <= booking.ends_on:
        return 0, 0
    begin = booking.starts_minute if on == booking.starts_on else 0
    end = booking.ends_minute if on == booking.ends_on else is_open
    return min(begin, is_open), min(end, is_open)


def _row(lane: Lane, bookings: Sequence[Booking], *, scale: Scale, y: int) -> Row:
    first, last = scale.days[0], scale.days[-1]
    seen = [each for each in bookings if each.starts_on <= last and _ends(each) >= first]
    bars_y = y + PAD + LOAD_HEIGHT
    rests, lanes = _rests(seen, scale=scale, y=bars_y + BAR_HEIGHT + 2)
    load = loads(lane.calendar, bookings=bookings, days=scale.days)
    return Row(
        lane=lane,
        y=y,
        height=2 * PAD + LOAD_HEIGHT + BAR_HEIGHT + lanes * (REST_HEIGHT + 2),
        days=[
            Day(
                on=day,
                x=scale.x(day),
                is_open=lane.calendar.open_on(day) > 0,
                load=load[day],
            )
            for day in scale.days
        ],
        bars=[
            _bar(each, lane=lane, scale=scale, y=bars_y)
            for each in seen
            if each.ends_on >= first
        ],
        rests=rests,
    )


def _ends(booking: Booking) -> date:
    return max(booking.ends_on, booking.rests_until or booking.ends_on)


def _bar(booking: Booking, *, lane: Lane, scale: Scale, y: int) -> Bar:
    left = _at(booking.starts_on, booking.starts_minute, lane=lane, scale=scale)
    right = _at(booking.ends_on, booking.ends_minute, lane=lane, scale=scale)
    left, right = max(left, LABEL_WIDTH), min(right, scale.end)
    width = max(right - left, LEAST_WIDTH)
    sign = "◆ " if booking.is_pinned else ""
    label = f"{sign}{booking.number}"
    return Bar(
        booking=booking,
        x=min(left, scale.end - width),
        y=y,
        width=width,
        label=label if len(label) * LETTER_WIDTH + 4 <= width else "",
    )


def _rests(bookings: Sequence[Booking], *, scale: Scale, y: int) -> tuple[list[Rest], int]:
    """Lay the resting days below the bars, those of one time below each other."""
    taken: list[int] = []
    found: list[Rest] = []
    for each in sorted(bookings, key=lambda one: (one.ends_on, one.run_id)):
        if each.rests_until is None or each.rests_until <= each.ends_on:
            continue
        left = max(scale.x(each.ends_on) + scale.day_width // 2, LABEL_WIDTH)
        right = min(scale.x(each.rests_until), scale.end)
        lane = next((i for i, reach in enumerate(taken) if reach <= left), len(taken))
        if right <= left or lane >= MOST_REST_LANES:
            continue
        taken[lane : lane + 1] = [right]
        line = y + lane * (REST_HEIGHT + 2)
        found.append(Rest(booking=each, x=left, y=line, width=right - left))
    return found, len(taken)


def _at(on: date, minute: int, *, lane: Lane, scale: Scale) -> int:
    is_open = lane.calendar.open_on(on)
    part = min(minute, is_open) * scale.day_width // is_open if is_open else 0
    return scale.x(on) + part
