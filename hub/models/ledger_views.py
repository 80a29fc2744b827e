"""The ledger as a page shows it: the newest moves of an item, with their lots."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.stock import Lot, StockMove

MOST = 30


def newest_moves(session: Session, *, item_id: int) -> list[tuple[StockMove, Lot]]:
    """Return the newest moves of an item."""
    query = (
        select(StockMove, Lot)
        .join(Lot, Lot.id == StockMove.lot_id)
        .where(StockMove.item_id == item_id)
        .order_by(StockMove.id.desc())
        .limit(MOST)
    )
    return [(move, lot) for move, lot in session.execute(query)]


def lots_of_item(session: Session, *, item_id: int, most: int = 100) -> list[Lot]:
    """Return the newest lots of an item."""
    query = select(Lot).filter_by(item_id=item_id).order_by(Lot.id.desc()).limit(most)
    return list(session.scalars(query))
