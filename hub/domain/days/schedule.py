"""When runs happen: finite forward capacity on the work centres' calendars."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum

from hub.domain.days.capacity import LAST_DAY, Calendar, Diary
from hub.domain.keys import Turn, in_turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One piece of the work of a run, at one place."""

    work_centre: int | None
    """None for work that uses no capacity."""
    minutes: int
    """Set-up and batches, see `run_minutes`."""
    rest_days: int = 0
    """Days it lies after this step (curing, setting) before it goes on or can be used."""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunToPlace:
    """A run that wants its place in the calendar."""

    key: str
    steps: tuple[Step, ...]
    """At least one, in the order in which they are done."""
    earliest_on: date | None
    """The day its bought materials are in the house; None when nobody knows.

    Of a run that is running: the day it was started.
    """
    needed_on: date | None = None
    priority: int | None = None
    is_running: bool = False
    resumed_on: date | None = None
    """Of a run that is running: the day its last part came out; the rest goes on from there."""
    pinned_on: date | None = None
    """The day a person wants it to start."""
    not_before: date | None = None
    """Ready before that day, what it makes would be too old for whom it is made."""
    after: frozenset[str] = frozenset()
    """The runs whose output it uses; those not in the list count as done."""
    is_raised: bool = False
    """Whether a person let it go before what was promised to others."""
    relied_on_since: datetime | None = None
    """When the first of those it works for was promised a day; None while nobody was."""
    was_ready_on: date | None = None
    """When it was to be ready as the last plan had it, on which those promises stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSlot:
    """When a step of a run happens; minutes are those of the day's opening hours."""

    work_centre: int | None
    name: str
    minutes: int
    starts_on: date
    starts_minute: int
    """Minutes of that day already taken when it starts."""
    ends_on: date
    ends_minute: int
    """Minutes of that day taken when it ends."""


class MissedPin(StrEnum):
    """Why a pinned run does not start on its day."""

    DAY_PASSED = "day_passed"
    WAITS = "waits"
    """For a material or for a run it uses."""
    NO_ROOM = "no_room"
    SHUT = "shut"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """When a run happens."""

    steps: tuple[StepSlot, ...]
    ready_on: date
    """The end and the rest after it: from this day its output can be used."""
    full_until: date | None = None
    """The last day on which a work centre had no room for it; None if it never waited for room."""
    missed_pin: MissedPin | None = None

    @property
    def starts_on(self) -> date:
        """The day of its first minute."""
        return self.steps[0].starts_on

    @property
    def ends_on(self) -> date:
        """The day of its last minute."""
        return self.steps[-1].ends_on


