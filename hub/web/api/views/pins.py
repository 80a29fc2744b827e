"""On which day a run starts: pinned by a person, or left to the plan again."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.flow.planning.pin import pin, unpin
from hub.models.making.run_views import run_rows
from hub.models.records.production import ProductionOrder
from hub.web.api.door import Asked, Door
from hub.web.api.named import run_in_path
from hub.web.api.schemas.production import RunOut, show_run
from hub.web.api.shapes import Day, In, Path

TAG = Tag(name="Production orders", description="Runs: what is made, for whom, from what.")


class RunPath(Path):
    """Which production order, by its id or number."""

    production_order_id: str


class PinIn(In):
    """The day a run is to start."""

    on: Day


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes of pins."""
    one = "/production-orders/<production_order_id>"

    @api.post(f"{one}/pin", tags=[TAG], responses={"200": RunOut})
    def pin_production_order(path: RunPath, body: PinIn) -> Response:
        """Let a run start on a day and no other; its size is left alone from now on."""
        return door.write(lambda asked: _pin(asked, door, path, body), show=_show)

    @api.post(f"{one}/unpin", tags=[TAG], responses={"200": RunOut})
    def unpin_production_order(path: RunPath) -> Response:
        """Let the plan choose the day of a run again."""
        return door.write(lambda asked: _unpin(asked, path), show=_show)


def _pin(asked: Asked, door: Door, path: RunPath, body: PinIn) -> int:
    run_id = run_in_path(asked.session, path.production_order_id)
    pin(
        asked.session,
        production_order_id=run_id,
        on=body.on,
        today=door.today(asked.now),
        who=asked.who,
        now=asked.now,
    )
    return run_id


def _unpin(asked: Asked, path: RunPath) -> int:
    run_id = run_in_path(asked.session, path.production_order_id)
    unpin(asked.session, production_order_id=run_id, who=asked.who, now=asked.now)
    return run_id


def _show(asked: Asked, run_id: int) -> RunOut:
    run = asked.session.get_one(ProductionOrder, run_id)
    return show_run(run_rows(asked.session, runs=[run])[0])
