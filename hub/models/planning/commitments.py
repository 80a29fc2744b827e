"""Who was promised a day first: orders by their promises, runs by the orders they work for.

And for which day: of runs that were opened at one moment, and promised at one, that decides.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, func, select
from sqlalchemy.orm import Session

from hub.domain.planning.pools import NO_PROMISE
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.planning import Promise
from hub.models.records.production import ProductionLink, ProductionNeed

Asked = tuple[datetime, date]
"""When an order was promised a day, and the day it was asked for."""
FirstT = TypeVar("FirstT", datetime, Asked)


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
    return _first(session, run_ids=run_ids, of_their_orders=_promised)


def first_asked_for(session: Session, *, run_ids: Collection[int]) -> dict[int, date]:
    """Say for each run the day that was asked for by the first of the orders it works for.

    That is whoever was promised first, at whatever level above: an order that joins later makes
    nothing more urgent. Runs that work for no order are left out.
    """
    found = _first(session, run_ids=run_ids, of_their_orders=_asked)
    return {run: asked_on for run, (_, asked_on) in found.items()}


def _first(
    session: Session,
    *,
    run_ids: Collection[int],
    of_their_orders: Callable[[Session, set[int]], dict[int, FirstT]],
) -> dict[int, FirstT]:
    """Find for each run the first of what is said of the orders it works for."""
    found: dict[int, FirstT] = {}
    parents: dict[int, set[int]] = {}
    frontier = set(run_ids)
    while frontier:
        found.update(of_their_orders(session, frontier))
        above = _parents(session, run_ids=frontier)
        parents.update({run: above.get(run, set()) for run in frontier})
        frontier = {run for runs in above.values() for run in runs} - parents.keys()
    _hand_down(found, parents=parents)
    return {run: found[run] for run in run_ids if run in found}


def _promised(session: Session, run_ids: set[int]) -> dict[int, datetime]:
    query = (
        select(ProductionLink.production_order_id, func.min(Promise.at))
        .join(Demand, Demand.id == ProductionLink.demand_id)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .join(Promise, Promise.order_id == OrderLine.order_id)
        .where(
            ProductionLink.production_order_id.in_(run_ids),
            ProductionLink.planned > ProductionLink.done,
            Promise.committed_on.is_not(None),
        )
        .group_by(ProductionLink.production_order_id)
    )
    return {run: at for run, at in session.execute(query)}


def _asked(session: Session, run_ids: set[int]) -> dict[int, Asked]:
    """Say when whoever was promised first asked for it: for a day, else when it was placed."""
    is_whenever = SalesOrder.requested_on.is_(None)
    query = (
        select(
            ProductionLink.production_order_id,
            Promise.at,
            func.min(SalesOrder.requested_on),
            func.min(case((is_whenever, SalesOrder.placed_at))),
        )
        .join(Demand, Demand.id == ProductionLink.demand_id)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .outerjoin(Promise, _is_promise_of_order())
        .where(
            ProductionLink.production_order_id.in_(run_ids),
            ProductionLink.planned > ProductionLink.done,
        )
        .group_by(ProductionLink.production_order_id, Promise.at)
    )
    found: dict[int, Asked] = {}
    for run, at, asked_on, placed_at in session.execute(query):
        day = min(each for each in (asked_on, placed_at and placed_at.date()) if each)
        asked = (at or NO_PROMISE, day)
        found[run] = min(found.get(run, asked), asked)
    return found


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


def _hand_down(found: dict[int, FirstT], *, parents: Mapping[int, Collection[int]]) -> None:
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
