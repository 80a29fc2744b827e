"""What of the lots of a trace is stopped, and who has some of it reserved and not yet sent."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.among import among
from hub.models.by_id import each_by_id, in_parts
from hub.models.recalls.trace_edges import Ids
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.stock import Lot, Reservation


def orders_holding(session: Session, *, lot_ids: Ids) -> dict[int, SalesOrder]:
    """Return the orders for which a part of these lots is reserved but not yet sent."""
    return each_by_id(session, SalesOrder, ids=ids_of_holding(session, lot_ids=lot_ids))


def ids_of_holding(session: Session, *, lot_ids: Ids) -> set[int]:
    """Return the ids of the same."""
    holding: set[int] = set()
    for some in in_parts(lot_ids):
        query = (
            select(OrderLine.order_id)
            .join(Demand, Demand.order_line_id == OrderLine.id)
            .join(Reservation, Reservation.demand_id == Demand.id)
            .where(among(Reservation.lot_id, some))
        )
        holding.update(session.scalars(query))
    return holding


def stopped_lots(session: Session, *, lot_ids: Ids) -> set[int]:
    """Return those of these lots nobody may take of."""
    stopped: set[int] = set()
    for some in in_parts(lot_ids):
        query = select(Lot.id).where(among(Lot.id, some), Lot.state != "available")
        stopped.update(session.scalars(query))
    return stopped
