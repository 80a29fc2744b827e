"""Takes a receipt, a count, an adjustment or a loss back: by a move of the other sign."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub.domain.purchasing import PURCHASE_UNDO, Purchase
from hub.domain.stock.trace import MoveKind
from hub.flow.purchasing.purchase_order import Opened, is_open, open_order
from hub.flow.refusal import Missing, Refusal
from hub.flow.replan import mark
from hub.flow.step import step
from hub.flow.stock import ledger
from hub.flow.stock.room import make_room, refresh
from hub.flow.undoing.undo_run import check_whole
from hub.models.locks import lock_items
from hub.models.records.history import record
from hub.models.records.purchasing import PurchaseLine
from hub.models.records.stock import Lot, StockMove
from hub.models.stock.ledger_views import is_taken_back, moves_standing
from hub.models.stock.lots import lots_by_id

UNDOABLE = frozenset({MoveKind.RECEIVED, MoveKind.ADJUSTED, MoveKind.SCRAPPED})
"""What a run or a parcel moved is taken back with the run or the parcel."""


class NotByItself(Refusal):
    """This move belongs to something else, or was taken back, or took something back."""


def undo_move(
    session: Session, *, move_id: int, reason: str, who: str, now: datetime
) -> int:
    """Take one line of the ledger back and give the id of its lot.

    Goods received by mistake go out again as long as nothing was done with them; the purchase
    order they came with is open again. What was only planned with them is planned anew.

    :raises NotByItself: it is no such line, was taken back already, or took something back.
    :raises NotWhole: what came in is not all there any more; who has it is named.
    :raises Missing: there is no such line.
    """
    moved = session.get(StockMove, move_id)
    if moved is None:
        raise Missing("There is no such line in the ledger.", field="move")
    lot = session.get_one(Lot, moved.lot_id)
    opened = _lock(session, lot)
    _check(session, moved)
    if moved.kind == MoveKind.RECEIVED:
        _check_untouched(session, moved)
    stock = lots_by_id(session, lot_ids=[lot.id])[lot.id]
    check_whole(session, stock, quantity=moved.quantity)
    released = make_room(session, stock, delta=-moved.quantity)
    ledger.take_back(session, moved, who=who, now=now, why=reason)
    record(
        session,
        at=now,
        who=who,
        subject="lot",
        subject_id=lot.id,
        what="lot.undone",
        why=reason,
        detail={"move": moved.id, "kind": moved.kind, "quantity": moved.quantity},
    )
    if opened is not None and moved.kind == MoveKind.RECEIVED:
        _expect_again(session, opened, lot, quantity=moved.quantity, who=who, now=now)
    mark(
        session,
        item_ids=[lot.item_id],
        why=f"lot {lot.code} put right",
        now=now,
        cause={"what": "counted", "lot": lot.code},
    )
    refresh(session, released, now=now)
    return lot.id


def _lock(session: Session, lot: Lot) -> Opened | None:
    """Lock the lot's item, with all items of the purchase order it came with."""
    if lot.purchase_line_id is None:
        lock_items(session, [lot.item_id])
        return None
    line = session.get_one(PurchaseLine, lot.purchase_line_id)
    return open_order(session, purchase_order_id=line.purchase_order_id)


def _check(session: Session, moved: StockMove) -> None:
    if moved.reverses_id is not None:
        raise NotByItself("This took something back: do that again instead.")
    if is_taken_back(session, move_id=moved.id):
        raise NotByItself("This was taken back already.")
    if moved.kind not in UNDOABLE:
        raise NotByItself("This belongs to a run or a parcel: take it back there.")


def _check_untouched(session: Session, moved: StockMove) -> None:
    if moves_standing(session, lot_id=moved.lot_id) != [moved.id]:
        stock = lots_by_id(session, lot_ids=[moved.lot_id])[moved.lot_id]
        check_whole(session, stock, quantity=moved.quantity)
        raise NotByItself(
            f"Lot {stock.code} was counted since it came: take that back first."
        )


def _expect_again(
    session: Session,
    opened: Opened,
    lot: Lot,
    *,
    quantity: int,
    who: str,
    now: datetime,
) -> None:
    line = opened.lines[lot.item_id]
    line.received -= quantity
    session.flush()
    if opened.order.state == Purchase.RECEIVED and is_open(line):
        step(
            session,
            opened.order,
            table=PURCHASE_UNDO,
            new=Purchase.ORDERED,
            who=who,
            now=now,
            why=f"lot {lot.code} taken back",
        )
