"""An order typed by hand or sent to our API: it enters by the door every message enters by."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from connectors.manual.read import TOPIC, ManualLine, ManualOrder, read, write
from connectors.readings import Message
from hub.domain.orders.sales import day_asked
from hub.flow.bounds import between
from hub.flow.channels.channels import manual_account
from hub.flow.intake.accept import accept
from hub.flow.intake.upsert import Upserted, upsert_order
from hub.flow.orders.prioritise import FIRST, LAST
from hub.flow.refusal import Invalid, Refusal
from hub.models.locks import lock_order_key
from hub.models.numbers import next_number
from hub.models.orders.typed_orders import close_message, is_number_taken, order_keyed
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import record
from hub.models.records.orders import SalesOrder
from mapping.canonical import Address, Customer, Money

OUR_OWN = re.compile(r"[HPS]O?-[0-9]+", re.IGNORECASE)
"""Numbers we hand out ourselves; a typed one like them would be taken for one of them."""


USUAL = 100
"""The place of an order that nobody gave another one."""


class NumberTaken(Refusal):
    """There is an order of that number already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedLine:
    """One line as somebody typed it."""

    sku: str
    title: str
    quantity: int
    unit_price: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """An order as somebody typed it."""

    lines: Sequence[TypedLine]
    number: str = ""
    customer: Customer | None = None
    ship_to: Address | None = None
    requested_on: date | None = None
    note: str = ""
    priority: int = USUAL
    customer_id: int | None = None
    """Somebody we know: the order is theirs, and `customer` changes nothing about them."""
    key: str = ""
    """Names one filled-in form: sent twice, it is one order."""


def type_order(
    session: Session, *, typed: Typed, source: str, who: str, now: datetime
) -> int:
    """Write an order down and read it, in one transaction. This function will give its id.

    Its bytes are kept like any channel's, and what they say is read from them. The number is
    what makes it the same order again: with one, it can be entered only once. A form's own key
    makes it the same too, and then the order it became is given.

    :raises NumberTaken: an order of that number was typed before.
    :raises Invalid: the number looks like one of ours, there is no such place, or the day is out
        of reason.
    """
    number = checked_number(typed.number)
    between(typed.priority, FIRST, LAST, field="priority")
    if day_asked(typed.requested_on, today=now.date()) != typed.requested_on:
        raise Invalid("That day is too far away.", field="requested_on")
    account = manual_account(session, now=now)
    external_id = _external_id(session, typed, number=number)
    lock_order_key(session, account_id=account.id, external_id=external_id)
    known = order_keyed(session, account_id=account.id, external_id=external_id)
    if known is not None and typed.key:
        return known.id
    named = number or external_id
    if is_number_taken(session, account_id=account.id, external_id=named):
        raise NumberTaken(f"There is already an order {number}.", field="number")
    order = _manual_order(typed, external_id=external_id, number=number, now=now)
    done = enter(
        session,
        account,
        order,
        source=source,
        customer_id=typed.customer_id,
        who=who,
        now=now,
    )
    if typed.priority != USUAL:
        _place(session, order_id=done.order_id, priority=typed.priority, who=who, now=now)
    return done.order_id


def checked_number(number: str) -> str:
    """Return a typed number, tidied.

    :raises Invalid: it looks like one of ours.
    """
    if OUR_OWN.fullmatch(number.strip()):
        raise Invalid("Numbers like H-0001 are given by Hornada itself.", field="number")
    return number.strip()


def _external_id(session: Session, typed: Typed, *, number: str) -> str:
    if typed.key:
        return f"form-{typed.key}"
    return number or f"typed-{next_number(session, 'typed_order')}"


def enter(
    session: Session,
    account: ChannelAccount,
    order: ManualOrder,
    *,
    source: str,
    who: str,
    now: datetime,
    customer_id: int | None = None,
) -> Upserted:
    """Keep an order's bytes as a message, read them, and write down what they say."""
    body = write(order)
    accepted = accept(
        session,
        account_id=account.id,
        topic=TOPIC,
        message_id=order.external_id,
        body=body,
        headers={},
        source=source,
        now=now,
    )
    done = upsert_order(
        session,
        account=account,
        order=read(Message(topic=TOPIC, body=body)).order,
        customer_id=customer_id,
        who=who,
        now=now,
    )
    if accepted.id is not None:
        close_message(
            session,
            message_id=accepted.id,
            external_order_id=order.external_id,
            result=done.outcome,
            now=now,
        )
    return done


def _place(
    session: Session, *, order_id: int, priority: int, who: str, now: datetime
) -> None:
    """Give a new order its place before anything of it is planned."""
    order = session.get_one(SalesOrder, order_id)
    record(
        session,
        at=now,
        who=who,
        subject="order",
        subject_id=order.id,
        what="order.priority",
        from_state=str(order.priority),
        to_state=str(priority),
    )
    order.priority = priority
    session.flush()


def _manual_order(
    typed: Typed, *, external_id: str, number: str, now: datetime
) -> ManualOrder:
    return ManualOrder(
        external_id=external_id,
        number=number,
        placed_at=now,
        updated_at=now,
        lines=tuple(
            ManualLine(
                external_id=str(position),
                sku=line.sku,
                title=line.title,
                quantity=line.quantity,
                unit_price=line.unit_price,
            )
            for position, line in enumerate(typed.lines, start=1)
        ),
        customer=typed.customer,
        ship_to=typed.ship_to,
        requested_on=typed.requested_on,
        note=typed.note,
    )
