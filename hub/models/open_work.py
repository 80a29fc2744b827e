"""What is still to be done: the items of unfinished runs, the orders that may still change."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.models.completions import ProductionSlot
from hub.models.order_facts import UNFINISHED
from hub.models.orders import Demand, OrderLine, SalesOrder
from hub.models.planning import Shortage
from hub.models.production import ProductionOrder

OVER = ("shipped", "delivered", "cancelled")


def items_in_work(session: Session) -> set[int]:
    """Return the items that are made in unfinished runs."""
    query = select(ProductionOrder.item_id).where(ProductionOrder.state.in_(UNFINISHED))
    return set(session.scalars(query.distinct()))


def items_made_at(session: Session, *, centre_id: int) -> set[int]:
    """Return the items made in unfinished runs that use a work centre, or have no place at all."""
    there = select(ProductionSlot.production_order_id).where(
        ProductionSlot.work_centre_id == centre_id
    )
    query = select(ProductionOrder.item_id).where(
        ProductionOrder.state.in_(UNFINISHED),
        or_(
            ProductionOrder.work_centre_id == centre_id,
            ProductionOrder.id.in_(there),
            ProductionOrder.no_day != "",
        ),
    )
    return set(session.scalars(query.distinct()))


def items_wanted(session: Session) -> set[int]:
    """Return the items that open orders still ask for."""
    query = (
        select(Demand.item_id)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .where(SalesOrder.intent == "open", Demand.quantity > Demand.shipped)
    )
    return set(session.scalars(query.distinct()))


def items_short(session: Session) -> set[int]:
    """Return the items of which something is missing that nobody ordered."""
    return set(session.scalars(select(Shortage.item_id).distinct()))


def orders_to_send(session: Session) -> Sequence[int]:
    """Return the ids of the orders of which something is to be sent, oldest first."""
    query = select(SalesOrder.id).where(
        SalesOrder.intent == "open",
        SalesOrder.release == "ready",
        SalesOrder.phase.not_in(OVER),
    )
    return session.scalars(query.order_by(SalesOrder.id)).all()
