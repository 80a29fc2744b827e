"""What each open order has of the goods there are, and by when it can leave."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import Session

from hub.domain.planning.rivals import Hands, Place
from hub.domain.states import UNFINISHED
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.production import ProductionLink, ProductionOrder
from hub.models.records.stock import Reservation

OVER = ("shipped", "delivered", "cancelled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """When an order can leave, and what it was promised."""

    number: str
    earliest_on: date | None
    promised_on: date | None
    is_at_risk: bool


def dates_of_open(session: Session) -> dict[int, Dates]:
    """Return the dates of every order that is not over."""
    query = select(
        SalesOrder.id,
        SalesOrder.number,
        SalesOrder.earliest_on,
        SalesOrder.promised_on,
        SalesOrder.is_at_risk,
    ).where(SalesOrder.phase.not_in(OVER))
    return {
        order_id: Dates(
            number=number, earliest_on=earliest, promised_on=promised, is_at_risk=at_risk
        )
        for order_id, number, earliest, promised, at_risk in session.execute(query)
    }


def in_hands(session: Session) -> Hands:
    """Return what orders have reserved in lots and are to get of runs."""
    lots = (
        select(
            Reservation.item_id,
            literal("lot"),
            Reservation.lot_id,
            OrderLine.order_id,
            func.sum(Reservation.quantity),
        )
        .join(Demand, Demand.id == Reservation.demand_id)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .group_by(Reservation.item_id, Reservation.lot_id, OrderLine.order_id)
    )
    runs = (
        select(
            ProductionOrder.item_id,
            literal("run"),
            ProductionOrder.id,
            OrderLine.order_id,
            func.sum(ProductionLink.planned - ProductionLink.done),
        )
        .join(ProductionOrder, ProductionOrder.id == ProductionLink.production_order_id)
        .join(Demand, Demand.id == ProductionLink.demand_id)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .where(
            ProductionOrder.state.in_(UNFINISHED),
            ProductionLink.planned > ProductionLink.done,
        )
        .group_by(ProductionOrder.item_id, ProductionOrder.id, OrderLine.order_id)
    )
    return _added_up(session, (lots, runs))


def _added_up(
    session: Session, queries: Iterable[Select[int, str, int, int, int]]
) -> Hands:
    found: dict[Place, dict[int, int]] = defaultdict(dict)
    for query in queries:
        for item_id, kind, ref, order_id, quantity in session.execute(query):
            found[item_id, kind, ref][order_id] = int(quantity)
    return found
