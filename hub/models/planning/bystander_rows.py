"""What is read of orders that a question does not touch: whom they wait for, and no more."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.by_id import in_parts
from hub.models.planning.planning_rows import OPEN
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.planning import Shortage
from hub.models.records.production import ProductionLink
from hub.models.records.purchasing import PurchaseCover, PurchaseLine

Bought = tuple[int, date | None]
"""An item, and the day its purchase is expected on; None where there is none."""


def runs_by_order(session: Session, *, run_ids: Collection[int]) -> dict[int, set[int]]:
    """Return the orders that may be worked on to which these runs owe something.

    For each all runs that do, also others, and finished ones that gave less than was planned.
    """
    is_owed = ProductionLink.planned > ProductionLink.done
    is_wanted = Demand.quantity > Demand.shipped
    theirs = (
        select(OrderLine.order_id)
        .join(Demand, Demand.order_line_id == OrderLine.id)
        .join(ProductionLink, ProductionLink.demand_id == Demand.id)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .where(ProductionLink.production_order_id.in_(run_ids), is_owed, is_wanted, *OPEN)
    )
    query = (
        select(OrderLine.order_id, ProductionLink.production_order_id)
        .join(Demand, Demand.order_line_id == OrderLine.id)
        .join(ProductionLink, ProductionLink.demand_id == Demand.id)
        .where(OrderLine.order_id.in_(theirs), is_owed, is_wanted)
    )
    found: dict[int, set[int]] = defaultdict(set)
    for order_id, run_id in session.execute(query):
        found[order_id].add(run_id)
    return found


def bought_by_order(
    session: Session, *, order_ids: Collection[int]
) -> dict[int, list[Bought]]:
    """Return what these orders wait for that is bought, or that is short and would have to be."""
    lines = select(OrderLine.order_id).join(Demand, Demand.order_line_id == OrderLine.id)
    lines = lines.where(Demand.quantity > Demand.shipped)
    coming = (
        lines.add_columns(PurchaseCover.item_id, PurchaseLine.expected_on)
        .join(PurchaseCover, PurchaseCover.demand_id == Demand.id)
        .join(PurchaseLine, PurchaseLine.id == PurchaseCover.purchase_line_id)
    )
    short = lines.add_columns(Demand.item_id).join(
        Shortage, Shortage.demand_id == Demand.id
    )
    found: dict[int, list[Bought]] = defaultdict(list)
    for some in in_parts(order_ids):
        is_one = OrderLine.order_id.in_(some)
        for order_id, item_id, day in session.execute(coming.where(is_one)):
            found[order_id].append((item_id, day))
        for order_id, item_id in session.execute(short.where(is_one)):
            found[order_id].append((item_id, None))
    return found
