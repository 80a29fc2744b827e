"""The schedule as the last plan left it: what is booked at each work centre, and who has no day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.domain.states import UNFINISHED
from hub.models.records.completions import ProductionSlot
from hub.models.records.items import Item
from hub.models.records.production import ProductionOrder

MOST_BOOKED = 600
"""Steps on one page of the calendar; more than that nobody could tell apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A step that has its place, its run and what that makes; whether it is the run's last."""

    slot: ProductionSlot
    run: ProductionOrder
    item: Item
    is_last: bool


def booked_between(
    session: Session, *, from_on: date, until_on: date, centre_id: int | None = None
) -> list[Booked]:
    """Return the steps of unfinished runs that touch a period, or rest in it, the first first."""
    query = (
        select(ProductionSlot, ProductionOrder, Item)
        .join(ProductionOrder, ProductionOrder.id == ProductionSlot.production_order_id)
        .join(Item, Item.id == ProductionOrder.item_id)
        .where(ProductionSlot.work_centre_id.is_not(None))
        .where(ProductionOrder.state.in_(UNFINISHED))
        .where(ProductionSlot.starts_on <= until_on)
        .where(or_(ProductionSlot.ends_on >= from_on, ProductionOrder.ready_on >= from_on))
        .order_by(ProductionSlot.starts_on, ProductionSlot.starts_minute, ProductionSlot.id)
        .limit(MOST_BOOKED)
    )
    if centre_id is not None:
        query = query.where(ProductionSlot.work_centre_id == centre_id)
    rows = session.execute(query).all()
    last = _last_positions(session, run_ids={run.id for _, run, _ in rows})
    return [
        Booked(slot=slot, run=run, item=item, is_last=slot.position == last.get(run.id))
        for slot, run, item in rows
    ]


def runs_without_a_day(
    session: Session, *, limit: int
) -> Sequence[tuple[ProductionOrder, Item]]:
    """Return unfinished runs that the plan could give no day, the most urgent first."""
    query = (
        select(ProductionOrder, Item)
        .join(Item, Item.id == ProductionOrder.item_id)
        .where(ProductionOrder.state.in_(UNFINISHED), ProductionOrder.no_day != "")
        .order_by(ProductionOrder.needed_on, ProductionOrder.id)
        .limit(limit)
    )
    return [(run, item) for run, item in session.execute(query)]


def _last_positions(session: Session, *, run_ids: set[int]) -> dict[int, int]:
    query = select(ProductionSlot.production_order_id, ProductionSlot.position).where(
        ProductionSlot.production_order_id.in_(run_ids)
    )
    found: dict[int, int] = {}
    for run_id, position in session.execute(query.order_by(ProductionSlot.position)):
        found[run_id] = position
    return found
