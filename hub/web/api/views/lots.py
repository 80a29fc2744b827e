"""Lots: received, looked at, traced, put aside, let go and called back."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.domain.stock.lot_states import LotState
from hub.domain.stock.trace import Direction, Node, NodeKind, walk
from hub.flow.refusal import Missing
from hub.flow.stock.stock import receive, set_lot_state
from hub.models.by_id import by_id
from hub.models.planning.held import Holder
from hub.models.recalls.trace_edges import node_names, trace_edges
from hub.models.recalls.trace_held import orders_holding
from hub.models.records.items import Item
from hub.models.records.stock import Lot
from hub.models.stock.lot_views import LotRow, find_lots, lot_rows
from hub.web.api.door import Asked, Door
from hub.web.api.named import id_in_path, item_named, wanted_item
from hub.web.api.paging import cursor, window
from hub.web.api.quantities import thousandths, unit_cost
from hub.web.api.schemas.lots import (
    LotIn,
    LotOut,
    LotQuery,
    LotStateOut,
    TraceOut,
    TraceQuery,
    show_changed_lot,
    show_lot,
    show_trace,
)
from hub.web.api.shapes import Page, Path, ReasonIn

TAG = Tag(name="Lots", description="Traceable quantities: received, made, used, sent.")


class LotPath(Path):
    """Which lot."""

    lot_id: str


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes of lots."""

    @api.get("/lots", tags=[TAG], responses={"200": Page[LotOut]})
    def list_lots(query: LotQuery) -> Response:
        """List lots."""
        return door.read(lambda asked: _page(asked, query))

    @api.post("/lots", tags=[TAG], responses={"201": LotOut})
    def receive_lot(body: LotIn) -> Response:
        """Take goods in as a new lot."""
        return door.write(
            lambda asked: _receive(asked, door, body),
            show=lambda asked, lot_id: show_lot(_row(asked, lot_id)),
            status=201,
        )

    @api.get("/lots/<lot_id>", tags=[TAG], responses={"200": LotOut})
    def get_lot(path: LotPath) -> Response:
        """Show one lot."""
        return door.read(lambda asked: show_lot(_row(asked, _id(path))))

    @api.get("/lots/<lot_id>/trace", tags=[TAG], responses={"200": TraceOut})
    def trace_lot(path: LotPath, query: TraceQuery) -> Response:
        """Follow a lot forward to its buyers, back to its suppliers, or both ways."""
        return door.read(
            lambda asked: _trace(asked, _id(path), direction=Direction(query.direction))
        )

    @api.post("/lots/<lot_id>/quarantine", tags=[TAG], responses={"200": LotStateOut})
    def quarantine_lot(path: LotPath, body: ReasonIn) -> Response:
        """Put a lot aside: nothing more of it is used or sent until it is released."""
        return _change(door, path, body, state=LotState.QUARANTINED)

    @api.post("/lots/<lot_id>/release", tags=[TAG], responses={"200": LotStateOut})
    def release_lot(path: LotPath, body: ReasonIn) -> Response:
        """Let a lot that was put aside go again."""
        return _change(door, path, body, state=LotState.AVAILABLE)

    @api.post("/lots/<lot_id>/recall", tags=[TAG], responses={"200": LotStateOut})
    def recall_lot(path: LotPath, body: ReasonIn) -> Response:
        """Call a lot back, for good; its forward trace says to whom it went."""
        return _change(door, path, body, state=LotState.RECALLED)


def _id(path: LotPath) -> int:
    return id_in_path(path.lot_id, what="lot")


def _page(asked: Asked, query: LotQuery) -> Page[LotOut]:
    found = find_lots(
        asked.session,
        item_id=wanted_item(asked.session, query.item),
        state=query.state or "",
        code=query.code,
        window=window(query),
    )
    return Page(
        items=[show_lot(row) for row in lot_rows(asked.session, lots=found.rows)],
        next=cursor(found.next),
    )


def _row(asked: Asked, lot_id: int) -> LotRow:
    lot = asked.session.get(Lot, lot_id)
    if lot is None:
        raise Missing("There is no such lot.")
    return lot_rows(asked.session, lots=[lot])[0]


def _receive(asked: Asked, door: Door, body: LotIn) -> int:
    item = item_named(asked.session, body.item, field="item")
    cost = unit_cost(body.unit_cost, field="unit_cost") if body.unit_cost else None
    return receive(
        asked.session,
        item_id=item.id,
        quantity=thousandths(body.quantity, item=item, field="quantity"),
        code=body.code,
        best_before=body.best_before,
        supplier_lot=body.supplier_lot,
        unit_cost=cost,
        who=asked.who,
        now=asked.now,
        zone=door.zone,
    )


def _change(door: Door, path: LotPath, body: ReasonIn, *, state: LotState) -> Response:
    lot_id = _id(path)

    def change(asked: Asked) -> tuple[Holder, ...]:
        return set_lot_state(
            asked.session,
            lot_id=lot_id,
            state=state,
            reason=body.reason,
            who=asked.who,
            now=asked.now,
        )

    return door.write(
        change,
        show=lambda asked, holders: show_changed_lot(_row(asked, lot_id), holders=holders),
    )


def _trace(asked: Asked, lot_id: int, *, direction: Direction) -> TraceOut:
    session, start = asked.session, Node(kind=NodeKind.LOT, id=lot_id)
    if session.get(Lot, lot_id) is None:
        raise Missing("There is no such lot.")
    edges = trace_edges(session, lot_ids=[lot_id], direction=direction)
    graph = walk(edges, start=start, direction=direction)
    names = node_names(session, nodes=graph.nodes)
    used = {lot.item_id for lot in names.lots.values()}
    used |= {run.item_id for run in names.runs.values()}
    is_ahead = direction is not Direction.BACKWARD
    ahead = walk(edges, start=start, direction=Direction.FORWARD).lots if is_ahead else ()
    return show_trace(
        graph,
        start=start,
        direction=direction.value,
        names=names,
        items=by_id(session, Item, ids=used),
        holding=orders_holding(session, lot_ids=ahead),
    )