class NoSlot(StrEnum):
    """Why a run has no place in the calendar."""

    NO_MATERIAL_DATE = "no_material_date"
    NO_CAPACITY = "no_capacity"
    WAITS_FOR_RUN = "waits_for_run"
    """A run it needs has no place itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplaced:
    """A run without a place, and why."""

    reason: NoSlot
    run: str = ""
    """For `waits_for_run`: which one."""


Schedule = Mapping[str, Slot | Unplaced]


def run_minutes(setup: int, *, per_batch: int, batches: int) -> int:
    """Work out how long a step of a run keeps its work centre busy."""
    return setup + per_batch * batches


def place_runs(
    runs: Iterable[RunToPlace],
    *,
    centres: Mapping[int, Calendar],
    today: date,
    minute: int = 0,
) -> Schedule:
    """Give each run the first free minutes it can have, in order of urgency.

    Running runs come first, then those a person pinned to a day, then those a person
    raised. Then those that somebody was promised a day by, in the order of the
    promises, so that what comes later takes no hours from a promise; then the day they
    are needed, the priority and the key. A run is placed after the runs it uses, which
    are as urgent as it is. It begins when its materials are there, on no day before its
    pin. Without one it begins no earlier than its goods may be ready for whom they are
    made (`not_before`, less the days they rest). It fills what its centre has left, day
    after day; a run that must wait lets later ones use the time before it. Its steps
    follow each other, with their rests between. A less urgent run never moves a more
    urgent one. A run with no date in sight gets a
    reason, not a date, and takes no capacity. A running run is where its start and the
    calendar put it, also where that is past, so that curing goes on while it is looked
    at. `minute` is how far today is, in minutes after midnight: where the work of today
    is done, nothing more begins today.
    """
    board = _Board(
        runs={run.key: run for run in runs},
        diaries={number: Diary(calendar=each) for number, each in centres.items()},
        today=today,
        minute=minute,
    )
    for run in sorted(board.runs.values(), key=_urgency):
        board.place(run)
    return board.placed


NOT_PROMISED = datetime.max.replace(tzinfo=UTC)
Urgency = tuple[int, date, datetime, date, date, bool, int, Turn]


def _urgency(run: RunToPlace) -> Urgency:
    since = None if run.is_raised else run.relied_on_since
    ready_on = None if since is None else run.was_ready_on
    return (
        _rank(run),
        date.max if run.is_running else run.pinned_on or date.max,
        since or NOT_PROMISED,
        ready_on or date.max,
        run.needed_on or date.max,
        run.priority is None,
        run.priority or 0,
        in_turn(run.key),
    )


def _rank(run: RunToPlace) -> int:
    if run.is_running:
        return 0
    if run.pinned_on is not None:
        return 1
    return 2 if run.is_raised else 3


Taken = dict[int, dict[int, int]]
"""By work centre and day: the minutes that one run takes."""


@dataclass(slots=True)
class _Board:
    runs: dict[str, RunToPlace]
    diaries: dict[int, Diary]
    today: date
    minute: int
    placed: dict[str, Slot | Unplaced] = field(default_factory=dict)

    def place(self, run: RunToPlace) -> None:
        if run.key in self.placed:
            return
        # Seen by a run that leads back to this one: a circle gives reasons, not a crash.
        self.placed[run.key] = Unplaced(reason=NoSlot.WAITS_FOR_RUN, run=run.key)
        begin = self._begin(run)
        self.placed[run.key] = (
            begin if isinstance(begin, Unplaced) else self._fill(run, begin=begin)
        )

    def _begin(self, run: RunToPlace) -> int | Unplaced:
        """Find the first day on which all it uses is there."""
        if run.earliest_on is None:
            return Unplaced(reason=NoSlot.NO_MATERIAL_DATE)
        begun_on = run.resumed_on or run.earliest_on
        begin = begun_on if run.is_running else max(run.earliest_on, self.today)
        first = begin.toordinal()
        made = [self.runs[key] for key in run.after if key in self.runs]
        for other in sorted(made, key=_urgency):
            self.place(other)
            slot = self.placed[other.key]
            if isinstance(slot, Unplaced):
                return Unplaced(reason=NoSlot.WAITS_FOR_RUN, run=other.key)
            usable_on = _goes_on(
                slot.ready_on.toordinal(), done=other.steps[-1], then=run.steps[0]
            )
            first = max(first, usable_on)
        return first

    def _fill(self, run: RunToPlace, *, begin: int) -> Slot | Unplaced:
        """Take the free minutes of all its steps from a day on; none if they do not suffice."""
        day, taken = self._wanted(run, begin=begin), Taken()
        parts: list[StepSlot] = []
        waits: list[int] = []
        for step, then in zip(run.steps, [*run.steps[1:], None], strict=True):
            slot = self._step(run, step, begin=day, taken=taken, waits=waits)
            if slot is None:
                return Unplaced(reason=NoSlot.NO_CAPACITY)
            parts.append(slot)
            day = slot.ends_on.toordinal() + step.rest_days
            day = day if then is None else _goes_on(day, done=step, then=then)
        if day > LAST_DAY:
            return Unplaced(reason=NoSlot.NO_CAPACITY)
        for centre, days in taken.items():
            for each, minutes in days.items():
                self.diaries[centre].take(each, minutes=minutes)
        return Slot(
            steps=_as_started(run, parts),
            ready_on=max(date.fromordinal(day), self.today),
            full_until=date.fromordinal(max(waits)) if waits else None,
            missed_pin=self._missed(run, parts[0], begin=begin, waits=waits),
        )

    def _wanted(self, run: RunToPlace, *, begin: int) -> int:
        if run.is_running:
            return begin
        if run.pinned_on is not None:
            return max(begin, run.pinned_on.toordinal())
        if run.not_before is None:
            return begin
        rests = sum(step.rest_days for step in run.steps)
        return max(begin, not_begun_before(run.not_before, rest_days=rests).toordinal())

    def _step(
        self, run: RunToPlace, step: Step, *, begin: int, taken: Taken, waits: list[int]
    ) -> StepSlot | None:
        if begin >= LAST_DAY:
            return None
        if step.work_centre is None:
            return _slot(step, first=(begin, 0), last=(begin, 0))
        diary = self.diaries[step.work_centre]
        mine = taken.setdefault(step.work_centre, defaultdict(int))
        if not run.is_running:
            begin = max(begin, self._open_from(diary))
        found = diary.find(step.minutes, begin=begin, besides=mine)
        if not found:
            return None
        full_until = diary.full_until(found, begin=begin, besides=mine)
        waits += [] if full_until is None else [full_until]
        first, last = min(found), max(found)
        starts_minute = diary.used[first] + mine[first]
        for day, minutes in found.items():
            mine[day] += minutes
        ends_minute = diary.used[last] + mine[last]
        return _slot(step, first=(first, starts_minute), last=(last, ends_minute))

    def _open_from(self, diary: Diary) -> int:
        """Find the first day on which a centre can begin something new."""
        is_over = diary.calendar.is_over(self.today, minute=self.minute)
        return self.today.toordinal() + is_over

    def _missed(
        self, run: RunToPlace, first: StepSlot, *, begin: int, waits: list[int]
    ) -> MissedPin | None:
        pin = run.pinned_on
        if pin is None or run.is_running or first.starts_on <= pin:
            return None
        if pin < self.today:
            return MissedPin.DAY_PASSED
        if begin > pin.toordinal():
            return MissedPin.WAITS
        if any(day < first.starts_on.toordinal() for day in waits):
            return MissedPin.NO_ROOM
        return MissedPin.SHUT


def not_begun_before(not_before: date, *, rest_days: int) -> date:
    """Say when a run may begin whose goods are to be ready no earlier, and rest before."""
    return date.fromordinal(max(not_before.toordinal() - rest_days, 1))


def _goes_on(day: int, *, done: Step, then: Step) -> int:
    """Say when what one step gave can be used by the next, of the same run or another.

    On one centre the two follow each other within the day; elsewhere the hours of the
    two are not compared, so the output counts from the next day.
    """
    return day if done.work_centre in {None, then.work_centre} else day + 1


def _as_started(run: RunToPlace, parts: list[StepSlot]) -> tuple[StepSlot, ...]:
    """Let a running run begin when it did begin, also where the calendar says shut."""
    first = parts[0]
    if not run.is_running or run.earliest_on is None or first.starts_on <= run.earliest_on:
        return tuple(parts)
    begun = replace(first, starts_on=run.earliest_on, starts_minute=0)
    return (begun, *parts[1:])


def _slot(step: Step, *, first: tuple[int, int], last: tuple[int, int]) -> StepSlot:
    return StepSlot(
        work_centre=step.work_centre,
        name=step.name,
        minutes=step.minutes,
        starts_on=date.fromordinal(first[0]),
        starts_minute=first[1],
        ends_on=date.fromordinal(last[0]),
        ends_minute=last[1],
    )
