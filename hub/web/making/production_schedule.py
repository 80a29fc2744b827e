"""When each work centre works on what: the calendar of runs, as a picture and as tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from flask import Response, make_response, redirect, url_for
from sqlalchemy.orm import Session

from hub.flow.planning.calendars import centre_calendars
from hub.flow.planning.pin import pin, unpin
from hub.flow.refusal import Invalid
from hub.models.catalogue.item_views import find_work_centres
from hub.models.newest import Window
from hub.models.planning.schedule_views import (
    MOST_BOOKED,
    Booked,
    booked_between,
    runs_without_a_day,
)
from hub.models.records.items import WorkCentre
from hub.web.making.production_cards import clock
from hub.web.making.production_gantt import DAYS, Booking, Gantt, Lane, lay_out
from hub.web.page_door import (
    Deed,
    PageDoor,
    Routes,
    Trouble,
    asked,
    show,
    typed,
)
from hub.web.wording.formats import read_day
from hub.web.wording.language import gettext
from hub.web.wording.promise_words import WHY_NO_DATE
from hub.web.wording.words import said

MOST_CENTRES = 30
MOST_WITHOUT = 50
FARTHEST_DAYS = 1_100
"""No run is planned farther away (hub/flow/planning/pin.py)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One step in the table behind the picture."""

    booked: Booked
    centre: str
    starts_at: str
    ends_at: str


def production_schedule(door: PageDoor) -> Response:
    """Show two weeks of the work centres' calendars, and let a run be pinned to a day."""
    return _page(door)


def pin_from_schedule(door: PageDoor) -> Response:
    """Let a run start on a day and no other, or let the plan choose again."""
    return door.press(
        lambda deed: _pin(door, deed),
        done=_gone_back,
        again=lambda trouble: _page(door, trouble=trouble),
        about="pin",
    )


def gantt_of(
    door: PageDoor, session: Session, *, days: int, centre_id: int | None = None
) -> Gantt:
    """Lay out the calendars of the work centres from today on, or of one of them."""
    today = door.today()
    until_on = today + timedelta(days=days - 1)
    booked = booked_between(session, from_on=today, until_on=until_on, centre_id=centre_id)
    lanes = _lanes(door, session, centre_id=centre_id)
    bookings = [booking_of(each) for each in booked]
    return lay_out(lanes, bookings=bookings, first=today, days=days)


def booking_of(booked: Booked) -> Booking:
    """Say what the picture must know of a step."""
    slot, run = booked.slot, booked.run
    return Booking(
        run_id=run.id,
        centre_id=slot.work_centre_id or 0,
        number=run.number,
        name=booked.item.name,
        state=run.state,
        starts_on=slot.starts_on,
        starts_minute=slot.starts_minute,
        ends_on=slot.ends_on,
        ends_minute=slot.ends_minute,
        minutes=slot.minutes,
        rests_until=run.ready_on if booked.is_last else None,
        is_pinned=run.pinned_on is not None,
        step=slot.name,
    )


def _page(door: PageDoor, *, trouble: Trouble | None = None) -> Response:
    today = door.today()
    first = _first(today)
    with door.reading() as session:
        booked = booked_between(
            session, from_on=first, until_on=first + timedelta(days=DAYS - 1)
        )
        lanes = _lanes(door, session)
        centres = {each.id: each for each in _centres(session)}
        without = runs_without_a_day(session, limit=MOST_WITHOUT)
        waiting = {each.run.id: each for each in booked if each.run.state != "running"}
        return show(
            "production/schedule.html",
            gantt=lay_out(
                lanes, bookings=[booking_of(each) for each in booked], first=first
            ),
            lines=[
                _line(each, centres.get(each.slot.work_centre_id or 0)) for each in booked
            ],
            to_pin=[(each.run, each.item) for each in waiting.values()]
            + [(run, item) for run, item in without if run.state != "running"],
            without=[(run, item, said(WHY_NO_DATE, run.no_day)) for run, item in without],
            first=first,
            rest_from=_rest_from(booked, first=first),
            before=first - timedelta(days=DAYS) if first > today else None,
            after=first + timedelta(days=DAYS),
            today=today,
            trouble=trouble,
        )


def _rest_from(booked: Sequence[Booked], *, first: date) -> date | None:
    """Say from which day on what is not shown begins; None when all of it is."""
    if len(booked) < MOST_BOOKED or booked[-1].slot.starts_on <= first:
        return None
    return booked[-1].slot.starts_on


def _first(today: date) -> date:
    """Read from which day on it is shown; today where the address says nothing sensible."""
    try:
        on = date.fromisoformat(asked("from"))
    except ValueError:
        return today
    return on if abs((on - today).days) <= FARTHEST_DAYS else today


def _lanes(door: PageDoor, session: Session, *, centre_id: int | None = None) -> list[Lane]:
    calendars = centre_calendars(session, today=door.today())
    return [
        Lane(centre_id=each.id, name=each.name, calendar=calendars[each.id])
        for each in _centres(session)
        if centre_id in (None, each.id)
    ]


def _centres(session: Session) -> Sequence[WorkCentre]:
    found = find_work_centres(session, window=Window(MOST_CENTRES)).rows
    return sorted(found, key=lambda each: each.id)


def _line(booked: Booked, centre: WorkCentre | None) -> Line:
    opens = 0 if centre is None else centre.opens_at
    return Line(
        booked=booked,
        centre="" if centre is None else centre.name,
        starts_at=clock(opens + booked.slot.starts_minute),
        ends_at=clock(opens + booked.slot.ends_minute),
    )


def _pin(door: PageDoor, deed: Deed) -> str:
    run = typed("run")
    if not (run.isascii() and run.isdigit() and len(run) <= 18):
        raise Invalid(gettext("Choose a run."), field="run")
    if typed("do") == "unpin":
        unpin(deed.session, production_order_id=int(run), who=deed.who, now=deed.now)
        return "run_unpinned"
    on = read_day(typed("on"), field="on")
    if on is None:
        raise Invalid(gettext("Say which day."), field="on")
    pin(
        deed.session,
        production_order_id=int(run),
        on=on,
        today=door.today(),
        who=deed.who,
        now=deed.now,
    )
    return "run_pinned"


def _gone_back(did: str) -> Response:
    weeks = {"from": asked("from")} if asked("from") else {}
    query = urlencode({**weeks, "did": did})
    where = f"{url_for('pages.production_schedule')}?{query}"
    return make_response(redirect(where, code=303))


ROUTES: Routes = (
    ("GET", "/production/schedule", production_schedule),
    ("POST", "/production/schedule/pin", pin_from_schedule),
)
