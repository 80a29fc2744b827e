"""Materials that are good on the day they are used: a plan is made again where a run begins later.

Which lots a run gets depends on the day it begins, and when it can begin depends on what it gets.
So a plan supposes that every run begins as soon as a person or its goods let it, is placed in the
calendar, and looked at: a run that begins later, and would use what is too old by then, is planned
again for that day. Days only ever move on, so this comes to an end.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from hub.domain.days.schedule import Slot, not_begun_before
from hub.domain.days.work import Work
from hub.domain.planning.keeping import Decided, Tried
from hub.domain.planning.netting_types import Demand, Plan
from hub.domain.planning.runs import kept_until

Name = tuple[int, int]
"""A run, whatever id it gets: (0, its id) once it is stored, else its item and the how manieth
of it the plan opens."""
Begins = Mapping[Name, date]
"""The days on which runs are supposed to begin, where that is later than they could."""
Days = Mapping[int, date]
"""The same by id."""
TRIES = 6
"""So often a plan is made again; what is too old even then stays so until the next plan."""
DAY_BY_DAY = 3
"""So many of these look only at who begins first: others may then begin sooner than they did."""


def stored_name(run_id: int) -> Name:
    """Name a run that is stored."""
    return 0, run_id


def names_of(plan: Plan, *, item_id: int, placed: Plan) -> dict[int, Name]:
    """Name the runs a plan opens, by the ids they got: `placed` is that plan with them."""
    opened = [
        after.run_id or 0
        for run, after in zip(plan.runs, placed.runs, strict=True)
        if run.run_id is None
    ]
    return {run_id: (item_id, nth) for nth, run_id in enumerate(opened, start=1)}


def of_stored(begins: Begins) -> dict[int, date]:
    """Say by id on which days stored runs are supposed to begin."""
    return {run_id: day for (item_id, run_id), day in begins.items() if not item_id}


def of_opened(names: Mapping[int, Name], *, begins: Begins) -> dict[int, date]:
    """Say by id on which days runs that were just opened are supposed to begin."""
    return {run_id: begins[name] for run_id, name in names.items() if name in begins}


def may_begin_on(
    work: Iterable[Work], *, pinned_on: date | None, not_before: date | None
) -> date | None:
    """Say the first day on which a run that has not begun may begin; None where nothing keeps it.

    It never begins before that day: were it later, lots that are good enough might be refused.
    """
    if pinned_on is not None or not_before is None:
        return pinned_on
    return not_begun_before(not_before, rest_days=sum(each.rest_days for each in work))


def used_on(run_id: int, *, begins_on: date | None, days: Days, today: date) -> date:
    """Say the day on which a run uses what it needs, as far as is supposed."""
    return days.get(run_id) or max(begins_on or today, today)


def keep_fresh(attempt: Callable[[Begins], Tried], *, undo: Callable[[], None]) -> Tried:
    """Try a plan until no run begins on a day on which what it uses is too old, `TRIES` times.

    Whoever begins first is planned for that day first: where it then waits for something fresher,
    those after it begin sooner, and what they use may be good. `attempt` plans with these days
    supposed, `undo` takes the last attempt back.
    """
    begins: dict[Name, date] = {}
    tried = attempt(begins)
    for nth in range(TRIES):
        later = begins_too_late(tried)
        if not later:
            break
        undo()
        begins |= _first_of(later) if nth < DAY_BY_DAY else later
        tried = attempt(begins)
    return tried


def _first_of(begins: Begins) -> Begins:
    first = min(begins.values())
    return {name: day for name, day in begins.items() if day == first}


def begins_too_late(tried: Tried) -> Begins:
    """Find the runs that begin when something they are to use is too old, and the day.

    Whoever else would use what is too old for them then is found with them: else it would be
    given to one after the other, and each would ask for another plan.
    """
    names = {run_id: name for each in tried.decided for run_id, name in each.names.items()}
    begins = _later_than_supposed(tried)
    found: dict[Name, date] = {}
    for each in tried.decided:
        given = [age for age in _ages(each, placed=tried) if age[0] in begins]
        too_old = [age for age in given if age[1] < begins[age[0]][1]]
        oldest = min((good_until for _, good_until in too_old), default=date.max)
        users = (need.key for need in each.demands if need.key in begins)
        for key in (*(key for key, _ in too_old), *users):
            run_id, begins_on = begins[key]
            if oldest < begins_on:
                found[names.get(run_id, stored_name(run_id))] = begins_on
    return found


def _later_than_supposed(tried: Tried) -> dict[str, tuple[int, date]]:
    """Say by need which run it belongs to and when that begins, if later than was supposed."""
    found: dict[str, tuple[int, date]] = {}
    for demand in (demand for each in tried.decided for demand in each.demands):
        slot = tried.placed.get(str(demand.run_id)) if demand.run_id is not None else None
        if isinstance(slot, Slot) and slot.starts_on > _supposed(demand):
            found[demand.key] = (demand.run_id or 0, slot.starts_on)
    return found


def _supposed(demand: Demand) -> date:
    return demand.used_on or demand.needed_on


def _ages(each: Decided, *, placed: Tried) -> Iterator[tuple[str, date]]:
    """Go through what is given to whom of an item, and until when it is good."""
    policy, supplies = each.table.policy, each.table.supplies
    lots = {lot.lot_id: lot.best_before for lot in supplies.lots}
    lots |= {lot.lot_id: lot.best_before for lot in supplies.unchecked}
    for given in each.plan.allocations:
        yield given.demand, lots[given.lot_id] or date.max
    for awaited in each.plan.awaited:
        yield awaited.demand, lots[awaited.lot_id] or date.max
    if policy.shelf_life_days is None:
        return
    for run in each.plan.runs:
        slot = placed.placed.get(str(run.run_id))
        if isinstance(slot, Slot):
            good_until = kept_until(slot.ready_on, policy=policy) or date.max
            yield from ((link.demand, good_until) for link in run.links)
