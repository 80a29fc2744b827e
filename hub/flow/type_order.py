"""An order typed by hand or sent to our API: it enters by the door every message enters by."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from connectors.manual.read import TOPIC, ManualLine, ManualOrder, read, write
from connectors.readings import Message
from hub.flow.accept import accept
from hub.flow.channels import manual_account
from hub.flow.refusal import Invalid, Refusal
from hub.flow.upsert import upsert_order
from hub.models.channels import ChannelAccount
from hub.models.locks import lock_order_key
from hub.models.numbers import next_number
from hub.models.typed_orders import close_message, is_number_taken
from mapping.canonical import Address, Customer, Money

OUR_OWN = re.compile(r"[HPS]O?-[0-9]+", re.IGNORECASE)
"""Numbers we hand out ourselves; a typed one like them would be taken for one of them."""


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


def type_order(
    session: Session, *, typed: Typed, source: str, who: str, now: datetime
) -> int:
    """Write an order down and read it, in one transaction. This function will give its id.

    Its bytes are kept like any channel's, and what they say is read from them. The number is
    what makes it the same order again: with one, it can be entered only once.

    :raises NumberTaken: an order of that number was typed before.
    :raises Invalid: the number looks like one of ours.
    """
    number = typed.number.strip()
    if OUR_OWN.fullmatch(number):
        raise Invalid("Numbers like H-0001 are given by Hornada itself.", field="number")
    account = manual_account(session, now=now)
    external_id = number or f"typed-{next_number(session, 'typed_order')}"
    lock_order_key(session, account_id=account.id, external_id=external_id)
    if is_number_taken(session, account_id=account.id, external_id=external_id):
        raise NumberTaken(f"There is already an order {number}.", field="number")
    body = write(_manual_order(typed, external_id=external_id, number=number, now=now))
    return _read_in(
        session, account, body, external_id=external_id, source=source, who=who, now=now
    )


def _read_in(
    session: Session,
    account: ChannelAccount,
    body: bytes,
    *,
    external_id: str,
    source: str,
    who: str,
    now: datetime,
) -> int:
    accepted = accept(
        session,
        account_id=account.id,
        topic=TOPIC,
        message_id=external_id,
        body=body,
        headers={},
        source=source,
        now=now,
    )
    order = read(Message(topic=TOPIC, body=body)).order
    done = upsert_order(session, account=account, order=order, who=who, now=now)
    if accepted.id is not None:
        close_message(
            session,
            message_id=accepted.id,
            external_order_id=external_id,
            result=done.outcome,
            now=now,
        )
    return done.order_id


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
