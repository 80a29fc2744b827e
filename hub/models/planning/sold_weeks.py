"""What was asked for of items, week by week: sold to buyers, and used up by runs."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.stock import StockMove

MOST_WEEKS = 104
"""Two years: what was sold before says little of what sells now."""
A_WEEK = timedelta(days=7)

Asked = Iterable[tuple[int, datetime, int]]
"""Item, when, thousandths."""


def sold_weeks(
    session: Session, *, item_ids: Collection[int], today: date, zone: tzinfo
) -> dict[int, list[int]]:
    """Return what was asked for of each item in each whole week up to the last Sunday.

    Weeks are the workshop's (`zone`), Monday first, oldest first, from the first sale on; an item
    never asked for is left out. What was cancelled before it was sent was not asked for; what a
    run used was, and so was what the seller sent by hand. Thousandths.
    """
    this_week = today - timedelta(days=today.weekday())
    since = datetime.combine(this_week - MOST_WEEKS * A_WEEK, time(), zone)
    weeks: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for asked in (
        _sold(session, item_ids, since=since),
        _used(session, item_ids, since=since),
    ):
        for item_id, at, quantity in asked:
            ago = (this_week - at.astimezone(zone).date() + timedelta(days=6)).days // 7
            if ago > 0:
                weeks[item_id][ago] += quantity
    return {item_id: _in_line(found) for item_id, found in weeks.items()}


def _in_line(by_weeks_ago: dict[int, int]) -> list[int]:
    return [max(0, by_weeks_ago[ago]) for ago in range(max(by_weeks_ago), 0, -1)]


def _sold(session: Session, item_ids: Collection[int], *, since: datetime) -> Asked:
    query = (
        select(
            Demand.item_id,
            SalesOrder.placed_at,
            (OrderLine.ordered - OrderLine.cancelled) * Demand.per_piece,
        )
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .where(Demand.item_id.in_(item_ids), SalesOrder.placed_at >= since)
        .where(SalesOrder.intent != "cancelled", ~SalesOrder.is_test)
    )
    return ((row[0], row[1], row[2]) for row in session.execute(query))


def _used(session: Session, item_ids: Collection[int], *, since: datetime) -> Asked:
    query = select(StockMove.item_id, StockMove.at, StockMove.quantity).where(
        StockMove.item_id.in_(item_ids),
        StockMove.kind == "consumed",
        StockMove.at >= since,
    )
    return ((row[0], row[1], -row[2]) for row in session.execute(query))
