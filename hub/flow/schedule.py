"""Put every unfinished run on the calendar of its work centre, by day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.schedule import Calendar, RunToPlace, Slot, place_runs, run_minutes
from hub.models.items import WorkCentre, WorkCentreClosure
from hub.models.order_facts import runs_below
from hub.models.planning import Shortage
from hub.models.planning_queries import UNFINISHED
from hub.models.production import ProductionNeed, ProductionOrder


def reschedule(session: Session, *, today: date) -> set[int]:
    """Place all unfinished runs and return those whose days changed.

    A run that waits for a material nobody can date gets no day: no date is better than a false one.
    """
    runs = list(
        session.scalars(
            select(ProductionOrder)
            .where(ProductionOrder.state.in_(UNFINISHED))
            .order_by(ProductionOrder.id)
        )
    )
    placed = place_runs(
        _to_place(session, runs, today=today), centres=_centres(session), today=today
    )
    changed: set[int] = set()
    for run in runs:
        slot = placed[str(run.id)]
        days = (
            (slot.starts_on, slot.ends_on, slot.ready_on)
            if isinstance(slot, Slot)
            else (None, None, None)
        )
        if (run.starts_on, run.ends_on, run.ready_on) != days:
            run.starts_on, run.ends_on, run.ready_on = days
            changed.add(run.id)
    session.flush()
    return changed


def _to_place(
    session: Session, runs: Iterable[ProductionOrder], *, today: date
) -> list[RunToPlace]:
    runs = list(runs)
    below = runs_below(session, run_ids=[run.id for run in runs])
    expected = _materials_expected(session, today=today)
    return [
        RunToPlace(
            key=str(run.id),
            minutes=_minutes(run),
            work_centre=run.work_centre_id,
            earliest_on=today if run.state == "running" else expected.get(run.id, today),
            needed_on=run.needed_on,
            priority=run.priority,
            is_running=run.state == "running",
            rest_days=_number(run.recipe["rest_days"]),
            after=frozenset(str(each) for each in below[run.id]),
        )
        for run in runs
    ]


def _materials_expected(session: Session, *, today: date) -> dict[int, date | None]:
    """For each run that is short: the day its last material can be there, None if nobody knows."""
    query = select(ProductionNeed.production_order_id, Shortage.expected_on).join(
        Shortage, Shortage.need_id == ProductionNeed.id
    )
    days: dict[int, list[date | None]] = defaultdict(list)
    for run_id, expected_on in session.execute(query):
        days[run_id].append(expected_on)
    return {
        run_id: None if None in found else max([today, *(day for day in found if day)])
        for run_id, found in days.items()
    }


def _centres(session: Session) -> dict[int, Calendar]:
    closures: dict[int, set[date]] = defaultdict(set)
    for closure in session.scalars(select(WorkCentreClosure)):
        closures[closure.work_centre_id].add(closure.day)
    return {
        centre.id: Calendar(
            minutes=tuple(map(_number, centre.open_minutes)),
            closures=frozenset(closures[centre.id]),
        )
        for centre in session.scalars(select(WorkCentre))
    }


def _minutes(run: ProductionOrder) -> int:
    return run_minutes(
        _number(run.recipe["setup_minutes"]),
        per_batch=_number(run.recipe["batch_minutes"]),
        batches=run.batches,
    )


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is not a whole number")
    return value
