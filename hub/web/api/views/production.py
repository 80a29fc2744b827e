"""Production orders: found, released, started, completed, finished, cancelled."""

from collections.abc import Sequence

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.flow.making import produce
from hub.flow.making.consume import Used
from hub.flow.making.make_now import make_now
from hub.flow.refusal import Invalid, Missing
from hub.flow.undoing.undo_run import undo
from hub.models.making.run_views import find_runs, run_rows
from hub.models.records.items import Item
from hub.models.records.production import ProductionOrder
from hub.models.records.stock import Lot
from hub.models.stock.lot_views import lot_rows
from hub.web.api.door import Asked, Door
from hub.web.api.named import item_named, lot_named, run_in_path, wanted_item
from hub.web.api.paging import cursor, window
from hub.web.api.quantities import QuantityIn, thousandths
from hub.web.api.schemas.lots import LotOut, show_lot
from hub.web.api.schemas.production import (
    CompleteIn,
    ConsumedIn,
    FinishIn,
    ReleaseIn,
    RunOut,
    RunQuery,
    ScannedIn,
    StartIn,
    YieldIn,
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

    _add_steps(api, door, one=one)


def _add_steps(api: APIBlueprint, door: Door, *, one: str) -> None:
    @api.post(f"{one}/release", tags=[TAG], responses={"200": RunOut})
    def release_production_order(path: RunPath, body: ReleaseIn) -> Response:
        """Give a planned run to the workshop: its size and recipe are fixed.

        With `batches` it is made that big first, and what it then does not make is planned anew.
        """
        return door.write(lambda asked: _release(asked, door, path, body), show=_show)

    @api.post(f"{one}/start", tags=[TAG], responses={"200": RunOut})
    def start_production_order(path: RunPath, body: StartIn) -> Response:
        """Start a run: every material must be there; its channels hear of it."""
        return door.write(lambda asked: _start(asked, door, path, body), show=_show)

    @api.post(f"{one}/complete", tags=[TAG], responses={"200": RunOut})
    def complete_production_order(path: RunPath, body: CompleteIn) -> Response:
        """Write down a part of what a running run gives; the rest is still to come."""
        return door.write(lambda asked: _complete(asked, door, path, body), show=_show)

    @api.post(f"{one}/undo", tags=[TAG], responses={"200": RunOut})
    def undo_production_order(path: RunPath, body: ReasonIn) -> Response:
        """Take back the last completion of a run, or its start when it has given nothing."""
        return door.write(lambda asked: _undo(asked, path, body), show=_show)

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


def _release(asked: Asked, door: Door, path: RunPath, body: ReleaseIn) -> int:
    run_id = _id(asked, path)
    if body.batches is None:
        produce.release(
            asked.session, production_order_id=run_id, who=asked.who, now=asked.now
        )
        return run_id
    make_now(
        asked.session,
        production_order_id=run_id,
        batches=body.batches,
        who=asked.who,
        now=asked.now,
        zone=door.zone,
        channels=door.ports.channels,
    )
    return run_id


def _start(asked: Asked, door: Door, path: RunPath, body: StartIn) -> int:
    run_id = _id(asked, path)
    produce.start(
        asked.session,
        production_order_id=run_id,
        picked=_lots(asked, body.lots or (), field="lots"),
        who=asked.who,
        now=asked.now,
        zone=door.zone,
    )
    return run_id


def _undo(asked: Asked, path: RunPath, body: ReasonIn) -> int:
    run_id = _id(asked, path)
    undo(
        asked.session,
        production_order_id=run_id,
        reason=body.reason,
        who=asked.who,
        now=asked.now,
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


def _complete(asked: Asked, door: Door, path: RunPath, body: CompleteIn) -> int:
    run_id = _id(asked, path)
    item = _made_item(asked, run_id)
    produce.complete(
        asked.session,
        production_order_id=run_id,
        produced=thousandths(body.produced, item=item, field="produced"),
        consumed=_consumed(asked, body),
        scrapped=_amount(body.scrap, item=item, field="scrap") or 0,
        scrap_reason=body.scrap_reason or "",
        note=body.note,
        lot_code=body.lot_code,
        best_before=body.best_before,
        who=asked.who,
        now=asked.now,
        zone=door.zone,
    )
    return run_id


def _finish(asked: Asked, door: Door, path: RunPath, body: FinishIn) -> int | None:
    run_id = _id(asked, path)
    item = _made_item(asked, run_id)
    return produce.finish(
        asked.session,
        production_order_id=run_id,
        produced=_amount(body.produced, item=item, field="produced"),
        consumed=_consumed(asked, body),
        scrapped=_amount(body.scrap, item=item, field="scrap") or 0,
        scrap_reason=body.scrap_reason or "",
        note=body.note,
        lot_code=body.lot_code,
        best_before=body.best_before,
        who=asked.who,
        now=asked.now,
        zone=door.zone,
    )


def _made_item(asked: Asked, run_id: int) -> Item:
    run = asked.session.get(ProductionOrder, run_id)
    if run is None:
        raise Missing("There is no such production order.")
    return asked.session.get_one(Item, run.item_id)


def _amount(given: QuantityIn | None, *, item: Item, field: str) -> int | None:
    return None if given is None else thousandths(given, item=item, field=field)


def _consumed(asked: Asked, body: YieldIn) -> list[Used] | None:
    if body.consumed is None:
        return None
    return _lots(asked, body.consumed, field="consumed")


def _lots(
    asked: Asked, given: Sequence[ConsumedIn | ScannedIn], *, field: str
) -> list[Used]:
    """Read lots by name; one without a quantity is as much as is needed, which is 0."""
    used: list[Used] = []
    for position, each in enumerate(given):
        place = f"{field}.{position}"
        item = item_named(asked.session, each.item, field=f"{place}.item")
        lot = lot_named(asked.session, each.lot, item=item, field=f"{place}.lot")
        amount = _scanned(each, item=item, field=f"{place}.quantity")
        used.append(Used(item_id=item.id, lot_id=lot.id, quantity=amount))
    return used


def _scanned(given: ConsumedIn | ScannedIn, *, item: Item, field: str) -> int:
    amount = _amount(given.quantity, item=item, field=field) or 0
    if isinstance(given, ScannedIn) and given.quantity is not None and amount <= 0:
        raise Invalid("Say how much: more than nothing.", field=field)
    return amount
