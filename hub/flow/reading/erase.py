"""Forget people: what the compliance topics ask, and nothing that traceability needs.

Lots, quantities and order numbers stay; names, addresses and the raw messages they came in go.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.models.mail.mail_forgetting import forget_account_mail, forget_correspondence
from hub.models.records.history import record
from hub.models.records.messages import InboundMessage
from hub.models.records.notifications import Notification
from hub.models.records.orders import Address, Customer, SalesOrder

EMPTY_ADDRESS = {
    name: ""
    for name in (
        "name",
        "company",
        "line1",
        "line2",
        "city",
        "region",
        "postcode",
        "country",
        "phone",
    )
}
EMPTY_CUSTOMER = {"name": "", "email": "", "phone": "", "locale": ""}


def erase_person(
    session: Session,
    *,
    account_id: int,
    customer_id: str,
    external_order_ids: Sequence[str],
    who: str,
    now: datetime,
) -> str:
    """Empty a buyer's data everywhere in an account: by their id and by the orders named."""
    named = select(SalesOrder.customer_id).where(
        SalesOrder.account_id == account_id, SalesOrder.external_id.in_(external_order_ids)
    )
    known = select(Customer.id).where(
        Customer.account_id == account_id, Customer.external_id == customer_id
    )
    buyers = {each for each in session.scalars(named) if each is not None}
    if customer_id:
        buyers.update(session.scalars(known))
    theirs = (
        select(SalesOrder)
        .where(SalesOrder.account_id == account_id)
        .where(
            SalesOrder.customer_id.in_(buyers)
            | SalesOrder.external_id.in_(external_order_ids)
        )
    )
    return _erase(session, list(session.scalars(theirs)), buyers, who=who, now=now)


def erase_shop(session: Session, *, account_id: int, who: str, now: datetime) -> str:
    """Empty every buyer's data of an account."""
    orders = list(
        session.scalars(select(SalesOrder).where(SalesOrder.account_id == account_id))
    )
    buyers = set(
        session.scalars(select(Customer.id).where(Customer.account_id == account_id))
    )
    outcome = _erase(session, orders, buyers, who=who, now=now)
    forget_account_mail(session, account_id=account_id, now=now)
    session.execute(
        update(InboundMessage)
        .where(InboundMessage.account_id == account_id, InboundMessage.state != "waiting")
        .values(body=None, redacted_at=now)
    )
    return outcome


def _erase(
    session: Session,
    orders: Sequence[SalesOrder],
    buyers: set[int],
    *,
    who: str,
    now: datetime,
) -> str:
    forget_correspondence(
        session, customer_ids=buyers, order_ids=[order.id for order in orders], now=now
    )
    addresses = {order.ship_to_id for order in orders if order.ship_to_id is not None}
    session.execute(
        update(Address)
        .where(Address.id.in_(addresses))
        .values(**EMPTY_ADDRESS, redacted_at=now)
    )
    session.execute(
        update(Customer)
        .where(Customer.id.in_(buyers))
        .values(**EMPTY_CUSTOMER, redacted_at=now)
    )
    session.execute(
        update(Notification)
        .where(
            Notification.customer_id.in_(buyers)
            | Notification.order_id.in_([order.id for order in orders])
        )
        .values(recipient="", subject="", text="", html="", bounce="", redacted_at=now)
    )
    for order in orders:
        order.note = ""
        _erase_messages(session, order, now=now)
        record(
            session,
            at=now,
            who=who,
            subject="order",
            subject_id=order.id,
            what="order.person_erased",
            why="asked for by the channel",
        )
    return f"erased: {len(buyers)} buyers, {len(addresses)} addresses, {len(orders)} orders"


def _erase_messages(session: Session, order: SalesOrder, *, now: datetime) -> None:
    session.execute(
        update(InboundMessage)
        .where(InboundMessage.account_id == order.account_id)
        .where(InboundMessage.external_order_id == order.external_id)
        .where(InboundMessage.state != "waiting")
        .values(body=None, redacted_at=now)
    )
