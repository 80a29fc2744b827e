"""When runs happen: finite forward capacity on the work centres' calendars."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

HORIZON_DAYS = 1_100
"""Three years ahead: a centre that is shut or full for longer gives no date at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When a work centre is open."""

    minutes: tuple[int, ...]
    """Minutes open on each weekday, Monday first."""
    closures: frozenset[date] = frozenset()

    def open_on(self, day: date) -> int:
        """Count the minutes the centre is open on a day."""
        return 0 if day in self.closures else self.minutes[day.weekday()]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunToPlace:
    """A run that wants its place in the calendar."""

    key: str
    minutes: int
    """Set-up and batches still to do, see `run_minutes`."""
    work_centre: int | None
    """None for a run that uses no capacity."""
    earliest_on: date | None
    """The day its bought materials are in the house; None when nobody knows."""
    needed_on: date | None = None
    priority: int | None = None
    is_running: bool = False
    rest_days: int = 0
    """Days it lies after its end (curing, setting) before it can be used."""
    after: frozenset[str] = frozenset()
    """The runs whose output it uses; those not in the list count as done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """When a run happens."""

    starts_on: date
    starts_minute: int
    """Minutes of that day's opening hours already taken when it starts."""
    ends_on: date
    ends_minute: int
    """Minutes of that day's opening hours taken when it ends."""
    ready_on: date
    """The end and the rest after it: from this day its output can be used."""


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
    """Work out how long a run keeps its work centre busy."""
    return setup + per_batch * batches


def place_runs(
    runs: Iterable[RunToPlace], *, centres: Mapping[int, Calendar], today: date
) -> Schedule:
    """Give each run the first free minutes it can have, in order of urgency.

    Running runs come first, then the day they are needed, the priority and the key. A
    run is placed after the runs it uses, which are as urgent as it is. It begins when
    its materials are there and fills what its centre has left, day after day; a run
    that must wait lets later ones use the time before it. A less urgent run never
    moves a more urgent one. A run with no date in sight gets a reason, not a date, and
    takes no capacity.
    """
    board = _Board(runs={run.key: run for run in runs}, centres=dict(centres), today=today)
    for run in sorted(board.runs.values(), key=_urgency):
        board.place(run)
    return board.placed


def _urgency(run: RunToPlace) -> tuple[bool, date, bool, int, str]:
    return (
        not run.is_running,
        run.needed_on or date.max,
        run.priority is None,
        run.priority or 0,
        run.key,
    )


@dataclass(slots=True)
class _Board:
    runs: dict[str, RunToPlace]
    centres: dict[int, Calendar]
    today: date
    used: dict[tuple[int, date], int] = field(default_factory=lambda: defaultdict(int))
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

    def _begin(self, run: RunToPlace) -> date | Unplaced:
        """Find the first day on which all it uses is there."""
        if run.earliest_on is None:
            return Unplaced(reason=NoSlot.NO_MATERIAL_DATE)
        begin = max(run.earliest_on, self.today)
        made = [self.runs[key] for key in run.after if key in self.runs]
        for other in sorted(made, key=_urgency):
            self.place(other)
            slot = self.placed[other.key]
            if isinstance(slot, Unplaced):
                return Unplaced(reason=NoSlot.WAITS_FOR_RUN, run=other.key)
            begin = max(begin, _usable_on(slot, made=other, used=run))
        return begin

    def _fill(self, run: RunToPlace, *, begin: date) -> Slot | Unplaced:
        """Take the free minutes from a day on; take none if they do not suffice."""
        if run.work_centre is None:
            return _slot(run, first=(begin, 0), last=(begin, 0))
        centre = run.work_centre
        taken = self._free_minutes(centre, minutes=run.minutes, begin=begin)
        if not taken:
            return Unplaced(reason=NoSlot.NO_CAPACITY)
        first, last = min(taken), max(taken)
        starts_minute = self.used[centre, first]
        for day, minutes in taken.items():
            self.used[centre, day] += minutes
        ends_minute = self.used[centre, last]
        return _slot(run, first=(first, starts_minute), last=(last, ends_minute))

    def _free_minutes(self, centre: int, *, minutes: int, begin: date) -> dict[date, int]:
        """Find the first free minutes of a centre; nothing if the horizon has too few."""
        found: dict[date, int] = {}
        for offset in range(HORIZON_DAYS):
            day = begin + timedelta(days=offset)
            free = self.centres[centre].open_on(day) - self.used[centre, day]
            if free > 0:
                found[day] = min(free, minutes)
                minutes -= found[day]
                if not minutes:
                    return found
        return {}


def _usable_on(slot: Slot, *, made: RunToPlace, used: RunToPlace) -> date:
    """Say when another run can use an output.

    On one centre the two follow each other within the day; elsewhere the hours of the
    two are not compared, so the output counts from the next day.
    """
    if made.work_centre in {None, used.work_centre}:
        return slot.ready_on
    return slot.ready_on + timedelta(days=1)


def _slot(run: RunToPlace, *, first: tuple[date, int], last: tuple[date, int]) -> Slot:
    return Slot(
        starts_on=first[0],
        starts_minute=first[1],
        ends_on=last[0],
        ends_minute=last[1],
        ready_on=last[0] + timedelta(days=run.rest_days),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialWait:
    """A material a run lacks, and what is known of its coming."""

    expected_on: date | None = None
    """From a purchase that covers it."""
    lead_days: int | None = None
    """How long its supplier takes when it is ordered today."""


def materials_ready_on(waits: Iterable[MaterialWait], *, today: date) -> date | None:
    """Say when the last material of a run will be there; today if it lacks none.

    A purchase whose day has passed has no day any more: then, and where nothing was
    ordered, the lead time counts from today. None as soon as one of them is unknown.
    """
    days = [_arrives_on(wait, today=today) for wait in waits]
    known = [day for day in days if day is not None]
    return max(known, default=today) if len(known) == len(days) else None


def _arrives_on(wait: MaterialWait, *, today: date) -> date | None:
    if wait.expected_on is not None and wait.expected_on >= today:
        return wait.expected_on
    return None if wait.lead_days is None else today + timedelta(days=wait.lead_days)
