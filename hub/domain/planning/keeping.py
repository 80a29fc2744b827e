"""Keeping promises while planning: no plan brings the goods of a promised order later in vain.

Runs are sized item by item, before anybody knows whether the materials go round and the work
centres have the hours. So a plan is tried, and placed in the calendar. Where runs that somebody
was promised a day by would be ready later, the stored runs that gave way to others are held at
their size, and what else is wanted is planned around them. Of two plans the one is taken that
serves sooner whoever is first in rank: a person's priority still goes before a promise, and
holding a run that is late anyway wins nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from hub.domain.days.schedule import RunToPlace, Schedule, Slot
from hub.domain.keys import is_demand
from hub.domain.planning.netting_types import Demand, Plan, PlannedRun, StoredRun
from hub.domain.planning.pools import NO_PROMISE
from hub.domain.planning.run_rank import USUAL
from hub.domain.planning.substitutes import Table

AT_ONCE, NEVER = date.min, date.max
Holding = frozenset[int]
"""Stored planned runs that keep their size."""
Days = dict[str, date]
"""By demand: when the last of its goods is there. One that stock covers is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a plan comes to for one item."""

    table: Table
    """What it was made from."""
    plan: Plan
    """With an id for each of its runs, those it opens too."""
    names: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    """What the runs it opens are called, by id: another try may give them other ids."""

    @property
    def demands(self) -> tuple[Demand, ...]:
        """Who wanted some of it."""
        return self.table.demands

    @property
    def stored(self) -> tuple[StoredRun, ...]:
        """Its runs as they stood before."""
        return self.table.supplies.runs


@dataclass(frozen=True, slots=True, kw_only=True)
class _Served:
    """Somebody who waits for a run or an item, and when what it is for would be there."""

    key: str
    place: tuple[int, datetime]
    """Priority, and since when a day is promised."""
    on: date
    was_on: date = NEVER

    @property
    def is_late(self) -> bool:
        """Whether a day was promised by it, and it would be served later than it was to."""
        return self.place[1] != NO_PROMISE and self.on > self.was_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A plan that was tried, and the calendar it came to."""

    held: Holding
    decided: tuple[Decided, ...]
    """For the items that were planned."""
    runs: tuple[RunToPlace, ...]
    """Every unfinished run of the workshop."""
    placed: Schedule

    def to_hold(self) -> Holding:
        """Name the runs to hold so that nothing promised comes later than it was to.

        Empty where nobody promised loses a day, or no run changed that could be held instead.
        """
        changed = {run.run_id for run, _ in self._changed()}
        late = {served.key for served in self._runs() if served.is_late} if changed else ()
        if not late:
            return Holding()
        theirs = {run_id for run_id in changed if str(run_id) in late}
        return Holding(changed if self.held else theirs or changed)

    def serves_sooner(self, than: "Tried") -> bool:
        """Say whether the first in rank whom the two serve on different days is better off."""
        other = {each.key: each.on for each in than._everybody()}
        mine = sorted(self._everybody(), key=lambda each: (each.place, each.key))
        both = ((each.on, other[each.key]) for each in mine if each.key in other)
        return next((on < its for on, its in both if on != its), False)

    def _everybody(self) -> Iterator[_Served]:
        """Go through the runs of the plan before, and the orders that none of them was for."""
        yield from self._runs()
        for each in self.decided:
            known = {link.demand for run in each.stored for link in run.links}
            days = self._days(each.plan)
            for demand in each.demands:
                if is_demand(demand.key) and demand.key not in known:
                    on = days.get(demand.key, AT_ONCE)
                    yield _Served(key=demand.key, place=_place_of(demand), on=on)

    def _runs(self) -> Iterator[_Served]:
        """Say of every run of the plan before when those it was for would be served."""
        changed = {str(run.run_id): (run, each) for run, each in self._changed()}
        for run in self.runs:
            if run.key not in changed and run.was_ready_on is not None:
                since = run.relied_on_since or NO_PROMISE
                priority = USUAL if run.priority is None else run.priority
                yield _Served(
                    key=run.key,
                    place=(priority, since),
                    on=self._ready_on(run.key),
                    was_on=run.was_ready_on,
                )
        for key, (stored, each) in changed.items():
            yield from self._of_changed(key, stored, each=each)

    def _of_changed(self, key: str, run: StoredRun, *, each: Decided) -> Iterator[_Served]:
        """Look at whom a run was for before it changed, wherever they are served now."""
        whom = {link.demand for link in run.links}
        wanting = [demand for demand in each.demands if demand.key in whom]
        if wanting and run.ends_on is not None:
            days = self._days(each.plan)
            yield _Served(
                key=key,
                place=min(map(_place_of, wanting)),
                on=max(days.get(demand.key, AT_ONCE) for demand in wanting),
                was_on=run.ends_on,
            )

    def _changed(self) -> Iterator[tuple[StoredRun, Decided]]:
        """Find the stored runs that grow, go, or give less to somebody than before."""
        for each in self.decided:
            after = {run.run_id: run for run in each.plan.runs if not run.is_firm}
            dropped = set(each.plan.dropped)
            for run in each.stored:
                if run.run_id in dropped or _gives_way(run, to=after.get(run.run_id)):
                    yield run, each

    def _days(self, plan: Plan) -> Days:
        days = {short.demand: NEVER for short in plan.shortages}
        for cover in plan.covers:
            _put_off(days, cover.demand, to=cover.expected_on or NEVER)
        for run in plan.runs:
            for link in run.links:
                _put_off(days, link.demand, to=self._ready_on(str(run.run_id)))
        return days

    def _ready_on(self, key: str) -> date:
        slot = self.placed.get(key)
        return slot.ready_on if isinstance(slot, Slot) else NEVER


def keep_days(attempt: Callable[[Holding], Tried], *, undo: Callable[[], None]) -> Tried:
    """Try plans until nothing is left to hold for a promise, and let the best of them stand.

    `attempt` plans with these runs held, `undo` takes the last attempt back; the last one made
    is the one returned. First the runs of those who would be late are held, then all that gave
    way: a part may have to be held with what is made of it.
    """
    best = last = attempt(Holding())
    while held := last.to_hold():
        undo()
        last = attempt(last.held | held)
        if last.serves_sooner(than=best):
            best = last
    if last is not best:
        undo()
        return attempt(best.held)
    return best


def _gives_way(run: StoredRun, *, to: PlannedRun | None) -> bool:
    if to is None:
        return False
    gives = {link.demand: link.quantity for link in to.links}
    less = any(link.quantity > gives.get(link.demand, 0) for link in run.links)
    return less or to.batches > run.batches


def _place_of(demand: Demand) -> tuple[int, datetime]:
    return demand.priority, demand.committed_at or NO_PROMISE


def _put_off(days: Days, key: str, *, to: date) -> None:
    days[key] = max(days.get(key, AT_ONCE), to)
