"""The body of a hand-typed order: written by the hub, read back as any channel's message is."""

from dataclasses import dataclass
from datetime import UTC, date
from typing import Annotated

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from connectors.errors import PayloadError
from connectors.readings import Message, OrderSeen
from mapping.canonical import (
    Address,
    Customer,
    Line,
    LineKind,
    Money,
    Order,
    Payment,
    Release,
)

TOPIC = "orders/typed"
MOST_PIECES = 1_000_000
MOST_LINES = 1_000

Name = Annotated[str, Field(max_length=500)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualLine:
    """One line as somebody typed it, in whole pieces."""

    external_id: Annotated[str, Field(min_length=1, max_length=100)]
    sku: Annotated[str, Field(max_length=200)]
    title: Name
    quantity: Annotated[int, Field(ge=1, le=MOST_PIECES, strict=True)]
    unit_price: Money | None = None
    variant_title: Name = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualOrder:
    """An order as somebody typed it; the hub gives it its id, number and times."""

    external_id: Annotated[str, Field(min_length=1, max_length=100)]
    number: Name
    placed_at: AwareDatetime
    updated_at: AwareDatetime
    lines: Annotated[tuple[ManualLine, ...], Field(min_length=1, max_length=MOST_LINES)]
    customer: Customer | None = None
    ship_to: Address | None = None
    requested_on: date | None = None
    note: Annotated[str, Field(max_length=5_000)] = ""
    cancelled_at: AwareDatetime | None = None
    source: Annotated[str, Field(max_length=20)] = "manual"
    """Who numbers it: "manual" means that `number` is to be the order's own."""
    payment: Payment = Payment.UNKNOWN
    """As a shop's export says it; an order it knows to be unpaid waits for its money."""


_BODY: TypeAdapter[ManualOrder] = TypeAdapter(ManualOrder)


def write(order: ManualOrder) -> bytes:
    """Write the body of the message that a hand-typed order enters as."""
    return _BODY.dump_json(order)


def read(message: Message) -> OrderSeen:
    """Read a hand-typed order.

    Nobody withholds it, so it may be planned at once, unless it is known to be unpaid.

    :raises PayloadError: the body is not one that `write` made.
    """
    try:
        typed = _BODY.validate_json(message.body)
    except ValidationError as e:
        where = ".".join(str(part) for part in e.errors()[0]["loc"])
        # "from None": the words of pydantic quote the body, which names a person.
        raise PayloadError(f"the typed order is not complete, at {where}") from None
    return OrderSeen(order=_order(typed))


def _order(typed: ManualOrder) -> Order:
    cancelled_at = typed.cancelled_at
    return Order(
        external_id=typed.external_id,
        number=typed.number,
        placed_at=typed.placed_at.astimezone(UTC),
        updated_at=typed.updated_at.astimezone(UTC),
        payment=typed.payment,
        release=_release(typed),
        lines=tuple(_line(line) for line in typed.lines),
        currency=_currency(typed),
        customer=typed.customer,
        ship_to=typed.ship_to,
        cancelled_at=cancelled_at.astimezone(UTC) if cancelled_at else None,
        requested_on=typed.requested_on,
        note=typed.note,
        source=typed.source,
    )


def _release(typed: ManualOrder) -> Release:
    if typed.cancelled_at:
        return Release.CANCELLED
    is_unpaid = typed.payment in (Payment.PENDING, Payment.PART_PAID)
    return Release.HOLD_PAYMENT if is_unpaid else Release.READY


def _line(typed: ManualLine) -> Line:
    return Line(
        external_id=typed.external_id,
        kind=LineKind.PRODUCT,
        title=typed.title,
        ordered=typed.quantity,
        sku=typed.sku,
        unit_price=typed.unit_price,
        variant_title=typed.variant_title,
    )


def _currency(typed: ManualOrder) -> str:
    """Return the one currency of the prices; none if there are several or no prices."""
    named = {line.unit_price.currency for line in typed.lines if line.unit_price}
    return named.pop() if len(named) == 1 else ""
