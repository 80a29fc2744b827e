"""The workshop's page: how it plans and ships, how long parcels take, when nothing leaves."""

import re
from collections.abc import Callable, Sequence
from datetime import date, time, timedelta

from babel.dates import get_day_names
from flask import Response, request
from sqlalchemy import select

from hub.domain.planning.habits import Habits
from hub.flow.house.holiday_language import holiday_language
from hub.flow.house.workshop import (
    Way,
    change_habits,
    close_shipping,
    reopen_shipping,
    set_transit,
)
from hub.flow.planning.calendars import named_holidays
from hub.flow.refusal import Invalid
from hub.models.catalogue.item_views import find_work_centres
from hub.models.newest import Window
from hub.models.planning.centre_load import closures_from
from hub.models.planning.habits import habits_of
from hub.models.records.workshop import ShippingClosure, Transit
from hub.web.house.opening_hours import hours_words, spans
from hub.web.page_door import Deed, PageDoor, Routes, Trouble, show, typed, went
from hub.web.wording.formats import read_day, read_pieces
from hub.web.wording.language import gettext, locale

YEAR = timedelta(days=365)
SPARE_WAYS = 3
"""Empty rows for more."""
MOST_CENTRES = 200
CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


def show_workshop(door: PageDoor) -> Response:
    """Show how the workshop plans and ships, and its work centres."""
    return workshop_page(door)


def save_habits(door: PageDoor) -> Response:
    """Say anew how the workshop plans and ships."""
    return press_workshop(door, _habits, about="habits")


def save_transit(door: PageDoor) -> Response:
    """Say how long parcels take, in place of all that was said before."""
    return press_workshop(door, _transit, about="transit")


def close_shipping_days(door: PageDoor) -> Response:
    """Let no parcel leave on a day or several."""
    return press_workshop(door, _close, about="shipping")


def reopen_shipping_day(door: PageDoor) -> Response:
    """Let parcels leave on a day again."""
    return press_workshop(door, _reopen, about="shipping")


def press_workshop(
    door: PageDoor, change: Callable[[Deed], None], *, about: str
) -> Response:
    """Do what a form of this page asks, and come back to the page."""
    return door.press(
        change,
        done=lambda _: went("pages.show_workshop", "workshop_saved"),
        again=lambda trouble: workshop_page(door, trouble=trouble),
        about=about,
    )


def read_clock(written: str, *, field: str) -> time | None:
    """Read a time of the day, None if nothing was typed.

    :raises Invalid: it is no time.
    """
    if not written:
        return None
    found = CLOCK.fullmatch(written)
    if found is None:
        raise Invalid(gettext("Write a time such as 14:00."), field=field)
    return time(int(found[1]), int(found[2]))


def _habits(deed: Deed) -> None:
    transit = typed("transit_days")
    habits = Habits(
        country=typed("country"),
        region=typed("region").upper(),
        window_days=_days("window_days"),
        freeze_days=_days("freeze_days"),
        shipping_weekdays=_weekdays(),
        cut_off=read_clock(typed("cut_off"), field="cut_off"),
        pack_days=_days("pack_days"),
        transit_days=_days("transit_days") if transit else None,
        offer_days=_days("offer_days"),
        lot_pattern=typed("lot_pattern"),
    )
    change_habits(deed.session, habits=habits, who=deed.who, now=deed.now)


def _weekdays() -> frozenset[int]:
    sent = request.form.getlist("shipping_weekdays")
    return frozenset(int(day) for day in sent if day in {*"0123456"})


def _days(name: str) -> int:
    return read_pieces(typed(name), field=name)


def _transit(deed: Deed) -> None:
    """Read the rows of the table; one without days is left out, and so forgotten."""
    rows = [row for row in range(len(request.form)) if typed(f"ways.{row}.days")]
    ways = [
        Way(
            country=typed(f"ways.{row}.country"),
            method=typed(f"ways.{row}.method"),
            days=_days(f"ways.{row}.days"),
        )
        for row in rows
    ]
    try:
        set_transit(deed.session, ways=ways, who=deed.who, now=deed.now)
    except Invalid as problem:
        raise Invalid(problem.message, field=_as_shown(problem.field, rows)) from problem


def _as_shown(field: str, rows: Sequence[int]) -> str:
    """Name a row as the page counts it: the flow never saw the empty ones."""
    kind, _, rest = field.partition(".")
    position, _, column = rest.partition(".")
    if not position.isdigit():
        return field
    return ".".join(filter(None, (kind, str(rows[int(position)]), column)))


def _close(deed: Deed) -> None:
    from_on = read_day(typed("on"), field="on")
    if from_on is None:
        raise Invalid(gettext("Say which day."), field="on")
    close_shipping(
        deed.session,
        from_on=from_on,
        until_on=read_day(typed("until"), field="until"),
        why=typed("why"),
        who=deed.who,
        now=deed.now,
    )


def _reopen(deed: Deed) -> None:
    for day in typed_days():
        reopen_shipping(deed.session, day=day, who=deed.who, now=deed.now)


def typed_days() -> list[date]:
    """Return the days a form names.

    :raises Invalid: it names none, or something else.
    """
    days = [read_day(each, field="on") for each in request.form.getlist("on")]
    named = [day for day in days if day is not None]
    if not named:
        raise Invalid(gettext("Say which day."), field="on")
    return named


def workshop_page(door: PageDoor, *, trouble: Trouble | None = None) -> Response:
    """Write the page, with what could not be done."""
    today = door.today()
    with door.reading() as session:
        centres = find_work_centres(session, window=Window(MOST_CENTRES)).rows
        ways = select(Transit).order_by(Transit.country, Transit.method)
        closed = select(ShippingClosure).where(ShippingClosure.day >= today)
        names = get_day_names("wide", locale=locale())
        short = get_day_names("abbreviated", locale=locale())
        habits = habits_of(session)
        shut = closures_from(
            session, centre_ids=[centre.id for centre in centres], from_on=today
        )
        return show(
            "workshop/workshop.html",
            habits=habits,
            zone=door.zone.key,
            weekdays=[names[day] for day in range(7)],
            short_weekdays=[short[day] for day in range(7)],
            ways=list(session.scalars(ways)),
            spare=SPARE_WAYS,
            closed=spans(list(session.scalars(closed.order_by(ShippingClosure.day)))),
            centres=centres,
            hours={centre.id: hours_words(centre) for centre in centres},
            shut={centre_id: spans(days) for centre_id, days in shut.items()},
            holidays=named_holidays(
                habits.country,
                region=habits.region,
                language=holiday_language(habits.country, reader=locale().language),
                from_on=today,
                until_on=today + YEAR,
            ),
            trouble=trouble,
        )


ROUTES: Routes = (
    ("GET", "/workshop", show_workshop),
    ("POST", "/workshop", save_habits),
    ("POST", "/workshop/transit", save_transit),
    ("POST", "/workshop/closures", close_shipping_days),
    ("POST", "/workshop/closures/reopen", reopen_shipping_day),
)
