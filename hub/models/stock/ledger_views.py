"""The ledger as pages and the API show it: the newest moves of an item, all of a lot."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from hub.models.newest import Newest, Window, newest
from hub.models.records.stock import Lot, LotBalance, StockMove


def lots_of_item(session: Session, *, item_id: int, most: int = 100) -> list[Lot]:
    """Return the lots of an item: those that hold something first, then the newest."""
    query = (
        select(Lot)
        .join(LotBalance, LotBalance.lot_id == Lot.id)
        .where(Lot.item_id == item_id)
        .order_by(LotBalance.on_hand == 0, Lot.id.desc())
        .limit(most)
    )
    return list(session.scalars(query))


def find_moves(session: Session, *, lot_id: int, window: Window) -> Newest[StockMove]:
    """Return one page of a lot's moves."""
    query = select(StockMove).filter_by(lot_id=lot_id)
    return newest(session, query, record=StockMove, window=window)


def find_item_moves(session: Session, *, item_id: int, window: Window) -> Newest[StockMove]:
    """Return one page of an item's moves, of whichever lots."""
    query = select(StockMove).filter_by(item_id=item_id)
    return newest(session, query, record=StockMove, window=window)


def taken_back(session: Session, *, move_ids: Collection[int]) -> set[int]:
    """Return which of these moves another move took back."""
    query = select(StockMove.reverses_id).where(StockMove.reverses_id.in_(move_ids))
    return {move_id for move_id in session.scalars(query) if move_id is not None}


def is_taken_back(session: Session, *, move_id: int) -> bool:
    """Say whether another move took this one back."""
    return move_id in taken_back(session, move_ids=[move_id])


def moves_standing(session: Session, *, lot_id: int) -> list[int]:
    """Return the moves of a lot that neither took one back nor were taken back, in order."""
    back = aliased(StockMove)
    query = (
        select(StockMove.id)
        .outerjoin(back, back.reverses_id == StockMove.id)
        .where(StockMove.lot_id == lot_id, StockMove.reverses_id.is_(None))
        .where(back.id.is_(None))
        .order_by(StockMove.id)
    )
    return list(session.scalars(query))
