"""A person says on which day a run starts, or leaves that to the plan again."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from hub.domain.states import Production
from hub.flow.refusal import Invalid, Missing, Refusal
from hub.flow.replan import mark
from hub.models.locks import lock_items
from hub.models.records.history import record
from hub.models.records.production import ProductionOrder

FARTHEST_DAYS = 1_000
"""The calendar of runs reaches three years (hub/domain/days/capacity.py)."""


class AlreadyStarted(Refusal):
    """It runs, or is over: the day it starts is past."""


def pin(
    session: Session,
    *,
    production_order_id: int,
    on: date,
    today: date,
    who: str,
    now: datetime,
) -> None:
    """Let a run start on a day, not before, before other runs; and leave its size alone.

    If it cannot, it starts on the next day possible and its history says why.

    :raises Invalid: the day is past, or farther away than runs are planned.
    :raises AlreadyStarted: it was started, finished or cancelled.
    :raises Missing: there is no such run.
    """
    if on < today:
        raise Invalid("That day has passed.", field="on")
    if (on - today).days > FARTHEST_DAYS:
        raise Invalid(f"At most {FARTHEST_DAYS} days ahead.", field="on")
    run = _to_start(session, production_order_id)
    if run.pinned_on != on:
        _set(session, run, on, who=who, now=now)


def unpin(session: Session, *, production_order_id: int, who: str, now: datetime) -> None:
    """Let the plan choose the day of a run again; nothing happens to a run without a pin.

    :raises AlreadyStarted: it was started, finished or cancelled.
    :raises Missing: there is no such run.
    """
    run = _to_start(session, production_order_id)
    if run.pinned_on is not None:
        _set(session, run, None, who=who, now=now)


def _to_start(session: Session, run_id: int) -> ProductionOrder:
    run = session.get(ProductionOrder, run_id)
    if run is None:
        raise Missing("There is no such production order.")
    lock_items(session, [run.item_id])
    session.refresh(run)
    if run.state not in (Production.PLANNED, Production.RELEASED):
        raise AlreadyStarted(f"{run.number} is {run.state}.")
    return run


def _set(
    session: Session, run: ProductionOrder, on: date | None, *, who: str, now: datetime
) -> None:
    record(
        session,
        at=now,
        who=who,
        subject="production_order",
        subject_id=run.id,
        what="run.unpinned" if on is None else "run.pinned",
        from_state=str(run.pinned_on or ""),
        to_state=str(on or ""),
    )
    run.pinned_on = on
    session.flush()
    told = f"{run.number} was pinned to {on}" if on else f"{run.number} is no longer pinned"
    mark(
        session,
        item_ids=[run.item_id],
        why=told,
        now=now,
        cause={"what": "pinned" if on else "unpinned", "run": run.number},
    )
