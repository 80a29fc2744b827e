"""What an order waits for, in quantities: its own lines' shortages and those of its runs."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.models.items import Item
from hub.models.order_facts import UNFINISHED, runs_below
from hub.models.orders import Demand, OrderLine
from hub.models.planning import Shortage
from hub.models.production import ProductionLink, ProductionNeed, ProductionOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """So much of an item is missing, why, and until when; thousandths."""

    item: Item
    quantity: int
    reason: str
    expected_on: date | None


def order_shortages(session: Session, *, order_id: int) -> list[Lack]:
    """Return what an order waits for, one entry an item and reason, items by code.

    A run that serves several orders is short for all of them: its whole shortage is listed at
    each. What nobody can date makes the whole entry undated.
    """
    runs = _runs_for(session, order_id=order_id)
    below = runs_below(session, run_ids=runs)
    every = runs.union(*below.values())
    own = (
        select(Demand.id)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .where(OrderLine.order_id == order_id)
    )
    needs = select(ProductionNeed.id).where(ProductionNeed.production_order_id.in_(every))
    query = (
        select(Shortage, Item)
        .join(Item, Item.id == Shortage.item_id)
        .where(or_(Shortage.demand_id.in_(own), Shortage.need_id.in_(needs)))
        .order_by(Item.code, Shortage.reason, Shortage.id)
    )
    merged: dict[tuple[int, str], Lack] = {}
    for shortage, item in session.execute(query):
        key = (item.id, shortage.reason)
        merged[key] = _add(merged.get(key), shortage, item=item)
    return list(merged.values())


def _add(known: Lack | None, shortage: Shortage, *, item: Item) -> Lack:
    dates = [shortage.expected_on, *([known.expected_on] if known else [])]
    told = [day for day in dates if day is not None]
    return Lack(
        item=item,
        quantity=shortage.quantity + (known.quantity if known else 0),
        reason=shortage.reason,
        expected_on=max(told) if len(told) == len(dates) else None,
    )


def _runs_for(session: Session, *, order_id: int) -> set[int]:
    query = (
        select(ProductionLink.production_order_id)
        .join(ProductionOrder, ProductionOrder.id == ProductionLink.production_order_id)
        .join(Demand, Demand.id == ProductionLink.demand_id)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .where(OrderLine.order_id == order_id, ProductionOrder.state.in_(UNFINISHED))
        .where(ProductionLink.planned > ProductionLink.done)
    )
    return set(session.scalars(query))
