"""What is planned at a work centre, and the days it is shut, as its calendar shows them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.records.completions import ProductionSlot
from hub.models.records.items import Item, WorkCentre, WorkCentreClosure
from hub.models.records.production import ProductionOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotRow:
    """A step of a run at a work centre, the run, and what it makes."""

    slot: ProductionSlot
    run: ProductionOrder
    item: Item


def slots_at(
    session: Session, *, centre_id: int, from_on: date, until_on: date
) -> list[SlotRow]:
    """Return the slots of a work centre that touch a period, in the order in which they begin."""
    query = (
        select(ProductionSlot, ProductionOrder, Item)
        .join(ProductionOrder, ProductionOrder.id == ProductionSlot.production_order_id)
        .join(Item, Item.id == ProductionOrder.item_id)
        .where(
            ProductionSlot.work_centre_id == centre_id,
            ProductionSlot.ends_on >= from_on,
            ProductionSlot.starts_on <= until_on,
        )
        .order_by(ProductionSlot.starts_on, ProductionSlot.starts_minute, ProductionSlot.id)
    )
    return [
        SlotRow(slot=slot, run=run, item=item) for slot, run, item in session.execute(query)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """When a step of a run has its place, and the code of its work centre, if it has one."""

    slot: ProductionSlot
    centre: str | None


def steps_placed(session: Session, *, run_ids: Collection[int]) -> dict[int, list[StepRow]]:
    """Return when the steps of runs have their place, by run and in order."""
    query = (
        select(ProductionSlot, WorkCentre.code)
        .outerjoin(WorkCentre, WorkCentre.id == ProductionSlot.work_centre_id)
        .where(ProductionSlot.production_order_id.in_(run_ids))
        .order_by(ProductionSlot.position)
    )
    found: dict[int, list[StepRow]] = defaultdict(list)
    for slot, code in session.execute(query):
        found[slot.production_order_id].append(StepRow(slot=slot, centre=code))
    return found


def closures_from(
    session: Session, *, centre_ids: Collection[int], from_on: date
) -> dict[int, Sequence[WorkCentreClosure]]:
    """Return the days on which work centres are shut from a day on, by work centre."""
    query = select(WorkCentreClosure).where(
        WorkCentreClosure.work_centre_id.in_(centre_ids), WorkCentreClosure.day >= from_on
    )
    found: dict[int, list[WorkCentreClosure]] = {}
    for closure in session.scalars(query.order_by(WorkCentreClosure.day)):
        found.setdefault(closure.work_centre_id, []).append(closure)
    return {centre_id: closures for centre_id, closures in found.items()}


def all_slots(
    session: Session, *, from_on: date, until_on: date
) -> Sequence[ProductionSlot]:
    """Return the slots of every work centre that touch a period."""
    query = select(ProductionSlot).where(
        ProductionSlot.work_centre_id.is_not(None),
        ProductionSlot.ends_on >= from_on,
        ProductionSlot.starts_on <= until_on,
    )
    return session.scalars(query).all()
