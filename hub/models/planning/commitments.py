"""Who was promised a day first: orders by their promises, runs by the orders they work for."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

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
    found: dict[int, datetime] = {}
    parents: dict[int, set[int]] = {}
    frontier = set(run_ids)
    while frontier:
        found.update(_of_their_orders(session, run_ids=frontier))
        above = _parents(session, run_ids=frontier)
        parents.update({run: above.get(run, set()) for run in frontier})
        frontier = {run for runs in above.values() for run in runs} - parents.keys()
    _hand_down(found, parents=parents)
    return {run: found[run] for run in run_ids if run in found}


def _of_their_orders(session: Session, *, run_ids: set[int]) -> dict[int, datetime]:
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


def _hand_down(
    found: dict[int, datetime], *, parents: Mapping[int, Collection[int]]
) -> None:
    """Give each run the earliest promise of the runs it feeds, until nothing gets earlier."""
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
