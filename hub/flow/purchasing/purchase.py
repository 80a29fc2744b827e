"""A purchase order on its way: placed, put off, closed short, called off.

A draft is nobody's supply; once placed the planner gives what is still to come to those who wait.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from hub.domain.purchasing import PURCHASE_STEPS, Purchase
from hub.flow.bounds import MOST_DAYS
from hub.flow.catalogue.suppliers import offer_of
from hub.flow.purchasing.purchase_order import (
    NotNow,
    expect_state,
    is_open,
    line_of,
    open_order,
    settle,
    tell,
)
from hub.flow.refusal import Invalid
from hub.flow.replan import mark
from hub.flow.step import step
from hub.models.by_id import by_id
from hub.models.records.items import Item
from hub.models.records.purchasing import PurchaseOrder

WHY = {
    "ordered": "{} was ordered",
    "late": "{} comes on another day",
    "cancelled": "no more comes of {}",
}
"""Why the planner is to look again, by the words of hub/domain/planning/explain.py."""


def place(
    session: Session,
    *,
    purchase_order_id: int,
    expected_on: date | None = None,
    today: date,
    who: str,
    now: datetime,
) -> None:
    """Note that a draft was sent to its supplier; whoever waits is planned with it.

    A line without a day of its own is expected on `expected_on`, else after the lead time.

    :raises Missing: there is no such order.
    :raises StepRefused: it is no draft any more.
    :raises Invalid: the day is over.
    """
    opened = open_order(session, purchase_order_id=purchase_order_id)
    order = opened.order
    _check_day(expected_on, today=today)
    step(session, order, table=PURCHASE_STEPS, new=Purchase.ORDERED, who=who, now=now)
    order.ordered_at = now
    items = by_id(session, Item, ids=opened.items)
    for line in opened.lines.values():
        _check_day(line.expected_on, today=today)
        if line.expected_on is None:
            line.expected_on = expected_on or _by_lead_time(
                session, order, item=items[line.item_id], today=today
            )
    session.flush()
    _mark(session, opened.items, order, what="ordered", now=now)


def expect(
    session: Session,
    *,
    purchase_order_id: int,
    expected_on: date,
    item_ids: Collection[int] | None = None,
    today: date,
    who: str,
    now: datetime,
) -> None:
    """Change the day on which what is still to come is expected; None means all its lines.

    Whoever waits for it is planned anew, and their dates move.

    :raises Missing: there is no such order.
    :raises NotNow: nothing of it is still to come.
    :raises Invalid: the day is over, or an item is not in the order.
    """
    opened = open_order(session, purchase_order_id=purchase_order_id)
    expect_state(opened.order, Purchase.DRAFT, Purchase.ORDERED)
    _check_day(expected_on, today=today)
    chosen = [line_of(opened, item_id=item_id) for item_id in item_ids or opened.items]
    moved = [line for line in chosen if line.expected_on != expected_on and is_open(line)]
    if not moved:
        return
    old = {str(line.expected_on or "") for line in moved}
    for line in moved:
        line.expected_on = expected_on
    session.flush()
    order, day = opened.order, expected_on.isoformat()
    tell(
        session,
        order,
        "purchase_order.expected",
        who=who,
        now=now,
        from_state=", ".join(sorted(old)),
        to_state=day,
    )
    if order.state == Purchase.ORDERED:
        _mark(session, [line.item_id for line in moved], order, what="late", now=now)


def close(
    session: Session,
    *,
    purchase_order_id: int,
    item_ids: Collection[int] | None = None,
    reason: str = "",
    who: str,
    now: datetime,
) -> None:
    """Expect no more of some lines, or of all: what did not come is short again.

    An order of which nothing ever came is then cancelled, else it counts as received.

    :raises Missing: there is no such order.
    :raises NotNow: it is not on its way.
    :raises Invalid: an item is not in the order.
    """
    opened = open_order(session, purchase_order_id=purchase_order_id)
    expect_state(opened.order, Purchase.ORDERED)
    chosen = [line_of(opened, item_id=item_id) for item_id in item_ids or opened.items]
    for line in chosen:
        line.is_closed = True
    session.flush()
    order = opened.order
    tell(session, order, "purchase_order.closed", who=who, now=now, why=reason)
    settle(session, opened, who=who, now=now)
    _mark(session, [line.item_id for line in chosen], order, what="cancelled", now=now)


def cancel(
    session: Session, *, purchase_order_id: int, reason: str = "", who: str, now: datetime
) -> None:
    """Call off an order of which nothing came; whoever waited for it is short again.

    :raises Missing: there is no such order.
    :raises StepRefused: it is over already.
    :raises NotNow: a part of it came: close it instead.
    """
    opened = open_order(session, purchase_order_id=purchase_order_id)
    order = opened.order
    if any(line.received for line in opened.lines.values()) and order.state == "ordered":
        raise NotNow(f"A part of {order.number} is here: close what is left of it.")
    step(
        session,
        order,
        table=PURCHASE_STEPS,
        new=Purchase.CANCELLED,
        who=who,
        now=now,
        why=reason,
    )
    _mark(session, opened.items, order, what="cancelled", now=now)


def _mark(
    session: Session,
    item_ids: Collection[int],
    order: PurchaseOrder,
    *,
    what: str,
    now: datetime,
) -> None:
    cause = {"what": what, "purchase": order.number}
    why = WHY[what].format(order.number)
    mark(session, item_ids=item_ids, why=why, cause=cause, now=now)


def _by_lead_time(
    session: Session, order: PurchaseOrder, *, item: Item, today: date
) -> date | None:
    sold = offer_of(session, supplier_id=order.supplier_id, item=item)
    days = item.lead_time_days
    if sold is not None and sold.lead_time_days is not None:
        days = sold.lead_time_days
    return None if days is None else today + timedelta(days=days)


def _check_day(day: date | None, *, today: date) -> None:
    if day is None:
        return
    if day < today:
        raise Invalid("That day is over.", field="expected_on")
    if day > today + timedelta(days=MOST_DAYS):
        raise Invalid("That day is too far away.", field="expected_on")
