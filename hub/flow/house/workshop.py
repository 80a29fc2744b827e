"""How this workshop plans and ships: said once, checked, and kept to by every plan and promise."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.domain.codes import UnknownPlaceholder, check_pattern
from hub.domain.days.transit import fold_method
from hub.domain.planning.habits import Habits
from hub.flow.bounds import between
from hub.flow.planning.calendars import check_place
from hub.flow.planning.work_centres import check_why, days_of
from hub.flow.refusal import Invalid, Missing
from hub.flow.replan import mark
from hub.models.planning.habits import THE_ONE, workshop_row
from hub.models.planning.open_work import items_in_work, items_wanted
from hub.models.records.history import record
from hub.models.records.workshop import ShippingClosure, Transit

MOST_DAYS = 365
MOST_WAYS = 2_000
LONGEST_PATTERN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How long a parcel takes to a country by a method; an empty word fits any."""

    country: str = ""
    method: str = ""
    days: int


def change_habits(session: Session, *, habits: Habits, who: str, now: datetime) -> None:
    """Say anew how the workshop plans and ships, and plan all open work again.

    :raises Invalid: a country, region, day, hour or pattern that cannot be; `field` names it.
    """
    habits = replace(habits, country=habits.country.strip().upper())
    check_place(habits.country, region=habits.region)
    _check(habits)
    row = workshop_row(session, now=now)
    row.country, row.region = habits.country, habits.region
    row.window_days, row.freeze_days = habits.window_days, habits.freeze_days
    row.shipping_weekdays = [*sorted(habits.shipping_weekdays)]
    row.cut_off_minute = _minute(habits.cut_off)
    row.pack_days, row.transit_days = habits.pack_days, habits.transit_days
    row.offer_days, row.lot_pattern = habits.offer_days, habits.lot_pattern
    _note(session, "workshop.habits", who=who, now=now)


def set_transit(session: Session, *, ways: Sequence[Way], who: str, now: datetime) -> None:
    """Say how long parcels take, in place of all that was said before.

    :raises Invalid: a country that is not two letters, too many days, or one way said twice.
    """
    if len(ways) > MOST_WAYS:
        raise Invalid(f"At most {MOST_WAYS} ways.", field="ways")
    wanted: dict[tuple[str, str], int] = {}
    for position, way in enumerate(ways):
        key = (_country(way.country, position=position), fold_method(way.method))
        if key in wanted:
            raise Invalid("This way is said twice.", field=f"ways.{position}")
        between(way.days, 0, MOST_DAYS, field=f"ways.{position}.days")
        wanted[key] = way.days
    session.execute(delete(Transit))
    session.add_all(
        Transit(country=country, method=method, days=days)
        for (country, method), days in wanted.items()
    )
    workshop_row(session, now=now)
    _note(session, "workshop.transit", who=who, now=now)


def close_shipping(
    session: Session,
    *,
    from_on: date,
    until_on: date | None = None,
    why: str = "",
    who: str,
    now: datetime,
) -> None:
    """Let no parcel leave on a day, or on all days until another.

    :raises Invalid: it would end before it begins, or last for more than a year.
    """
    days, tidy = days_of(from_on, until_on), check_why(why)
    known = select(ShippingClosure).where(ShippingClosure.day.in_(days))
    closed = {closure.day: closure for closure in session.scalars(known)}
    for day in days:
        closure = closed.get(day) or ShippingClosure(day=day)
        closure.why = tidy
        session.add(closure)
    workshop_row(session, now=now)
    _note(session, "workshop.shipping_closed", who=who, now=now, days=days, why=tidy)


def reopen_shipping(session: Session, *, day: date, who: str, now: datetime) -> None:
    """Let parcels leave on a day again.

    :raises Missing: they leave that day already, as far as closures go.
    """
    gone = session.execute(
        delete(ShippingClosure)
        .where(ShippingClosure.day == day)
        .returning(ShippingClosure.id)
    )
    if gone.first() is None:
        raise Missing("Parcels leave on that day already.")
    workshop_row(session, now=now)
    _note(session, "workshop.shipping_reopened", who=who, now=now, days=[day])


def _check(habits: Habits) -> None:
    for field in ("window_days", "freeze_days", "pack_days", "transit_days", "offer_days"):
        between(getattr(habits, field), 0, MOST_DAYS, field=field)
    if not habits.shipping_weekdays:
        raise Invalid("Say on which weekdays parcels leave.", field="shipping_weekdays")
    for day in habits.shipping_weekdays:
        between(day, 0, 6, field="shipping_weekdays")
    if len(habits.lot_pattern) > LONGEST_PATTERN:
        raise Invalid(f"Write at most {LONGEST_PATTERN} characters.", field="lot_pattern")
    if habits.lot_pattern:
        try:
            check_pattern(habits.lot_pattern)
        except UnknownPlaceholder as problem:
            raise Invalid(str(problem), field="lot_pattern") from problem


def _country(given: str, *, position: int) -> str:
    country = given.strip().upper()
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise Invalid(
            "Write a country in two letters, such as ES.", field=f"ways.{position}.country"
        )
    return country


def _note(
    session: Session,
    what: str,
    *,
    who: str,
    now: datetime,
    days: Collection[date] = (),
    why: str = "",
) -> None:
    record(
        session,
        at=now,
        who=who,
        subject="workshop",
        subject_id=THE_ONE,
        what=what,
        from_state=str(min(days)) if days else "",
        to_state=str(max(days)) if days else "",
        why=why,
    )
    items = items_in_work(session) | items_wanted(session)
    mark(session, item_ids=items, why="the workshop's calendar changed", now=now)


def _minute(at: time | None) -> int | None:
    return None if at is None else at.hour * 60 + at.minute
