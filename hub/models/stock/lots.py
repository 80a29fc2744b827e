"""What there is in a lot and what is known about it, in one row."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.records.stock import Lot, LotBalance


@dataclass(frozen=True, slots=True, kw_only=True)
class LotStock:
    """A lot and its balance; thousandths."""

    id: int
    item_id: int
    code: str
    state: str
    best_before: date | None
    unit_cost_micros: int | None
    currency: str
    on_hand: int
    reserved: int

    @property
    def free(self) -> int:
        """What nobody has spoken for."""
        return self.on_hand - self.reserved


def lots_by_id(session: Session, *, lot_ids: Collection[int]) -> dict[int, LotStock]:
    """Return lots with their balances; an id that is no lot is left out."""
    query = (
        select(
            Lot.id,
            Lot.item_id,
            Lot.code,
            Lot.state,
            Lot.best_before,
            Lot.unit_cost_micros,
            Lot.currency,
            LotBalance.on_hand,
            LotBalance.reserved,
        )
        .join(LotBalance, LotBalance.lot_id == Lot.id)
        .where(Lot.id.in_(lot_ids))
    )
    return {row.id: LotStock(**row._mapping) for row in session.execute(query)}


def item_of_lot(session: Session, *, lot_id: int) -> int | None:
    """Return the item a lot holds, which never changes; None when there is no such lot."""
    return session.scalar(select(Lot.item_id).where(Lot.id == lot_id))


def lot_coded(session: Session, *, item_id: int, code: str) -> LotStock | None:
    """Return the lot of an item that has this code."""
    query = select(Lot.id).where(Lot.item_id == item_id, Lot.code == code)
    lot_id = session.scalar(query) if code else None
    return lots_by_id(session, lot_ids=[lot_id]).get(lot_id) if lot_id else None


def is_code_taken(session: Session, *, item_id: int, code: str) -> bool:
    """Say whether an item already has a lot of that code."""
    query = select(Lot.id).where(Lot.item_id == item_id, Lot.code == code)
    return session.scalar(query) is not None
