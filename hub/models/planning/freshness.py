"""How long goods must still keep when they leave: what the item, its channel or buyer asks most."""

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub.models.mail.customer_views import BY_HAND
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item
from hub.models.records.orders import Customer


def days_asked() -> ColumnElement[int]:
    """Select the days a lot must still be good for when it leaves for an order.

    For queries that join Item and, as outer joins where there may be none, the order's
    ChannelAccount and Customer.
    """
    item = func.coalesce(Item.min_remaining_days, 0)
    channel = _or_none(ChannelAccount.min_remaining_days)
    buyer = _or_none(Customer.min_remaining_days)
    return case(
        ((item >= channel) & (item >= buyer), item),
        (channel >= buyer, channel),
        else_=buyer,
    )


def days_asked_by_hand(session: Session, *, customer_id: int | None) -> int:
    """Return what an order typed by hand, for somebody we know or not, asks beyond its items."""
    query = (
        select(ChannelAccount.min_remaining_days, Customer.min_remaining_days)
        .outerjoin(
            Customer,
            and_(Customer.account_id == ChannelAccount.id, Customer.id == customer_id),
        )
        .where(ChannelAccount.channel == BY_HAND)
    )
    row = session.execute(query).one_or_none()
    return max((days or 0 for days in row), default=0) if row else 0


def _or_none(days: InstrumentedAttribute[int | None]) -> ColumnElement[int]:
    return func.coalesce(days, 0)
