"""A workshop that writes to its buyers: its mailbox, an order, and the letters there are."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.letters.letters_out import mail_of
from hub.flow.letters.notify import Day
from hub.models.claims.outbox import claim, settle
from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import OutboundMessage
from hub.models.records.notifications import Notification
from hub.models.records.orders import Customer, SalesOrder
from mapping.effects import Mail
from tests.doors import LINKS
from tests.factories import (
    NOW,
    make_account,
    make_item,
    make_order,
)

ADDRESS = "pedidos@cerasal.example"
FRIDAY, MONDAY, TUESDAY = date(2026, 11, 27), date(2026, 11, 30), date(2026, 12, 1)
SOON = timedelta(minutes=15)


def mailbox(session: Session, *, mode: str = "live", name: str = "box") -> ChannelAccount:
    account = make_account(session, channel="email", mode=mode, name=name)
    account.settings = {"address": ADDRESS, "smtp_host": "smtp.cerasal.example"}
    session.flush()
    return account


def an_order(
    session: Session, *, channel: str = "manual", mode: str = "live"
) -> SalesOrder:
    account = make_account(session, channel=channel, name="from here", mode=mode)
    candle = make_item(session, code="CANDLE")
    return make_order(session, account=account, lines={candle: 5})


def buyer(session: Session, order: SalesOrder) -> Customer:
    return session.get_one(Customer, order.customer_id)


def letters(session: Session) -> Sequence[Notification]:
    return session.scalars(select(Notification).order_by(Notification.id)).all()


def said(session: Session) -> list[str]:
    return [letter.event for letter in letters(session)]


def states(session: Session) -> list[str]:
    query = select(OutboundMessage.state).where(OutboundMessage.kind == "mail")
    return list(session.scalars(query.order_by(OutboundMessage.id)))


def leaving(session: Session) -> list[Mail | None]:
    """Take what is due in a while, and put together what would be sent."""
    now = NOW + SOON
    lease = timedelta(minutes=1)
    found: list[Mail | None] = []
    while taken := claim(session, owner=f"w{len(found)}", now=now, lease=lease):
        (one,) = taken
        number = one.payload["notification"]
        assert isinstance(number, int)
        mail = mail_of(session, claimed=one, notification=number, links=LINKS)
        settle(
            session, message_id=one.id, owner=f"w{len(found)}", state="sent", now=now,
            outcome="created" if mail else "nothing_to_do",
        )  # fmt: skip
        found.append(mail)
    return found


def day(order: SalesOrder, on: date, *, committed: date | None = None) -> Day:
    return Day(order_id=order.id, on=on, committed=committed, reason="material")
