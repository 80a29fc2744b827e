"""What open runs are to use that does not keep: good on the one day, too old on another."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.by_id import in_parts
from hub.models.records.items import Item
from hub.models.records.production import ProductionNeed, ProductionOrder
from hub.models.records.stock import Lot, LotBalance

NOT_BEGUN = ("planned", "released")


def items_used(
    session: Session, *, run_ids: Collection[int], but: Collection[int]
) -> list[tuple[int, int]]:
    """Return which items runs that were not started use, by run and item, but not these."""
    query = (
        select(ProductionOrder.id, ProductionNeed.item_id)
        .join(ProductionNeed, ProductionNeed.production_order_id == ProductionOrder.id)
        .where(ProductionOrder.state.in_(NOT_BEGUN), ProductionNeed.needed > 0)
        .where(ProductionNeed.item_id.not_in(but))
    )
    return [
        (run_id, item_id)
        for some in in_parts(run_ids)
        for run_id, item_id in session.execute(query.where(ProductionOrder.id.in_(some)))
    ]


def last_days(session: Session, *, item_ids: Collection[int]) -> dict[int, list[date]]:
    """Return by item the last days of its lots in the house; what keeps for ever has none."""
    query = (
        select(Lot.item_id, Lot.best_before)
        .join(LotBalance, LotBalance.lot_id == Lot.id)
        .where(Lot.best_before.is_not(None), LotBalance.on_hand > 0)
        .distinct()
    )
    found: dict[int, list[date]] = defaultdict(list)
    for some in in_parts(item_ids):
        for item_id, best_before in session.execute(query.where(Lot.item_id.in_(some))):
            if best_before is not None:
                found[item_id].append(best_before)
    return dict(found)


def made_to_be_used_soon(session: Session, *, item_ids: Collection[int]) -> set[int]:
    """Return those of these items that open runs make and that do not keep for ever."""
    query = (
        select(Item.id)
        .join(ProductionOrder, ProductionOrder.item_id == Item.id)
        .where(Item.shelf_life_days.is_not(None))
        .where(ProductionOrder.state.in_((*NOT_BEGUN, "running")))
    )
    return {
        item_id
        for some in in_parts(item_ids)
        for item_id in session.scalars(query.where(Item.id.in_(some)))
    }
