"""Work centres: added, their hours, the days they are shut, and how full they are."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.domain.days.load import Span, load
from hub.flow.catalogue.catalogue import add_work_centre
from hub.flow.planning.calendars import centre_calendars
from hub.flow.planning.work_centres import (
    change_work_centre,
    close_work_centre,
    reopen_work_centre,
)
from hub.flow.refusal import Invalid, Missing
from hub.models.catalogue.item_views import find_work_centres, work_centre_coded
from hub.models.planning.centre_load import closures_from, slots_at
from hub.models.records.items import WorkCentre
from hub.web.api.door import Asked, Door
from hub.web.api.named import day_in_path
from hub.web.api.paging import cursor, window
from hub.web.api.schemas.work_centres import (
    ClosureIn,
    LoadOut,
    LoadQuery,
    WorkCentreChange,
    WorkCentreIn,
    WorkCentreOut,
    minute_of,
    show_load,
    show_work_centre,
)
from hub.web.api.shapes import Page, PageQuery, Path

TAG = Tag(name="Work centres", description="Where things are made, when, and how full.")

USUAL_DAYS = 28
MOST_DAYS = 400


class CentrePath(Path):
    """Which work centre, by its code."""

    code: str


class ClosurePath(Path):
    """Which day of which work centre."""

    code: str
    day: str


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes of work centres."""
    one = "/work-centres/<path:code>"

    @api.get("/work-centres", tags=[TAG], responses={"200": Page[WorkCentreOut]})
    def list_work_centres(query: PageQuery) -> Response:
        """List the places where runs happen."""
        return door.read(lambda asked: _page(asked, door, query))

    @api.post("/work-centres", tags=[TAG], responses={"201": WorkCentreOut})
    def create_work_centre(body: WorkCentreIn) -> Response:
        """Add a place where runs happen."""
        return door.write(
            lambda asked: _add(asked, body), show=_shower(door), status=201, wake=()
        )

    @api.patch(one, tags=[TAG], responses={"200": WorkCentreOut})
    def change_hours(path: CentrePath, body: WorkCentreChange) -> Response:
        """Say anew when a work centre is open; what is made there is planned again."""
        return door.write(lambda asked: _change(asked, path, body), show=_shower(door))

    @api.post(f"{one}/closures", tags=[TAG], responses={"200": WorkCentreOut})
    def close_centre(path: CentrePath, body: ClosureIn) -> Response:
        """Shut a work centre on a day or several; what is made there is planned again."""
        return door.write(lambda asked: _close(asked, path, body), show=_shower(door))

    @api.delete(f"{one}/closures/<day>", tags=[TAG], responses={"200": WorkCentreOut})
    def reopen_centre(path: ClosurePath) -> Response:
        """Take back that a work centre is shut on a day."""
        return door.write(lambda asked: _reopen(asked, path), show=_shower(door))

    @api.get(f"{one}/load", tags=[TAG], responses={"200": LoadOut})
    def show_centre_load(path: CentrePath, query: LoadQuery) -> Response:
        """Show how full a work centre is, day by day, and with which runs."""
        return door.read(lambda asked: _load(asked, door, path, query))


def _centre(asked: Asked, path: CentrePath | ClosurePath) -> WorkCentre:
    centre = work_centre_coded(asked.session, code=path.code)
    if centre is None:
        raise Missing("There is no such work centre.")
    return centre


def _page(asked: Asked, door: Door, query: PageQuery) -> Page[WorkCentreOut]:
    found = find_work_centres(asked.session, window=window(query))
    return Page(items=_shown(asked, door, found.rows), next=cursor(found.next))


def _shown(asked: Asked, door: Door, rows: Iterable[WorkCentre]) -> list[WorkCentreOut]:
    centres = list(rows)
    closures = closures_from(
        asked.session,
        centre_ids=[centre.id for centre in centres],
        from_on=door.today(asked.now),
    )
    return [
        show_work_centre(centre, closures=closures.get(centre.id, ())) for centre in centres
    ]


def _shower(door: Door) -> Callable[[Asked, int], WorkCentreOut]:
    """Make what shows a work centre by its id, after a change."""

    def show(asked: Asked, centre_id: int) -> WorkCentreOut:
        centre = asked.session.get_one(WorkCentre, centre_id)
        return _shown(asked, door, [centre])[0]

    return show


def _add(asked: Asked, body: WorkCentreIn) -> int:
    return add_work_centre(
        asked.session,
        code=body.code,
        name=body.name,
        open_minutes=body.open_minutes,
        opens_at=None if body.opens_at is None else minute_of(body.opens_at),
        keeps_holidays=body.keeps_holidays,
        who=asked.who,
        now=asked.now,
    )


def _change(asked: Asked, path: CentrePath, body: WorkCentreChange) -> int:
    centre = _centre(asked, path)
    change_work_centre(
        asked.session,
        centre_id=centre.id,
        open_minutes=body.open_minutes,
        opens_at=None if body.opens_at is None else minute_of(body.opens_at),
        keeps_holidays=body.keeps_holidays,
        who=asked.who,
        now=asked.now,
    )
    return centre.id


def _close(asked: Asked, path: CentrePath, body: ClosureIn) -> int:
    centre = _centre(asked, path)
    close_work_centre(
        asked.session,
        centre_id=centre.id,
        from_on=body.on,
        until_on=body.until,
        why=body.why,
        who=asked.who,
        now=asked.now,
    )
    return centre.id


def _reopen(asked: Asked, path: ClosurePath) -> int:
    centre = _centre(asked, path)
    day = day_in_path(path.day)
    reopen_work_centre(
        asked.session, centre_id=centre.id, day=day, who=asked.who, now=asked.now
    )
    return centre.id


def _load(asked: Asked, door: Door, path: CentrePath, query: LoadQuery) -> LoadOut:
    centre = _centre(asked, path)
    today = door.today(asked.now)
    from_on, until_on = _period(query, today=today)
    rows = slots_at(asked.session, centre_id=centre.id, from_on=from_on, until_on=until_on)
    spans = [
        Span(
            starts_on=row.slot.starts_on,
            starts_minute=row.slot.starts_minute,
            ends_on=row.slot.ends_on,
            ends_minute=row.slot.ends_minute,
        )
        for row in rows
    ]
    calendar = centre_calendars(asked.session, today=today)[centre.id]
    days = list(load(spans, calendar=calendar, from_on=from_on, until_on=until_on))
    return show_load(centre, days=days, rows=rows)


def _period(query: LoadQuery, *, today: date) -> tuple[date, date]:
    from_on = query.from_on or today
    if query.to_on is None:
        room = min(USUAL_DAYS - 1, (date.max - from_on).days)
        return from_on, from_on + timedelta(days=room)
    if query.to_on < from_on:
        raise Invalid("It would end before it begins.", field="to")
    if (query.to_on - from_on).days >= MOST_DAYS:
        raise Invalid(f"At most {MOST_DAYS} days at once.", field="to")
    return from_on, query.to_on
