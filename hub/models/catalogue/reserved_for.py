"""What of an item is spoken for, and by whom: orders and runs, the most first."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.models.by_id import by_id
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.production import ProductionNeed, ProductionOrder
from hub.models.records.stock import Reservation


@dataclass(frozen=True, slots=True, kw_only=True)
class ReservedFor:
    """So much is for an order or a run; thousandths."""

    quantity: int
    order: SalesOrder | None = None
    run: ProductionOrder | None = None


def reserved_for(session: Session, *, item_id: int, most: int) -> list[ReservedFor]:
    """Return for whom an item is reserved, the greatest parts first."""
    much = func.sum(Reservation.quantity)
    orders = (
        select(OrderLine.order_id, much)
        .join(Demand, Demand.id == Reservation.demand_id)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .where(Reservation.item_id == item_id)
        .group_by(OrderLine.order_id)
        .order_by(much.desc(), OrderLine.order_id)
        .limit(most)
    )
    runs = (
        select(ProductionNeed.production_order_id, much)
        .join(ProductionNeed, ProductionNeed.id == Reservation.need_id)
        .where(Reservation.item_id == item_id)
        .group_by(ProductionNeed.production_order_id)
        .order_by(much.desc(), ProductionNeed.production_order_id)
        .limit(most)
    )
    of_orders = {each: int(quantity) for each, quantity in session.execute(orders)}
    of_runs = {each: int(quantity) for each, quantity in session.execute(runs)}
    known_orders = by_id(session, SalesOrder, ids=of_orders)
    known_runs = by_id(session, ProductionOrder, ids=of_runs)
    found = [
        *(
            ReservedFor(quantity=n, order=known_orders[each])
            for each, n in of_orders.items()
        ),
        *(ReservedFor(quantity=n, run=known_runs[each]) for each, n in of_runs.items()),
    ]
    return sorted(found, key=lambda each: -each.quantity)[:most]
