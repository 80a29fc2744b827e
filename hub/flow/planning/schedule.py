"""Put every unfinished run on the calendars of its work centres, by day."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.days.material_wait import MaterialWait, materials_ready_on
from hub.domain.days.schedule import (
    RunToPlace,
    Schedule,
    Slot,
    Step,
    StepSlot,
    Unplaced,
    place_runs,
)
from hub.domain.days.work import steps_left, work_of
from hub.domain.making.completing import still_to_come
from hub.domain.planning.run_rank import is_raised, run_committed_at
from hub.flow.planning.calendars import centre_calendars
from hub.models.making.completion_queries import last_given
from hub.models.materials.material_waits import waits_of_runs
from hub.models.orders.order_facts import runs_below
from hub.models.planning.commitments import run_commitments
from hub.models.planning.planning_rows import all_unfinished
from hub.models.records.completions import ProductionSlot
from hub.models.records.history import record
from hub.models.records.production import ProductionOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescheduled:
    """Where all unfinished runs are placed, and whose place is another than before."""

    runs: tuple[RunToPlace, ...]
    """As they were before: `was_ready_on` is the day of the last plan."""
    placed: Schedule
    changed: frozenset[int]
    """The runs whose days, or the reason for them, changed."""


def reschedule(session: Session, *, local_now: datetime) -> Rescheduled:
    """Place all unfinished runs, and write their days where they changed.

    `local_now` is in the workshop's time zone, because its days are. A run that waits for a
    material nobody can date gets no day: no date is better than a false one.
    """
    today = local_now.date()
    runs = all_unfinished(session)
    to_place = _to_place(session, runs, today=today, zone=local_now.tzinfo)
    placed = place_runs(
        to_place,
        centres=centre_calendars(session, today=today),
        today=today,
        minute=local_now.hour * 60 + local_now.minute,
    )
    stored = _stored_slots(session, run_ids=[run.id for run in runs])
    changed: set[int] = set()
    for run in runs:
        place = placed[str(run.id)]
        if _write_days(session, run, place, at=local_now.astimezone(UTC)):
            changed.add(run.id)
        steps = place.steps if isinstance(place, Slot) else ()
        _write_slots(session, run, steps, stored=stored[run.id])
    session.flush()
    return Rescheduled(runs=tuple(to_place), placed=placed, changed=frozenset(changed))


def steps_to_do(run: ProductionOrder) -> tuple[Step, ...]:
    """Read what is left of the steps of a run from its recipe as it was frozen.

    An old recipe is one step. Batches that came out already take no time any more.
    """
    work = work_of(run.recipe, work_centre=run.work_centre_id)
    left = still_to_come(run.planned, produced=run.produced, scrapped=run.scrapped)
    return steps_left(work, batches=run.batches, planned=run.planned, left=left)


def _to_place(
    session: Session,
    runs: Sequence[ProductionOrder],
    *,
    today: date,
    zone: tzinfo | None,
) -> list[RunToPlace]:
    below = runs_below(session, run_ids=[run.id for run in runs])
    waits = waits_of_runs(session)
    given_at = last_given(
        session, run_ids=[run.id for run in runs if run.state == "running"]
    )
    promised = run_commitments(session, run_ids=[run.id for run in runs])
    return [
        RunToPlace(
            key=str(run.id),
            steps=steps_to_do(run),
            earliest_on=_earliest_on(run, waits.get(run.id, []), today=today, zone=zone),
            needed_on=run.needed_on,
            priority=run.priority,
            is_running=run.state == "running",
            resumed_on=day_of(given_at.get(run.id), zone=zone, today=today),
            pinned_on=run.pinned_on,
            not_before=run.not_before,
            after=frozenset(str(each) for each in below[run.id]),
            is_raised=is_raised(run.priority),
            relied_on_since=run_committed_at(
                promised.get(run.id), released_at=run.released_at
            ),
            was_ready_on=run.ready_on,
        )
        for run in runs
    ]


def day_of(at: datetime | None, *, zone: tzinfo | None, today: date) -> date | None:
    """Say on which of the workshop's days something was, never later than today."""
    return None if at is None else min(at.astimezone(zone).date(), today)


def _earliest_on(
    run: ProductionOrder,
    waits: Collection[MaterialWait],
    *,
    today: date,
    zone: tzinfo | None,
) -> date | None:
    if run.state != "running":
        return materials_ready_on(waits, today=today)
    return min(run.started_at.astimezone(zone).date(), today) if run.started_at else today


Days = tuple[date | None, date | None, date | None, str, date | None]


def _write_days(
    session: Session, run: ProductionOrder, place: Slot | Unplaced, *, at: datetime
) -> bool:
    """Write when a run happens, or why it has no day; say whether that is news."""
    found: Days
    if isinstance(place, Slot):
        found = (place.starts_on, place.ends_on, place.ready_on, "", place.full_until)
    else:
        found = (None, None, None, place.reason.value, None)
    stored = (run.starts_on, run.ends_on, run.ready_on, run.no_day, run.full_until)
    if stored == found:
        return False
    _tell_of_pin(session, run, place, at=at)
    run.starts_on, run.ends_on, run.ready_on, run.no_day, run.full_until = found
    return True


def _tell_of_pin(
    session: Session, run: ProductionOrder, place: Slot | Unplaced, *, at: datetime
) -> None:
    """Note that a run cannot start on the day somebody pinned it to, and why."""
    if run.pinned_on is None or run.state == "running":
        return
    starts_on = place.starts_on if isinstance(place, Slot) else None
    why = place.reason if isinstance(place, Unplaced) else place.missed_pin
    if why is None or starts_on == run.starts_on:
        return
    record(
        session,
        at=at,
        who="system",
        subject="production_order",
        subject_id=run.id,
        what="run.pin_missed",
        from_state=str(run.pinned_on),
        to_state=str(starts_on or ""),
        why=why.value,
    )


SlotRow = tuple[str, int | None, int, date, int, date, int]


def _stored_slots(
    session: Session, *, run_ids: Collection[int]
) -> dict[int, list[ProductionSlot]]:
    """Load the slots of unfinished runs; those of runs that are over are let go."""
    slots: dict[int, list[ProductionSlot]] = defaultdict(list)
    unfinished = set(run_ids)
    for slot in session.scalars(select(ProductionSlot).order_by(ProductionSlot.position)):
        if slot.production_order_id in unfinished:
            slots[slot.production_order_id].append(slot)
        else:
            session.delete(slot)
    return slots


def _write_slots(
    session: Session,
    run: ProductionOrder,
    steps: Sequence[StepSlot],
    *,
    stored: Sequence[ProductionSlot],
) -> None:
    """Bring the slots of a run to what was found; what is as found is not written."""
    if [_row(slot) for slot in stored] == [_row(step) for step in steps]:
        return
    for slot in stored[len(steps) :]:
        session.delete(slot)
    for position, step in enumerate(steps):
        slot = (
            stored[position]
            if position < len(stored)
            else ProductionSlot(production_order_id=run.id, position=position)
        )
        (
            slot.name,
            slot.work_centre_id,
            slot.minutes,
            slot.starts_on,
            slot.starts_minute,
            slot.ends_on,
            slot.ends_minute,
        ) = _row(step)
        session.add(slot)


def _row(slot: StepSlot | ProductionSlot) -> SlotRow:
    centre = slot.work_centre if isinstance(slot, StepSlot) else slot.work_centre_id
    return (
        slot.name,
        centre,
        slot.minutes,
        slot.starts_on,
        slot.starts_minute,
        slot.ends_on,
        slot.ends_minute,
    )
