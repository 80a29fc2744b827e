"""How the workshop plans and ships: its habits, the ways of its parcels, the days none leaves."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from sqlalchemy import select

from hub.flow.house.workshop import (
    Way,
    change_habits,
    close_shipping,
    reopen_shipping,
    set_transit,
)
from hub.models.planning.habits import habits_of
from hub.models.records.workshop import ShippingClosure, Transit
from hub.web.api.door import Asked, Door
from hub.web.api.named import day_in_path
from hub.web.api.schemas.work_centres import ClosureIn, ClosureOut
from hub.web.api.schemas.workshop import (
    WaysIn,
    WaysOut,
    WorkshopChange,
    WorkshopOut,
    show_way,
    show_workshop,
    with_changes,
)
from hub.web.api.shapes import Page, Path

TAG = Tag(
    name="Workshop", description="When it works and ships, and how calm its plans are."
)


class DayPath(Path):
    """Which day."""

    day: str


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes of the workshop itself."""

    def show(asked: Asked, _: None = None) -> WorkshopOut:
        return show_workshop(habits_of(asked.session), time_zone=door.zone.key)

    @api.get("/workshop", tags=[TAG], responses={"200": WorkshopOut})
    def get_workshop() -> Response:
        """Show how the workshop plans and ships."""
        return door.read(show)

    @api.patch("/workshop", tags=[TAG], responses={"200": WorkshopOut})
    def change_workshop(body: WorkshopChange) -> Response:
        """Say anew how the workshop plans and ships; all open work is planned again."""
        return door.write(lambda asked: _change(asked, body), show=show)

    _add_transit(api, door)
    _add_closures(api, door)


def _add_transit(api: APIBlueprint, door: Door) -> None:
    @api.get("/transit", tags=[TAG], responses={"200": WaysOut})
    def list_transit() -> Response:
        """Show how long parcels take, by country and method."""
        return door.read(_ways)

    @api.put("/transit", tags=[TAG], responses={"200": WaysOut})
    def put_transit(body: WaysIn) -> Response:
        """Say how long parcels take, in place of all that was said before."""
        return door.write(
            lambda asked: _set_ways(asked, body), show=lambda asked, _: _ways(asked)
        )


def _add_closures(api: APIBlueprint, door: Door) -> None:
    @api.get("/shipping-closures", tags=[TAG], responses={"200": Page[ClosureOut]})
    def list_shipping_closures() -> Response:
        """List the days from today on on which no parcel leaves."""
        return door.read(lambda asked: _closures(asked, door))

    @api.post("/shipping-closures", tags=[TAG], responses={"200": Page[ClosureOut]})
    def add_shipping_closure(body: ClosureIn) -> Response:
        """Let no parcel leave on a day or several; all open orders are dated again."""
        return door.write(
            lambda asked: _close(asked, body), show=lambda asked, _: _closures(asked, door)
        )

    @api.delete("/shipping-closures/<day>", tags=[TAG], responses={"200": Page[ClosureOut]})
    def remove_shipping_closure(path: DayPath) -> Response:
        """Let parcels leave on a day again."""
        return door.write(
            lambda asked: _reopen(asked, path), show=lambda asked, _: _closures(asked, door)
        )


def _change(asked: Asked, body: WorkshopChange) -> None:
    habits = with_changes(habits_of(asked.session), body)
    change_habits(asked.session, habits=habits, who=asked.who, now=asked.now)


def _ways(asked: Asked) -> WaysOut:
    query = select(Transit).order_by(Transit.country, Transit.method)
    return WaysOut(ways=[show_way(way) for way in asked.session.scalars(query)])


def _set_ways(asked: Asked, body: WaysIn) -> None:
    ways = [Way(country=way.country, method=way.method, days=way.days) for way in body.ways]
    set_transit(asked.session, ways=ways, who=asked.who, now=asked.now)


def _closures(asked: Asked, door: Door) -> Page[ClosureOut]:
    query = select(ShippingClosure).where(ShippingClosure.day >= door.today(asked.now))
    rows = asked.session.scalars(query.order_by(ShippingClosure.day))
    return Page(items=[ClosureOut(on=row.day, why=row.why) for row in rows], next=None)


def _close(asked: Asked, body: ClosureIn) -> None:
    close_shipping(
        asked.session,
        from_on=body.on,
        until_on=body.until,
        why=body.why,
        who=asked.who,
        now=asked.now,
    )


def _reopen(asked: Asked, path: DayPath) -> None:
    day = day_in_path(path.day)
    reopen_shipping(asked.session, day=day, who=asked.who, now=asked.now)
