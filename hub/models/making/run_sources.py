"""Where the materials of a run come from: the lots picked for it and the runs that make some."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.domain.states import UNFINISHED
from hub.models.records.completions import Completion, CompletionUse
from hub.models.records.items import Item
from hub.models.records.production import ProductionLink, ProductionNeed, ProductionOrder
from hub.models.records.stock import Lot, Reservation


@dataclass(frozen=True, slots=True, kw_only=True)
class PickedPart:
    """So much of a lot, reserved for a run; thousandths."""

    lot: Lot
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedPart:
    """So much of a lot that a run has used, in thousandths; the item may be a substitute."""

    lot: Lot
    item: Item
    quantity: int


def picked_lots(session: Session, *, run_id: int) -> dict[int, list[PickedPart]]:
    """Return the lots reserved for a run by item, first expired first."""
    query = (
        select(Lot, Reservation.quantity)
        .join(Reservation, Reservation.lot_id == Lot.id)
        .join(ProductionNeed, ProductionNeed.id == Reservation.need_id)
        .where(ProductionNeed.production_order_id == run_id)
        .order_by(Lot.best_before.is_(None), Lot.best_before, Lot.id)
    )
    picked: dict[int, list[PickedPart]] = defaultdict(list)
    for lot, quantity in session.execute(query):
        picked[lot.item_id].append(PickedPart(lot=lot, quantity=quantity))
    return dict(picked)


def used_lots(session: Session, *, run_id: int) -> dict[int, list[UsedPart]]:
    """Return the lots that a run has used by the item it needed, first used first.

    What was taken back counts for nothing.
    """
    query = (
        select(ProductionNeed.item_id, Lot, Item, func.sum(CompletionUse.quantity))
        .join(CompletionUse, CompletionUse.need_id == ProductionNeed.id)
        .join(Completion, Completion.id == CompletionUse.completion_id)
        .join(Lot, Lot.id == CompletionUse.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .where(ProductionNeed.production_order_id == run_id, Completion.undone_at.is_(None))
        .group_by(ProductionNeed.item_id, Lot.id, Item.id)
        .order_by(func.min(CompletionUse.id))
    )
    used: dict[int, list[UsedPart]] = defaultdict(list)
    for item_id, lot, item, quantity in session.execute(query):
        used[item_id].append(UsedPart(lot=lot, item=item, quantity=int(quantity)))
    return dict(used)


def makers_of_needs(
    session: Session, *, run_ids: Collection[int]
) -> dict[tuple[int, int], list[ProductionOrder]]:
    """Return the unfinished runs that make what runs need, by run and item."""
    query = (
        select(ProductionNeed.production_order_id, ProductionNeed.item_id, ProductionOrder)
        .join(ProductionLink, ProductionLink.need_id == ProductionNeed.id)
        .join(ProductionOrder, ProductionOrder.id == ProductionLink.production_order_id)
        .where(ProductionNeed.production_order_id.in_(run_ids))
        .where(ProductionOrder.state.in_(UNFINISHED))
        .where(ProductionLink.planned > ProductionLink.done)
        .order_by(ProductionOrder.id)
    )
    makers: dict[tuple[int, int], list[ProductionOrder]] = defaultdict(list)
    for run_id, item_id, maker in session.execute(query):
        makers[run_id, item_id].append(maker)
    return dict(makers)
