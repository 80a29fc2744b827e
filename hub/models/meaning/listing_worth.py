"""What waits behind each unmapped listing: orders, since when, and how much money."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.models.meaning.listing_views import TO_BE_MAPPED
from hub.models.records.orders import OrderLine, SalesOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """Orders that wait in one currency, the oldest of them, and what the waiting lines cost."""

    orders: int
    minor: int
    currency: str
    since: datetime


def waiting_worth(
    session: Session, *, listing_ids: Collection[int]
) -> dict[int, list[Worth]]:
    """Return what waits for each listing, by currency; a listing nothing waits for is left out."""
    left = OrderLine.ordered - OrderLine.cancelled - OrderLine.sent_elsewhere
    query = (
        select(
            OrderLine.listing_id,
            SalesOrder.currency,
            func.count(func.distinct(SalesOrder.id)),
            func.sum(func.coalesce(OrderLine.unit_price_minor, 0) * left),
            func.min(SalesOrder.placed_at),
        )
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .where(OrderLine.listing_id.in_(listing_ids))
        .where(OrderLine.state.in_(TO_BE_MAPPED))
        .where(SalesOrder.intent.in_(("open", "on_hold")))
        .group_by(OrderLine.listing_id, SalesOrder.currency)
        .order_by(SalesOrder.currency)
    )
    found: dict[int, list[Worth]] = defaultdict(list)
    for listing_id, currency, orders, minor, since in session.execute(query):
        if listing_id is not None:
            found[listing_id].append(
                Worth(orders=orders, minor=int(minor), currency=currency, since=since)
            )
    return dict(found)
