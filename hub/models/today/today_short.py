"""What is short now: who waits for it, of whom to buy it, and until when that is in time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.models.purchasing.purchase_needs import SuggestionRow, suggestion_rows
from hub.models.records.items import Item
from hub.models.records.planning import Shortage
from hub.models.records.purchasing import Supplier


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortItem:
    """An item that runs or orders are short of; thousandths."""

    item: Item
    quantity: int
    reason: str
    expected_on: date | None
    """When it could be here if it were ordered now."""
    supplier: Supplier | None = None
    orders: int = 0
    """Orders that wait for it, also through a run."""
    due_on: date | None = None
    """The first day one of them was promised for."""
    order_by: date | None = None
    """The last day an order comes in time for the first who needs it."""
    is_late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortNow:
    """Some of what is short, and how many items are in all."""

    items: Sequence[ShortItem]
    count: int


def short_now(session: Session, *, today: date, most: int) -> ShortNow:
    """Return the items of which most orders and runs are short, and count all of them."""
    query = (
        select(
            Item,
            func.sum(Shortage.quantity),
            func.max(Shortage.expected_on),
            func.min(Shortage.reason),
        )
        .join(Shortage, Shortage.item_id == Item.id)
        .group_by(Item.id)
        .order_by(func.count().desc(), Item.code)
        .limit(most)
    )
    found = session.execute(query).all()
    wanted = _wanted(session, item_ids={item.id for item, *_ in found}, today=today)
    count = select(func.count(func.distinct(Shortage.item_id)))
    return ShortNow(
        items=[
            _short(item, int(quantity), expected_on, reason, wanted.get(item.id))
            for item, quantity, expected_on, reason in found
        ],
        count=session.scalar(count) or 0,
    )


def _wanted(
    session: Session, *, item_ids: Collection[int], today: date
) -> dict[int, SuggestionRow]:
    if not item_ids:
        return {}
    rows = suggestion_rows(session, today=today, item_ids=item_ids)
    return {row.item.id: row for row in rows}


def _short(
    item: Item,
    quantity: int,
    expected_on: date | None,
    reason: str,
    wanted: SuggestionRow | None,
) -> ShortItem:
    if wanted is None:
        return ShortItem(
            item=item, quantity=quantity, reason=reason, expected_on=expected_on
        )
    days = [order.promised_on for order in wanted.orders if order.promised_on]
    return ShortItem(
        item=item,
        quantity=quantity,
        reason=reason,
        expected_on=wanted.suggestion.expected_on or expected_on,
        supplier=wanted.supplier,
        orders=len(wanted.orders),
        due_on=min(days, default=None),
        order_by=wanted.suggestion.order_by,
        is_late=wanted.suggestion.is_late,
    )
