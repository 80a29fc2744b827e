"""What an order waits for, in quantities: its own lines' shortages and those of its runs.

What is short is covered by nothing; what a purchase on its way covers stands beside it and is
never counted as short.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.domain.states import UNFINISHED
from hub.models.orders.order_facts import runs_below
from hub.models.purchasing.purchase_covers import Covered, covered_demands, covered_runs
from hub.models.records.items import Item
from hub.models.records.orders import Demand, OrderLine
from hub.models.records.planning import Shortage
from hub.models.records.production import ProductionLink, ProductionNeed, ProductionOrder

COVERED = "covered"
"""Why an order waits for an item of which nothing is short: all of it is on its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """So much of an item is missing, why, and until when; thousandths."""

    item: Item
    quantity: int
    """0 where all that is missing is on its way."""
    reason: str
    expected_on: date | None
    """When what is short could be here if it were ordered now; of what is only on its way,
    when the last of it comes. None: nobody knows."""
    covered: tuple[Covered, ...] = ()
    """What purchases bring of it for this order and its runs, one entry a purchase order."""


def order_shortages(session: Session, *, order_id: int) -> list[Lack]:
    """Return what an order waits for, one entry an item and reason, items by code.

    A run that serves several orders is short for all of them: its whole shortage is listed at
    each, and so is what is on its way for it. What nobody can date makes the whole entry undated.
    What purchases bring of an item stands in its first entry.
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
    covered = [
        *_flat(covered_demands(session, demand_ids=set(session.scalars(own))).values()),
        *_flat(covered_runs(session, run_ids=every).values()),
    ]
    return _with_covers(list(merged.values()), covered)


def _flat(parts: Iterable[Collection[Covered]]) -> list[Covered]:
    return [part for each in parts for part in each]


def _with_covers(lacks: list[Lack], covered: Iterable[Covered]) -> list[Lack]:
    """Put beside each item what is on its way of it; an item with only that gets an entry."""
    coming: dict[int, dict[int, Covered]] = {}
    for part in covered:
        mine = coming.setdefault(part.item.id, {})
        known = mine.get(part.purchase.id)
        more = known.quantity if known else 0
        mine[part.purchase.id] = replace(part, quantity=part.quantity + more)
    whole: list[Lack] = []
    for lack in lacks:
        parts = coming.pop(lack.item.id, {})
        whole.append(replace(lack, covered=tuple(parts.values())))
    whole += [_only_covered(tuple(parts.values())) for parts in coming.values()]
    return sorted(whole, key=lambda lack: (lack.item.code, lack.reason))


def _only_covered(parts: tuple[Covered, ...]) -> Lack:
    told = [part.expected_on for part in parts if part.expected_on is not None]
    return Lack(
        item=parts[0].item,
        quantity=0,
        reason=COVERED,
        expected_on=max(told) if len(told) == len(parts) else None,
        covered=parts,
    )


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
