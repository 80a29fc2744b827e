"""Production orders: found, released, started, finished, cancelled."""

from collections.abc import Sequence

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.flow import produce
from hub.flow.consume import Used
from hub.flow.refusal import Missing
from hub.models.items import Item
from hub.models.lot_views import lot_rows
from hub.models.production import ProductionOrder
from hub.models.run_views import find_runs, run_rows
from hub.models.stock import Lot
from hub.web.api.door import Asked, Door
from hub.web.api.named import item_named, lot_named, run_in_path, wanted_item
from hub.web.api.paging import cursor, window
from hub.web.api.quantities import QuantityIn, thousandths
from hub.web.api.schemas.lots import LotOut, show_lot
from hub.web.api.schemas.production import (
    ConsumedIn,
    FinishIn,
    RunOut,
    RunQuery,
    show_run,
)
from hub.web.api.shapes import Page, Path, ReasonIn

TAG = Tag(name="Production orders", description="Runs: what is made, for whom, from what.")


class RunPath(Path):
    """Which production order, by its id or number."""

    production_order_id: str


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes of production orders."""
    one = "/production-orders/<production_order_id>"

    @api.get("/production-orders", tags=[TAG], responses={"200": Page[RunOut]})
    def list_production_orders(query: RunQuery) -> Response:
        """List production orders."""
        return door.read(lambda asked: _page(asked, query))

    @api.get(one, tags=[TAG], responses={"200": RunOut})
    def get_production_order(path: RunPath) -> Response:
        """Show one production order."""
        return door.read(lambda asked: _show(asked, _id(asked, path)))

    @api.post(f"{one}/release", tags=[TAG], responses={"200": RunOut})
    def release_production_order(path: RunPath) -> Response:
        """Give a planned run to the workshop: its size and recipe are fixed."""
        return door.write(lambda asked: _release(asked, path), show=_show)

    @api.post(f"{one}/start", tags=[TAG], responses={"200": RunOut})
    def start_production_order(path: RunPath) -> Response:
        """Start a run: every material must be there; its channels hear of it."""
        return door.write(lambda asked: _start(asked, door, path), show=_show)

    @api.post(f"{one}/finish", tags=[TAG], responses={"200": LotOut, "204": None})
    def finish_production_order(path: RunPath, body: FinishIn) -> Response:
        """Finish a run and answer with the new lot; with nothing (204) if all was lost."""
        return door.write(lambda asked: _finish(asked, door, path, body), show=_show_lot)

    @api.post(f"{one}/cancel", tags=[TAG], responses={"200": RunOut})
    def cancel_production_order(path: RunPath, body: ReasonIn) -> Response:
        """Cancel a run that is not over; whoever it was made for is planned anew."""
        return door.write(lambda asked: _cancel(asked, path, body), show=_show)


def _id(asked: Asked, path: RunPath) -> int:
    return run_in_path(asked.session, path.production_order_id)


def _page(asked: Asked, query: RunQuery) -> Page[RunOut]:
    found = find_runs(
        asked.session,
        state=query.state or "",
        item_id=wanted_item(asked.session, query.item),
        window=window(query),
    )
    return Page(
        items=[show_run(row) for row in run_rows(asked.session, runs=found.rows)],
        next=cursor(found.next),
    )


def _show(asked: Asked, run_id: int) -> RunOut:
    run = asked.session.get_one(ProductionOrder, run_id)
    return show_run(run_rows(asked.session, runs=[run])[0])


def _show_lot(asked: Asked, lot_id: int | None) -> LotOut | None:
    if lot_id is None:
        return None
    lot = asked.session.get_one(Lot, lot_id)
    return show_lot(lot_rows(asked.session, lots=[lot])[0])


def _release(asked: Asked, path: RunPath) -> int:
    run_id = _id(asked, path)
    produce.release(asked.session, production_order_id=run_id, who=asked.who, now=asked.now)
    return run_id


def _start(asked: Asked, door: Door, path: RunPath) -> int:
    run_id = _id(asked, path)
    produce.start(
        asked.session,
        production_order_id=run_id,
        who=asked.who,
        now=asked.now,
        zone=door.zone,
    )
    return run_id


def _cancel(asked: Asked, path: RunPath, body: ReasonIn) -> int:
    run_id = _id(asked, path)
    produce.cancel(
        asked.session,
        production_order_id=run_id,
        reason=body.reason,
        who=asked.who,
        now=asked.now,
    )
    return run_id


def _finish(asked: Asked, door: Door, path: RunPath, body: FinishIn) -> int | None:
    session = asked.session
    run_id = _id(asked, path)
    run = session.get(ProductionOrder, run_id)
    if run is None:
        raise Missing("There is no such production order.")
    item = session.get_one(Item, run.item_id)
    return produce.finish(
        session,
        production_order_id=run_id,
        produced=_amount(body.produced, item=item, field="produced"),
        consumed=_consumed(asked, body.consumed),
        scrapped=_amount(body.scrap, item=item, field="scrap") or 0,
        lot_code=body.lot_code,
        best_before=body.best_before,
        who=asked.who,
        now=asked.now,
        zone=door.zone,
    )


def _amount(given: QuantityIn | None, *, item: Item, field: str) -> int | None:
    return None if given is None else thousandths(given, item=item, field=field)


def _consumed(asked: Asked, given: Sequence[ConsumedIn] | None) -> list[Used] | None:
    if given is None:
        return None
    used: list[Used] = []
    for position, each in enumerate(given):
        field = f"consumed.{position}"
        item = item_named(asked.session, each.item, field=f"{field}.item")
        lot = lot_named(asked.session, each.lot, item=item, field=f"{field}.lot")
        amount = thousandths(each.quantity, item=item, field=f"{field}.quantity")
        used.append(Used(item_id=item.id, lot_id=lot.id, quantity=amount))
    return used
