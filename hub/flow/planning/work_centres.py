"""When a work centre is open: its hours, its holidays and the days it is shut."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.flow.catalogue.catalogue import MINUTES_A_DAY, check_hours
from hub.flow.refusal import Invalid, Missing
from hub.flow.replan import mark
from hub.models.planning.open_work import items_made_at
from hub.models.records.history import record
from hub.models.records.items import WorkCentre, WorkCentreClosure

LONGEST_CLOSURE = 400
"""Days at once: a closure of more than a year is a slip of the hand."""
LONGEST_WHY = 200


def change_work_centre(
    session: Session,
    *,
    centre_id: int,
    open_minutes: Sequence[int] | None = None,
    opens_at: int | None = None,
    keeps_holidays: bool | None = None,
    who: str,
    now: datetime,
) -> None:
    """Say anew when a work centre is open, and plan what is made there again.

    `open_minutes` is how long it is open each weekday, Monday first; `opens_at` minutes after
    midnight. What is None stays.

    :raises Invalid: not seven days, or an hour that cannot be.
    :raises Missing: there is no such work centre.
    """
    centre = _centre(session, centre_id)
    if open_minutes is not None:
        check_hours(open_minutes)
        centre.open_minutes = list(open_minutes)
    longest = max(each for each in centre.open_minutes if isinstance(each, int))
    if opens_at is None:
        # Longer hours begin earlier rather than end tomorrow.
        opens_at = min(centre.opens_at, MINUTES_A_DAY - longest)
    if not 0 <= opens_at <= MINUTES_A_DAY - longest:
        raise Invalid("It would still be open at midnight.", field="opens_at")
    centre.opens_at = opens_at
    if keeps_holidays is not None:
        centre.keeps_holidays = keeps_holidays
    session.flush()
    _note(session, centre, "work_centre.hours", who=who, now=now)


def close_work_centre(
    session: Session,
    *,
    centre_id: int,
    from_on: date,
    until_on: date | None = None,
    why: str = "",
    who: str,
    now: datetime,
) -> None:
    """Shut a work centre on a day, or on all days until another; a day that is shut stays so.

    :raises Invalid: it would end before it begins, or last for more than a year.
    :raises Missing: there is no such work centre.
    """
    centre = _centre(session, centre_id)
    days = days_of(from_on, until_on)
    known = select(WorkCentreClosure).where(
        WorkCentreClosure.work_centre_id == centre_id, WorkCentreClosure.day.in_(days)
    )
    shut = {closure.day: closure for closure in session.scalars(known)}
    for day in days:
        closure = shut.get(day) or WorkCentreClosure(work_centre_id=centre_id, day=day)
        closure.why = check_why(why)
        session.add(closure)
    session.flush()
    _note(session, centre, "work_centre.closed", who=who, now=now, days=days, why=why)


def reopen_work_centre(
    session: Session, *, centre_id: int, day: date, who: str, now: datetime
) -> None:
    """Take back that a work centre is shut on a day.

    :raises Missing: there is no such work centre, or it is not shut that day.
    """
    centre = _centre(session, centre_id)
    gone = session.execute(
        delete(WorkCentreClosure)
        .where(WorkCentreClosure.work_centre_id == centre_id, WorkCentreClosure.day == day)
        .returning(WorkCentreClosure.id)
    )
    if gone.first() is None:
        raise Missing("It is not shut on that day.")
    _note(session, centre, "work_centre.reopened", who=who, now=now, days=[day])


def days_of(from_on: date, until_on: date | None) -> list[date]:
    """Return the days of a closure, the last one included.

    :raises Invalid: it would end before it begins, or last for more than a year.
    """
    until_on = until_on or from_on
    if until_on < from_on:
        raise Invalid("It would end before it begins.", field="until")
    if (until_on - from_on).days >= LONGEST_CLOSURE:
        raise Invalid(f"At most {LONGEST_CLOSURE} days at once.", field="until")
    return [from_on + timedelta(days=n) for n in range((until_on - from_on).days + 1)]


def check_why(why: str) -> str:
    """Tidy what somebody gave as a reason.

    :raises Invalid: it is too long.
    """
    tidy = " ".join(why.split())
    if len(tidy) > LONGEST_WHY:
        raise Invalid(f"Write at most {LONGEST_WHY} characters.", field="why")
    return tidy


def _centre(session: Session, centre_id: int) -> WorkCentre:
    centre = session.get(WorkCentre, centre_id)
    if centre is None:
        raise Missing("There is no such work centre.")
    return centre


def _note(
    session: Session,
    centre: WorkCentre,
    what: str,
    *,
    who: str,
    now: datetime,
    days: Sequence[date] = (),
    why: str = "",
) -> None:
    record(
        session,
        at=now,
        who=who,
        subject="work_centre",
        subject_id=centre.id,
        what=what,
        from_state=str(days[0]) if days else "",
        to_state=str(days[-1]) if days else "",
        why=why,
    )
    items = items_made_at(session, centre_id=centre.id)
    mark(session, item_ids=items, why=f"the calendar of {centre.name} changed", now=now)
