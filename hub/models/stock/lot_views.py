"""Lots as people name and list them: with what they hold and where they come from."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from hub.models.by_id import as_id, by_id
from hub.models.newest import Newest, Window, newest
from hub.models.records.items import Item
from hub.models.records.production import ProductionOrder, ProductionOutput
from hub.models.records.stock import Lot, LotBalance
from hub.models.substrings import holds


@dataclass(frozen=True, slots=True, kw_only=True)
class LotRow:
    """A lot, what it holds, its item, and the run it came out of; None when it was received."""

    lot: Lot
    item: Item
    on_hand: int
    reserved: int
    run: ProductionOrder | None


def find_lots(
    session: Session, *, item_id: int | None, state: str, code: str, window: Window
) -> Newest[Lot]:
    """Return one page of lots, of one item or of all."""
    query = select(Lot)
    if item_id is not None:
        query = query.where(Lot.item_id == item_id)
    if state:
        query = query.where(Lot.state == state)
    if code:
        query = query.where(Lot.code == code)
    return newest(session, query, record=Lot, window=window)


@dataclass(frozen=True, slots=True, kw_only=True)
class LotsWanted:
    """Which lots a list shows; empty parts ask for nothing."""

    state: str = ""
    text: str = ""
    """In its code, the supplier's, or its item's code or name."""
    best_to: date | None = None
    """Best before that day or earlier."""
    only_in_stock: bool = False


def lots_wanted(wanted: LotsWanted) -> Select[Lot]:
    """Choose the lots that fit, in no order."""
    query = select(Lot)
    if wanted.state:
        query = query.where(Lot.state == wanted.state)
    if wanted.best_to:
        query = query.where(Lot.best_before <= wanted.best_to)
    if wanted.only_in_stock:
        held = select(LotBalance.id).where(
            LotBalance.lot_id == Lot.id, LotBalance.on_hand > 0
        )
        query = query.where(held.exists())
    if wanted.text:
        query = query.where(_named(wanted.text))
    return query


def _named(text: str) -> ColumnElement[bool]:
    items = select(Item.id).where(holds(Item.code, text) | holds(Item.name, text))
    return or_(
        holds(Lot.code, text),
        holds(Lot.supplier_lot, text),
        Lot.item_id.in_(items),
    )


def lot_rows(session: Session, *, lots: Collection[Lot]) -> list[LotRow]:
    """Add to each lot what is shown beside it, in the order given."""
    ids = [lot.id for lot in lots]
    balances = {
        balance.lot_id: balance
        for balance in session.scalars(select(LotBalance).where(LotBalance.lot_id.in_(ids)))
    }
    items = by_id(session, Item, ids={lot.item_id for lot in lots})
    query = (
        select(ProductionOutput.lot_id, ProductionOrder)
        .join(ProductionOrder, ProductionOrder.id == ProductionOutput.production_order_id)
        .where(ProductionOutput.lot_id.in_(ids))
    )
    runs = {lot_id: run for lot_id, run in session.execute(query)}
    return [
        LotRow(
            lot=lot,
            item=items[lot.item_id],
            on_hand=balances[lot.id].on_hand if lot.id in balances else 0,
            reserved=balances[lot.id].reserved if lot.id in balances else 0,
            run=runs.get(lot.id),
        )
        for lot in lots
    ]


def lots_meant(session: Session, *, item_id: int, named: str) -> list[Lot]:
    """Return the lots of an item that somebody may mean by an id or a code: none, one, or two."""
    mine = select(Lot).where(Lot.item_id == item_id)
    found = {lot.id: lot for lot in session.scalars(mine.where(Lot.code == named))}
    found |= {lot.id: lot for lot in session.scalars(mine.where(Lot.id == as_id(named)))}
    return list(found.values())
