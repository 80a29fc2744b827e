"""The list of items whose plan is no longer right, written with the change that made it so."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.stock.allocation import is_fresh
from hub.models.planning.held import soft_with_age
from hub.models.records.orders import Demand, OrderLine
from hub.models.records.planning import Replan

Cause = Mapping[str, object]
"""Why, as data (hub/domain/planning/explain.py: Fact), such as {"what": "cancelled", "order":
"H-0088", "line": 1}."""


def mark(
    session: Session,
    *,
    item_ids: Collection[int],
    why: str,
    now: datetime,
    cause: Cause | None = None,
) -> None:
    """Note that these items must be planned again, waiting for nobody.

    `why` says it in a sentence, `cause` as data, from which pages tell what the plan did to
    whom in any language.

    It always adds a row, also where one stands: that one may be taken by a planner that cannot
    see our change yet, and a row it does not see stays for the next plan.
    """
    session.add_all(
        Replan(item_id=item_id, at=now, why=why, cause=dict(cause or {}))
        for item_id in sorted(set(item_ids))
    )
    session.flush()


def mark_orders(
    session: Session,
    *,
    order_ids: Collection[int],
    why: str,
    now: datetime,
    cause: Cause | None = None,
) -> None:
    """Note that everything these orders ask for must be planned again."""
    asked = (
        select(Demand.item_id)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .where(OrderLine.order_id.in_(order_ids))
    )
    mark(session, item_ids=set(session.scalars(asked)), why=why, now=now, cause=cause)


def mark_too_old(session: Session, *, today: date, now: datetime) -> int:
    """Note the items of which somebody is to get goods that have grown too old, and count them.

    A lot ages without anybody touching it, so this is asked now and then: what is reserved of it
    is then planned from fresher lots, made anew, or named as missing. So is what will be too old
    on the day its run is to begin by now, or its buyer was promised. Picked goods stay.
    """
    items = {
        held.item_id
        for held in soft_with_age(session)
        if not is_fresh(
            held.best_before,
            used_on=max(held.used_on or today, today),
            min_remaining_days=held.min_remaining_days,
        )
    }
    mark(
        session,
        item_ids=items,
        why="a lot grew too old",
        now=now,
        cause={"what": "too_old"},
    )
    return len(items)
