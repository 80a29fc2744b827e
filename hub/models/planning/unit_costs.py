"""What one base unit of an item costs: as its lots did, else as its supplier asks."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.domain.making.cost import UnitCost
from hub.models.records.purchasing import SupplierItem
from hub.models.records.stock import Lot, LotBalance


def unit_costs(session: Session, *, item_ids: Collection[int]) -> dict[int, UnitCost]:
    """Return what items cost, by item: the mean of what is on hand, else the newest lot's.

    Failing both, what the preferred supplier asks. Lots in more than one currency have no mean:
    then the newest lot speaks. An item of which nobody knows is left out.
    """
    return {
        **_asked(session, item_ids),
        **_newest(session, item_ids),
        **_on_hand(session, item_ids),
    }


def _on_hand(session: Session, item_ids: Collection[int]) -> dict[int, UnitCost]:
    there = func.sum(LotBalance.on_hand)
    query = (
        select(
            Lot.item_id,
            func.min(Lot.currency),
            func.sum(LotBalance.on_hand * Lot.unit_cost_micros),
            there,
        )
        .join(LotBalance, LotBalance.lot_id == Lot.id)
        .where(Lot.item_id.in_(item_ids), Lot.unit_cost_micros.is_not(None))
        .where(LotBalance.on_hand > 0, Lot.state == "available")
        .group_by(Lot.item_id)
        .having(func.count(func.distinct(Lot.currency)) == 1)
    )
    return {
        item_id: UnitCost(
            micros=(2 * int(spent) + int(held)) // (2 * int(held)), currency=currency
        )
        for item_id, currency, spent, held in session.execute(query)
    }


def _newest(session: Session, item_ids: Collection[int]) -> dict[int, UnitCost]:
    newest = (
        select(func.max(Lot.id))
        .where(Lot.item_id.in_(item_ids), Lot.unit_cost_micros.is_not(None))
        .group_by(Lot.item_id)
    )
    query = select(Lot.item_id, Lot.unit_cost_micros, Lot.currency).where(
        Lot.id.in_(newest)
    )
    return {
        item_id: UnitCost(micros=micros, currency=currency)
        for item_id, micros, currency in session.execute(query)
        if micros is not None
    }


def _asked(session: Session, item_ids: Collection[int]) -> dict[int, UnitCost]:
    query = (
        select(SupplierItem.item_id, SupplierItem.unit_cost_micros, SupplierItem.currency)
        .where(SupplierItem.item_id.in_(item_ids))
        .where(SupplierItem.unit_cost_micros.is_not(None))
        .order_by(SupplierItem.is_preferred, SupplierItem.id.desc())
    )
    return {
        item_id: UnitCost(micros=micros, currency=currency)
        for item_id, micros, currency in session.execute(query)
        if micros is not None
    }
