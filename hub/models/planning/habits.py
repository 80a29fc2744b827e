"""The workshop's habits as they are stored; a workshop that said nothing has the defaults."""

from datetime import datetime, time

from sqlalchemy.orm import Session

from hub.domain.planning.habits import Habits
from hub.models.records.workshop import Workshop

THE_ONE = 1


def habits_of(session: Session) -> Habits:
    """Return how this workshop plans and ships."""
    row = session.get(Workshop, THE_ONE)
    if row is None:
        return Habits()
    return Habits(
        country=row.country,
        region=row.region,
        window_days=row.window_days,
        freeze_days=row.freeze_days,
        shipping_weekdays=frozenset(
            day for day in row.shipping_weekdays if isinstance(day, int)
        ),
        cut_off=_time(row.cut_off_minute),
        pack_days=row.pack_days,
        transit_days=row.transit_days,
        offer_days=row.offer_days,
        lot_pattern=row.lot_pattern,
    )


def workshop_row(session: Session, *, now: datetime) -> Workshop:
    """Return the workshop's row to be changed, as of now, with the usual if nothing was said."""
    row = session.get(Workshop, THE_ONE, with_for_update=True)
    if row is None:
        usual = Habits()
        row = Workshop(
            id=THE_ONE,
            window_days=usual.window_days,
            freeze_days=usual.freeze_days,
            offer_days=usual.offer_days,
        )
        session.add(row)
    row.updated_at = now
    return row


def _time(minute: int | None) -> time | None:
    return None if minute is None else time(minute // 60, minute % 60)
