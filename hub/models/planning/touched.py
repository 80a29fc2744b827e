"""Which orders a plan touched: their demands changed, or a run that works for them did."""

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.production import ProductionLink, ProductionNeed, ProductionOrder
from hub.models.records.stock import Lot, Reservation


def orders_touched(
    session: Session,
    *,
    demands: Collection[int],
    needs: Collection[int],
    runs: Collection[int],
    items: Collection[int],
) -> set[int]:
    """Return the ids of the orders to refresh.

    From needs to their runs, from runs to what they are linked to, upwards until only order lines
    are left. Open orders that want a marked item come too: what changed may be the order itself.
    """
    all_runs = runs_above(session, run_ids={*runs, *_runs_of(session, needs)})
    linked = select(ProductionLink.demand_id).where(
        ProductionLink.production_order_id.in_(all_runs),
        ProductionLink.demand_id.is_not(None),
    )
    query = (
        select(SalesOrder.id)
        .join(OrderLine, OrderLine.order_id == SalesOrder.id)
        .join(Demand, Demand.order_line_id == OrderLine.id)
        .where(
            or_(
                Demand.id.in_(demands),
                Demand.id.in_(linked),
                Demand.item_id.in_(items)
                & SalesOrder.phase.in_(("new", "needs_attention")),
            )
        )
    )
    return set(session.scalars(query.distinct()))


def runs_above(session: Session, *, run_ids: Collection[int]) -> set[int]:
    """Return these runs and every run that waits for one of them, all levels up."""
    seen: set[int] = set()
    frontier = set(run_ids)
    while frontier:
        seen |= frontier
        query = (
            select(ProductionNeed.production_order_id)
            .join(ProductionLink, ProductionLink.need_id == ProductionNeed.id)
            .where(ProductionLink.production_order_id.in_(frontier))
        )
        frontier = set(session.scalars(query)) - seen
    return seen


def _runs_of(session: Session, needs: Collection[int]) -> set[int]:
    query = select(ProductionNeed.production_order_id).where(ProductionNeed.id.in_(needs))
    return set(session.scalars(query))


def runs_named(session: Session, *, numbers: Collection[str]) -> set[int]:
    """Return the runs with these numbers, whatever their state."""
    if not numbers:
        return set()
    query = select(ProductionOrder.id).where(ProductionOrder.number.in_(numbers))
    return set(session.scalars(query))


def holders_named(
    session: Session, *, codes: Collection[str], item_ids: Collection[int]
) -> set[int]:
    """Return the demands that hold something of lots with these codes."""
    if not codes:
        return set()
    query = (
        select(Reservation.demand_id)
        .join(Lot, Lot.id == Reservation.lot_id)
        .where(Lot.code.in_(codes), Lot.item_id.in_(item_ids))
        .where(Reservation.demand_id.is_not(None))
    )
    return {demand_id for demand_id in session.scalars(query) if demand_id is not None}
