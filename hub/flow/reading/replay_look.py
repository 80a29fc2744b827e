"""What reading a message again would change: done in a transaction that its caller takes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from connectors.errors import ChannelError
from connectors.protocol import Channel
from connectors.readings import LetterSeen, Message, OrderChanged, OrderSeen, Reading
from hub.flow.intake.changed import CHANGED
from hub.flow.reading.read import NeedsPerson, apply
from hub.flow.refusal import Refusal
from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import InboundMessage
from hub.models.records.orders import OrderLine, SalesOrder
from mapping.canonical import Money
from mapping.money import format_money


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that would be otherwise; `what` is `total`, `payment`, … or a line's title."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What would become of one message if it were read again now."""

    message_id: int
    outcome: str = ""
    """In a word, as the inbox keeps it; empty when it cannot be said beforehand."""
    order_id: int | None = None
    """The order it is about, where that is here already."""
    number: str = ""
    changes: tuple[Change, ...] = ()
    why: str = ""
    """Why it would hang again, or why nobody can tell beforehand."""


FETCHED = (
    "The message only names an order: it is fetched anew, so nobody can tell beforehand."
)
MAIL = "It is a mail: it is read by itself, so nobody can tell beforehand."
GONE = "Its body was forgotten: it cannot be read again."
WAITS = "It still waits for its turn."


def look(
    session: Session,
    *,
    message_id: int,
    channels: Mapping[int, Channel],
    now: datetime,
) -> Looked:
    """Say what reading a message again would change. The caller must take it all back.

    `channels` are those that act for the accounts, by account id. No channel is called.

    :raises Refusal: there is no such message.
    """
    row = session.get(InboundMessage, message_id)
    if row is None:
        raise Refusal("There is no such message.")
    channel = channels.get(row.account_id)
    if channel is None:
        return Looked(message_id=message_id, why=FETCHED)
    if why := _why_not(row, channel):
        return Looked(message_id=message_id, why=why)
    try:
        with session.begin_nested():
            return _tried(session, row, channel, now=now)
    except (ChannelError, NeedsPerson, Refusal) as error:
        return Looked(message_id=message_id, why=str(error))


def _why_not(row: InboundMessage, channel: Channel) -> str:
    if row.state == "waiting":
        return WAITS
    if row.body is None:
        return GONE
    if row.topic == CHANGED:
        return FETCHED
    return MAIL if channel.spec.reads_apart else ""


def _tried(
    session: Session, row: InboundMessage, channel: Channel, *, now: datetime
) -> Looked:
    headers = {name: str(value) for name, value in row.headers.items()}
    reading = channel.read(Message(topic=row.topic, body=row.body or b"", headers=headers))
    if isinstance(reading, OrderChanged):
        return Looked(message_id=row.id, why=FETCHED)
    if isinstance(reading, LetterSeen):
        return Looked(message_id=row.id, why=MAIL)
    account = session.get_one(ChannelAccount, row.account_id)
    named = _named(reading) or row.external_order_id or ""
    before = _facts(session, account_id=account.id, external_id=named)
    outcome = apply(session, account=account, reading=reading, now=now, message_id=row.id)
    session.flush()
    session.expire_all()
    after = _facts(session, account_id=account.id, external_id=named)
    return Looked(
        message_id=row.id,
        outcome=outcome,
        order_id=before.order_id if before else None,
        number=after.number if after else named,
        changes=_changes(before, after),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    order_id: int
    number: str
    said: Mapping[str, str]


def _named(reading: Reading) -> str:
    if isinstance(reading, OrderSeen):
        return reading.order.external_id
    return str(getattr(reading, "external_id", ""))


def _facts(session: Session, *, account_id: int, external_id: str) -> _Facts | None:
    query = (
        select(SalesOrder)
        .where(SalesOrder.account_id == account_id, SalesOrder.external_id == external_id)
        .options(selectinload(SalesOrder.lines))
    )
    order = session.scalar(query)
    if order is None:
        return None
    said = {
        "intent": order.intent,
        "payment": order.payment,
        "release": order.release,
        "requested_on": str(order.requested_on or ""),
        "total": _total(order),
        **{f"line {line.external_id}": _line(line) for line in order.lines},
    }
    return _Facts(order_id=order.id, number=order.number, said=said)


def _total(order: SalesOrder) -> str:
    if order.total_minor is None or not order.currency:
        return ""
    return format_money(Money(minor=order.total_minor, currency=order.currency))["amount"]


def _line(line: OrderLine) -> str:
    wanted = line.ordered - line.cancelled
    return f"{wanted} × {line.title or line.sku}"


def _changes(before: _Facts | None, after: _Facts | None) -> tuple[Change, ...]:
    was = before.said if before else {}
    now = after.said if after else {}
    return tuple(
        Change(
            what=key.partition(" ")[0],
            before=was.get(key, ""),
            after=now.get(key, ""),
        )
        for key in dict.fromkeys((*was, *now))
        if was.get(key, "") != now.get(key, "")
    )
