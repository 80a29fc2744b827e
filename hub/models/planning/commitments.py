"""Who was promised a day first: orders by their promises, runs by the orders they work for.

And for which day: of runs that were opened at one moment, and promised at one, that decides.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, func, or_, select
from sqlalchemy.orm import Session

from hub.domain.planning.pools import NO_PROMISE
from hub.domain.planning.run_rank import First
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.planning import Promise
from hub.models.records.production import ProductionLink, ProductionNeed


def promised_at() -> ScalarSelect[datetime]:
    """Select when the order at hand was first promised a day; NULL while it was promised none."""
    return (
        select(func.min(Promise.at))
        .where(Promise.order_id == SalesOrder.id, Promise.committed_on.is_not(None))
        .correlate(SalesOrder)
        .scalar_subquery()
    )


def run_commitments(session: Session, *, run_ids: Collection[int]) -> dict[int, datetime]:
    """Say for each run when the first of the orders it works for was promised its day.

    Orders count at whatever level above: a base made for a soap made for an order is promised
    with that order. Runs that work for no promise are left out.
    """
    found = firsts_of(session, run_ids=run_ids)
    return {run: at for run, each in found.items() if (at := each.promised_at)}


def firsts_of(session: Session, *, run_ids: Collection[int]) -> dict[int, First]:
    """Say for each run which of the orders it works for comes first, at whatever level above.

    That is whoever was promised first: an order that joins later makes nothing more urgent. Runs
    that work for no order are left out.
    """
    found: dict[int, First] = {}
    parents: dict[int, set[int]] = {}
    frontier = set(run_ids)
    while frontier:
        found.update(_of_their_orders(session, run_ids=frontier))
        above = _parents(session, run_ids=frontier)
        parents.update({run: above.get(run, set()) for run in frontier})
        frontier = {run for runs in above.values() for run in runs} - parents.keys()
    _hand_down(found, parents=parents)
    return {run: found[run] for run in run_ids if run in found}


def _of_their_orders(session: Session, *, run_ids: set[int]) -> dict[int, First]:
    """Find for each run who was promised first, and the sooner day of those promised at once."""
    linked = (
        select(
            ProductionLink.production_order_id.label("run"),
            Promise.at.label("at"),
            func.min(Promise.at)
            .over(partition_by=ProductionLink.production_order_id)
            .label("first"),
            SalesOrder.requested_on,
            case((SalesOrder.requested_on.is_(None), SalesOrder.placed_at)).label(
                "placed_at"
            ),
        )
        .join(Demand, Demand.id == ProductionLink.demand_id)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .outerjoin(Promise, _is_promise_of_order())
        .where(
            ProductionLink.production_order_id.in_(run_ids),
            ProductionLink.planned > ProductionLink.done,
        )
        .subquery()
    )
    query = (
        select(
            linked.c.run,
            linked.c.first,
            func.min(linked.c.requested_on),
            func.min(linked.c.placed_at),
        )
        .where(or_(linked.c.at == linked.c.first, linked.c.first.is_(None)))
        .group_by(linked.c.run, linked.c.first)
    )
    return {
        run: First(at or NO_PROMISE, _day(requested_on, placed_at))
        for run, at, requested_on, placed_at in session.execute(query)
    }


def _day(requested_on: date | None, placed_at: datetime | None) -> date:
    """Take the day somebody asked for, or that on which they placed it: whichever is sooner."""
    days = (requested_on, placed_at.date() if placed_at else None)
    return min(day for day in days if day is not None)


def _is_promise_of_order() -> ColumnElement[bool]:
    return and_(Promise.order_id == SalesOrder.id, Promise.committed_on.is_not(None))


def _parents(session: Session, *, run_ids: set[int]) -> dict[int, set[int]]:
    query = (
        select(ProductionLink.production_order_id, ProductionNeed.production_order_id)
        .join(ProductionNeed, ProductionNeed.id == ProductionLink.need_id)
        .where(
            ProductionLink.production_order_id.in_(run_ids),
            ProductionLink.planned > ProductionLink.done,
        )
    )
    above: dict[int, set[int]] = defaultdict(set)
    for run, parent in session.execute(query):
        above[run].add(parent)
    return above


def _hand_down(found: dict[int, First], *, parents: Mapping[int, Collection[int]]) -> None:
    """Give each run what is earliest of the runs it feeds, until nothing gets earlier."""
    children: dict[int, set[int]] = defaultdict(set)
    for run, above in parents.items():
        for parent in above:
            children[parent].add(run)
    waiting = list(found)
    while waiting:
        parent = waiting.pop()
        for run in children[parent]:
            if run not in found or found[parent] < found[run]:
                found[run] = found[parent]
                waiting.append(run)
