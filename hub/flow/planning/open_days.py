"""A work centre works on a day of its own: a Saturday, a holiday, or longer than usual."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.catalogue.catalogue import MINUTES_A_DAY
from hub.flow.planning.work_centres import check_why
from hub.flow.refusal import Invalid, Missing
from hub.flow.replan import mark
from hub.models.planning.open_work import items_made_at
from hub.models.records.history import record
from hub.models.records.items import WorkCentre, WorkCentreOpening


def open_on(
    session: Session,
    *,
    centre_id: int,
    day: date,
    minutes: int,
    why: str = "",
    today: date,
    who: str,
    now: datetime,
) -> None:
    """Let a work centre work for so many minutes on a day, whatever it does as a habit.

    What is made there is planned again.

    :raises Invalid: the day is over, or no day is so long.
    :raises Missing: there is no such work centre.
    """
    centre = session.get(WorkCentre, centre_id)
    if centre is None:
        raise Missing("There is no such work centre.")
    if day < today:
        raise Invalid("That day is over.", field="on")
    if not 0 < minutes <= MINUTES_A_DAY - centre.opens_at:
        raise Invalid("It would still be open at midnight.", field="minutes")
    known = select(WorkCentreOpening).filter_by(work_centre_id=centre_id, day=day)
    opening = session.scalar(known) or WorkCentreOpening(work_centre_id=centre_id, day=day)
    opening.minutes, opening.why = minutes, check_why(why)
    session.add(opening)
    session.flush()
    record(
        session,
        at=now,
        who=who,
        subject="work_centre",
        subject_id=centre_id,
        what="work_centre.opened",
        from_state=str(day),
        to_state=str(minutes),
        why=opening.why,
    )
    items = items_made_at(session, centre_id=centre_id)
    mark(session, item_ids=items, why=f"{centre.name} works on {day}", now=now)
