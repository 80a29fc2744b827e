"""How long goods must still keep for one channel's buyers, or for one buyer: said by people."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.bounds import MOST_DAYS, between
from hub.flow.refusal import Missing
from hub.flow.replan import mark, mark_orders
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import record
from hub.models.records.listings import Listing, ListingComponent
from hub.models.records.orders import Customer, SalesOrder

WHY = "fresher goods are asked for"


def ask_of_channel(
    session: Session, *, account_id: int, days: int, who: str, now: datetime
) -> None:
    """Say for how many days goods must still be good when they leave for a channel's buyers.

    What its open orders hold is planned anew, so that nothing too old is packed for them, and
    what it is told to have.

    :raises Invalid: less than none, or more than a hundred years.
    :raises Missing: there is no such channel account.
    """
    account = session.get(ChannelAccount, account_id)
    if account is None:
        raise Missing("There is no such channel.")
    if not _ask(session, account, subject="channel", days=days, who=who, now=now):
        return
    sold = (
        select(ListingComponent.item_id)
        .join(Listing, Listing.id == ListingComponent.listing_id)
        .where(Listing.account_id == account_id)
    )
    mark(session, item_ids=set(session.scalars(sold)), why=WHY, now=now)


def ask_of_customer(
    session: Session, *, customer_id: int, days: int, who: str, now: datetime
) -> None:
    """Say for how many days goods must still be good when they leave for one buyer.

    :raises Invalid: less than none, or more than a hundred years.
    :raises Missing: there is no such customer.
    """
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise Missing("There is no such customer.")
    _ask(session, customer, subject="customer", days=days, who=who, now=now)


def _ask(
    session: Session,
    whose: ChannelAccount | Customer,
    *,
    subject: str,
    days: int,
    who: str,
    now: datetime,
) -> bool:
    """Write it down, and say whether that is news."""
    between(days, 0, MOST_DAYS, field="min_remaining_days")
    before = whose.min_remaining_days or 0
    if before == days:
        return False
    whose.min_remaining_days = days
    record(
        session,
        at=now,
        who=who,
        subject=subject,
        subject_id=whose.id,
        what=f"{subject}.freshness",
        from_state=str(before),
        to_state=str(days),
    )
    is_theirs = (
        SalesOrder.account_id == whose.id
        if isinstance(whose, ChannelAccount)
        else SalesOrder.customer_id == whose.id
    )
    open_orders = select(SalesOrder.id).where(
        is_theirs, SalesOrder.intent.in_(("open", "on_hold"))
    )
    mark_orders(
        session,
        order_ids=list(session.scalars(open_orders)),
        why=WHY,
        now=now,
    )
    return True
