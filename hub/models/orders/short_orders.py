"""What orders wait for: what their lines are short of, and the runs that work for them."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.states import UNFINISHED
from hub.models.orders.order_facts import runs_below
from hub.models.records.items import Item
from hub.models.records.orders import Demand, OrderLine
from hub.models.records.planning import Shortage
from hub.models.records.production import ProductionLink, ProductionNeed, ProductionOrder
from hub.models.records.purchasing import PurchaseCover


def short_items(session: Session, *, order_ids: Collection[int]) -> dict[int, set[str]]:
    """Return, for each order that waits for something, the names of the items it waits for.

    Its own lines' shortages count, and those of every run that makes something for it, all
    levels down; so does what was ordered and has not come: the order waits for it just the same.
    """
    short: dict[int, set[str]] = defaultdict(set)
    for lack in (Shortage, PurchaseCover):
        own = (
            select(OrderLine.order_id, Item.name)
            .join(Demand, Demand.order_line_id == OrderLine.id)
            .join(lack, lack.demand_id == Demand.id)
            .join(Item, Item.id == lack.item_id)
            .where(OrderLine.order_id.in_(order_ids))
        )
        for order_id, name in session.execute(own):
            short[order_id].add(name)
    runs = _runs_for(session, order_ids)
    below = runs_below(session, run_ids={run for each in runs.values() for run in each})
    missing = _short_runs(
        session, {*below, *(run for each in below.values() for run in each)}
    )
    for order_id, own_runs in runs.items():
        for run in own_runs:
            names = set[str]().union(
                *(missing.get(each, ()) for each in (run, *below[run]))
            )
            if names:
                short[order_id] |= names
    return dict(short)


def _runs_for(session: Session, order_ids: Collection[int]) -> dict[int, set[int]]:
    query = (
        select(OrderLine.order_id, ProductionLink.production_order_id)
        .join(Demand, Demand.order_line_id == OrderLine.id)
        .join(ProductionLink, ProductionLink.demand_id == Demand.id)
        .join(ProductionOrder, ProductionOrder.id == ProductionLink.production_order_id)
        .where(OrderLine.order_id.in_(order_ids), ProductionOrder.state.in_(UNFINISHED))
        .where(ProductionLink.planned > ProductionLink.done)
    )
    runs: dict[int, set[int]] = defaultdict(set)
    for order_id, run_id in session.execute(query):
        runs[order_id].add(run_id)
    return runs


def _short_runs(session: Session, run_ids: Collection[int]) -> dict[int, set[str]]:
    short: dict[int, set[str]] = defaultdict(set)
    for lack in (Shortage, PurchaseCover):
        query = (
            select(ProductionNeed.production_order_id, Item.name)
            .join(lack, lack.need_id == ProductionNeed.id)
            .join(Item, Item.id == lack.item_id)
            .where(ProductionNeed.production_order_id.in_(run_ids))
        )
        for run_id, name in session.execute(query):
            short[run_id].add(name)
    return short
