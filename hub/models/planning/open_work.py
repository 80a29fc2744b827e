"""What is still to be done, or made: by runs, by work centre, by order that may still change."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.domain.states import UNFINISHED
from hub.models.planning.lead_times import lead_days
from hub.models.records.completions import ProductionSlot
from hub.models.records.items import Recipe
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.planning import Shortage
from hub.models.records.production import ProductionOrder
from hub.models.records.recipe_parts import RecipeStep

OVER = ("shipped", "delivered", "cancelled")


def items_in_work(session: Session) -> set[int]:
    """Return the items that are made in unfinished runs."""
    query = select(ProductionOrder.item_id).where(ProductionOrder.state.in_(UNFINISHED))
    return set(session.scalars(query.distinct()))


def items_made_at(session: Session, *, centre_id: int) -> set[int]:
    """Return the items made at a work centre: in unfinished runs, or by how they are made now.

    So are those whose runs have no place at all. What can still be made is offered by the hours
    there are, also while nothing is in work.
    """
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
    by_recipe = (
        select(Recipe.item_id)
        .outerjoin(RecipeStep, RecipeStep.recipe_id == Recipe.id)
        .where(
            Recipe.is_active,
            or_(Recipe.work_centre_id == centre_id, RecipeStep.work_centre_id == centre_id),
        )
    )
    return {*session.scalars(query.distinct()), *session.scalars(by_recipe.distinct())}


def items_wanted(session: Session) -> set[int]:
    """Return the items that open orders still ask for."""
    query = (
        select(Demand.item_id)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .where(SalesOrder.intent == "open", Demand.quantity > Demand.shipped)
    )
    return set(session.scalars(query.distinct()))


def items_misdated(session: Session, *, today: date) -> set[int]:
    """Return the items of which something is missing for longer than was said.

    The day it can be here if it is ordered today moves on as long as nobody orders it.
    """
    rows = session.execute(select(Shortage.item_id, Shortage.expected_on)).all()
    days = lead_days(session, item_ids={item_id for item_id, _ in rows})
    found: set[int] = set()
    for item_id, said in rows:
        lead = days[item_id]
        if lead is not None and said != today + timedelta(days=lead):
            found.add(item_id)
    return found


def orders_to_send(session: Session) -> Sequence[int]:
    """Return the ids of the orders of which something is to be sent, oldest first."""
    query = select(SalesOrder.id).where(
        SalesOrder.intent == "open",
        SalesOrder.release == "ready",
        SalesOrder.phase.not_in(OVER),
    )
    return session.scalars(query.order_by(SalesOrder.id)).all()
