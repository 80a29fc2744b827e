"""Lots counted, put right, scrapped and rejected; their ledger, and its lines taken back."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.flow.refusal import Missing
from hub.flow.stock.counts import count, reject, scrap
from hub.flow.stock.stock import adjust
from hub.flow.undoing.undo_move import undo_move
from hub.models.planning.held import Holder
from hub.models.records.items import Item
from hub.models.records.stock import Lot
from hub.models.stock.ledger_views import find_moves, taken_back
from hub.models.stock.lot_views import LotRow, lot_rows
from hub.web.api.door import Asked, Door
from hub.web.api.named import id_in_path
from hub.web.api.paging import cursor, window
from hub.web.api.quantities import signed_thousandths, thousandths
from hub.web.api.schemas.lot_moves import AdjustIn, CountIn, MoveOut, ScrapIn, show_move
from hub.web.api.schemas.lots import LotOut, LotStateOut, show_changed_lot, show_lot
from hub.web.api.shapes import Page, PageQuery, Path, ReasonIn

TAG = Tag(name="Ledger", description="What moved, why, and how a mistake is taken back.")


class LotPath(Path):
    """Which lot."""

    lot_id: str


class MovePath(Path):
    """Which line of the ledger."""

    move_id: str


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes of a lot's ledger."""

    @api.get("/lots/<lot_id>/moves", tags=[TAG], responses={"200": Page[MoveOut]})
    def list_moves(path: LotPath, query: PageQuery) -> Response:
        """List what moved a lot."""
        return door.read(lambda asked: _moves(asked, path, query))

    @api.post("/lots/<lot_id>/count", tags=[TAG], responses={"200": LotOut})
    def count_lot(path: LotPath, body: CountIn) -> Response:
        """Write down how much of a lot there is."""
        return door.write(lambda asked: _count(asked, path, body), show=_show)

    @api.post("/lots/<lot_id>/adjust", tags=[TAG], responses={"200": LotOut})
    def adjust_lot(path: LotPath, body: AdjustIn) -> Response:
        """Put a lot right by a difference."""
        return door.write(lambda asked: _adjust(asked, path, body), show=_show)

    @api.post("/lots/<lot_id>/scrap", tags=[TAG], responses={"200": LotOut})
    def scrap_lot(path: LotPath, body: ScrapIn) -> Response:
        """Throw a part of a lot away."""
        return door.write(lambda asked: _scrap(asked, path, body), show=_show)

    @api.post("/lots/<lot_id>/reject", tags=[TAG], responses={"200": LotStateOut})
    def reject_lot(path: LotPath, body: ReasonIn) -> Response:
        """Throw away all of a lot that nobody has picked: it did not pass."""
        return door.write(
            lambda asked: _reject(asked, path, body),
            show=lambda asked, holders: show_changed_lot(
                _row(asked, _id(path)), holders=holders
            ),
        )

    @api.post("/stock-moves/<move_id>/undo", tags=[TAG], responses={"200": LotOut})
    def undo_stock_move(path: MovePath, body: ReasonIn) -> Response:
        """Take a receipt, a count, an adjustment or a loss back, by a move of the other sign."""
        return door.write(lambda asked: _undo(asked, path, body), show=_show)


def _id(path: LotPath) -> int:
    return id_in_path(path.lot_id, what="lot")


def _row(asked: Asked, lot_id: int) -> LotRow:
    lot = asked.session.get(Lot, lot_id)
    if lot is None:
        raise Missing("There is no such lot.")
    return lot_rows(asked.session, lots=[lot])[0]


def _show(asked: Asked, lot_id: int) -> LotOut:
    return show_lot(_row(asked, lot_id))


def _item(asked: Asked, path: LotPath) -> Item:
    return _row(asked, _id(path)).item


def _moves(asked: Asked, path: LotPath, query: PageQuery) -> Page[MoveOut]:
    unit = _item(asked, path).unit
    found = find_moves(asked.session, lot_id=_id(path), window=window(query))
    back = taken_back(asked.session, move_ids=[move.id for move in found.rows])
    return Page(
        items=[show_move(move, unit=unit, taken_back=back) for move in found.rows],
        next=cursor(found.next),
    )


def _count(asked: Asked, path: LotPath, body: CountIn) -> int:
    item = _item(asked, path)
    count(
        asked.session,
        lot_id=_id(path),
        quantity=thousandths(body.quantity, item=item, field="quantity"),
        reason=body.reason,
        note=body.note,
        who=asked.who,
        now=asked.now,
    )
    return _id(path)


def _adjust(asked: Asked, path: LotPath, body: AdjustIn) -> int:
    item = _item(asked, path)
    adjust(
        asked.session,
        lot_id=_id(path),
        delta=signed_thousandths(body.delta, item=item, field="delta"),
        reason=body.reason,
        note=body.note,
        who=asked.who,
        now=asked.now,
    )
    return _id(path)


def _scrap(asked: Asked, path: LotPath, body: ScrapIn) -> int:
    item = _item(asked, path)
    scrap(
        asked.session,
        lot_id=_id(path),
        quantity=thousandths(body.quantity, item=item, field="quantity"),
        reason=body.reason,
        note=body.note,
        who=asked.who,
        now=asked.now,
    )
    return _id(path)


def _reject(asked: Asked, path: LotPath, body: ReasonIn) -> tuple[Holder, ...]:
    return reject(
        asked.session,
        lot_id=_id(path),
        reason=body.reason,
        who=asked.who,
        now=asked.now,
    )


def _undo(asked: Asked, path: MovePath, body: ReasonIn) -> int:
    return undo_move(
        asked.session,
        move_id=id_in_path(path.move_id, what="line in the ledger"),
        reason=body.reason,
        who=asked.who,
        now=asked.now,
    )
