"""Orders that will miss the day they were promised, the first promised first."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.models.orders.order_flow import OVER
from hub.models.records.orders import SalesOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRisk:
    """Some orders at risk, and how many there are in all."""

    orders: Sequence[SalesOrder]
    count: int


def orders_at_risk(session: Session, *, most: int) -> AtRisk:
    """Return the orders at risk that were promised first, and count all of them."""
    mine = (
        SalesOrder.is_at_risk,
        SalesOrder.phase.not_in(OVER),
        SalesOrder.promised_on.is_not(None),
    )
    query = select(SalesOrder).where(*mine)
    found = query.order_by(SalesOrder.promised_on, SalesOrder.id).limit(most)
    count = select(func.count()).select_from(SalesOrder).where(*mine)
    return AtRisk(orders=session.scalars(found).all(), count=session.scalar(count) or 0)
