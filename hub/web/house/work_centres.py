"""Work centres on the workshop's page: added, their hours, and the days they are shut."""

from decimal import Decimal, InvalidOperation
from functools import partial

from flask import Response

from hub.flow.catalogue.catalogue import add_work_centre
from hub.flow.planning.work_centres import (
    change_work_centre,
    close_work_centre,
    reopen_work_centre,
)
from hub.flow.refusal import Invalid
from hub.web.house.workshop_page import CLOCK, press_workshop, read_clock, typed_days
from hub.web.page_door import Deed, PageDoor, Routes, typed
from hub.web.wording.formats import read_day
from hub.web.wording.language import gettext


def add_centre(door: PageDoor) -> Response:
    """Add a place where runs happen."""
    return press_workshop(door, _add, about="centre")


def change_centre(door: PageDoor, centre_id: int) -> Response:
    """Say anew when a work centre is open."""
    change = partial(_change, centre_id=centre_id)
    return press_workshop(door, change, about=f"centre-{centre_id}")


def close_centre_days(door: PageDoor, centre_id: int) -> Response:
    """Shut a work centre on a day or several."""
    change = partial(_close, centre_id=centre_id)
    return press_workshop(door, change, about=f"centre-{centre_id}")


def reopen_centre_day(door: PageDoor, centre_id: int) -> Response:
    """Open a work centre again on a day it was shut."""
    change = partial(_reopen, centre_id=centre_id)
    return press_workshop(door, change, about=f"centre-{centre_id}")


def _add(deed: Deed) -> None:
    name = typed("name")
    add_work_centre(
        deed.session,
        code=typed("code") or name.replace("/", "-")[:60],
        name=name,
        open_minutes=_week(),
        opens_at=_opens_at(),
        keeps_holidays=typed("keeps_holidays") == "1",
        who=deed.who,
        now=deed.now,
    )


def _change(deed: Deed, *, centre_id: int) -> None:
    change_work_centre(
        deed.session,
        centre_id=centre_id,
        open_minutes=_week(),
        opens_at=_opens_at(),
        keeps_holidays=typed("keeps_holidays") == "1",
        who=deed.who,
        now=deed.now,
    )


def _close(deed: Deed, *, centre_id: int) -> None:
    from_on = read_day(typed("on"), field="on")
    if from_on is None:
        raise Invalid(gettext("Say which day."), field="on")
    close_work_centre(
        deed.session,
        centre_id=centre_id,
        from_on=from_on,
        until_on=read_day(typed("until"), field="until"),
        why=typed("why"),
        who=deed.who,
        now=deed.now,
    )


def _reopen(deed: Deed, *, centre_id: int) -> None:
    for day in typed_days():
        reopen_work_centre(
            deed.session, centre_id=centre_id, day=day, who=deed.who, now=deed.now
        )


def _week() -> list[int]:
    return [_minutes(typed(f"hours-{day}"), field=f"hours-{day}") for day in range(7)]


def _minutes(written: str, *, field: str) -> int:
    """Read how long a day is open: 7.5, 7,5 or 7:30 hours; nothing typed is shut.

    :raises Invalid: it is no number of hours, or not of whole minutes.
    """
    if found := CLOCK.fullmatch(written):
        return int(found[1]) * 60 + int(found[2])
    try:
        minutes = Decimal(written.replace(",", ".") or "0") * 60
        if 0 <= minutes <= 24 * 60 and minutes == int(minutes):
            return int(minutes)
    except InvalidOperation:
        pass
    raise Invalid(gettext("Write hours such as 8 or 7.5."), field=field)


def _opens_at() -> int | None:
    at = read_clock(typed("opens_at"), field="opens_at")
    return None if at is None else at.hour * 60 + at.minute


ROUTES: Routes = (
    ("POST", "/workshop/centres", add_centre),
    ("POST", "/workshop/centres/<id:centre_id>", change_centre),
    ("POST", "/workshop/centres/<id:centre_id>/closures", close_centre_days),
    ("POST", "/workshop/centres/<id:centre_id>/reopen", reopen_centre_day),
)
