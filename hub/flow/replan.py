"""The list of items whose plan is no longer right, written with the change that made it so."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hub.models.orders import Demand, OrderLine
from hub.models.planning import Replan


def mark(session: Session, *, item_ids: Collection[int], why: str, now: datetime) -> None:
    """Note that these items must be planned again. This function will leave one row an item.

    A row that is already there is written anew, not left alone: writing takes its lock, so a
    planner that takes the set waits for us and then sees what we changed. Rows come last in the
    order of locks (items, lots, orders, replan), ascending; who takes the set locks its items
    first and deletes the rows after that.
    """
    rows = [{"item_id": item_id, "at": now, "why": why} for item_id in sorted(set(item_ids))]
    if not rows:
        return
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert(Replan) if is_sqlite else postgresql.insert(Replan)
    new = insert.excluded
    anew = insert.on_conflict_do_update(
        index_elements=["item_id"], set_={"at": new.at, "why": new.why}
    )
    session.execute(anew, rows)


def mark_orders(
    session: Session, *, order_ids: Collection[int], why: str, now: datetime
) -> None:
    """Note that everything these orders ask for must be planned again. This function will mark it."""
    asked = (
        select(Demand.item_id)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .where(OrderLine.order_id.in_(order_ids))
    )
    mark(session, item_ids=set(session.scalars(asked)), why=why, now=now)
