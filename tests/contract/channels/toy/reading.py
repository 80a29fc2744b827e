"""What the toy's messages and orders say: foreign JSON in, canonical words out. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from connectors.errors import PayloadError
from connectors.readings import Ignored, Message, OrderDeleted, OrderSeen, Reading
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
from mapping.money import make_money
from mapping.strict_json import JsonRefused, read_mended
from mapping.units import UnitProblem

RELEASES: Mapping[str, tuple[Payment, Release]] = {
    "paid": (Payment.PAID, Release.READY),
    "waiting": (Payment.PENDING, Release.HOLD_PAYMENT),
    "cancelled": (Payment.VOID, Release.CANCELLED),
}
UNKNOWN = (Payment.UNKNOWN, Release.UNKNOWN)


Read = TypeVar("Read", bound=BaseModel)


class Node(BaseModel):
    """A part of the toy's JSON; what we do not know may be there."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class _Line(Node):
    id: str
    thing: str = ""
    sku: str = ""
    title: str = ""
    ordered: int
    off: int = 0
    sent: int = 0
    price: str = ""
    wish: Sequence[tuple[str, str]] = ()


class _Buyer(Node):
    id: str = ""
    name: str = ""
    mail: str = ""


class _Address(Node):
    street: str = ""
    city: str = ""
    country: str = ""


class Parcel(Node):
    """A parcel of an order, as the stall shows it."""

    ref: str
    number: str = ""
    carrier: str = ""
    lines: Mapping[str, int]
    delivered_at: str = ""


class ToyOrder(Node):
    """An order, as the stall writes it."""

    id: str
    revision: int
    placed_at: AwareDatetime
    changed_at: AwareDatetime
    status: str
    test: bool = False
    currency: str = ""
    total: str = ""
    buyer: _Buyer = _Buyer()
    address: _Address = _Address()
    lines: Sequence[_Line]
    holds: Sequence[str] = ()
    note: str = ""
    promised_on: str = ""
    parcels: Sequence[Parcel] = ()


class _Gone(Node):
    id: str


def read(message: Message) -> Reading:
    """Say what a message means.

    :raises PayloadError: it is not what the stall promises.
    """
    if message.topic == "order.changed":
        return OrderSeen(order=canonical(order_of(message.body)))
    if message.topic == "order.gone":
        return OrderDeleted(external_id=_model(message.body, _Gone).id)
    return Ignored(why="The stall says something that changes no order.")


def order_of(body: bytes) -> ToyOrder:
    """Read an order as the stall writes it.

    :raises PayloadError: it is none.
    """
    return _model(body, ToyOrder)


def canonical(order: ToyOrder) -> Order:
    """Say an order of the stall in canonical words."""
    payment, release = RELEASES.get(order.status, UNKNOWN)
    return Order(
        external_id=order.id,
        number=f"T-{order.id}",
        placed_at=order.placed_at.astimezone(UTC),
        updated_at=order.changed_at.astimezone(UTC),
        payment=payment,
        release=Release.TEST if order.test else release,
        lines=tuple(_line(one, order.currency) for one in order.lines),
        currency=order.currency,
        total=_money(order.total, order.currency),
        customer=Customer(
            external_id=order.buyer.id, name=order.buyer.name, email=order.buyer.mail
        ),
        ship_to=Address(
            name=order.buyer.name,
            line1=order.address.street,
            city=order.address.city,
            country=order.address.country,
        ),
        is_test=order.test,
        note=order.note,
        source="toy",
    )


def _line(line: _Line, currency: str) -> Line:
    return Line(
        external_id=line.id,
        kind=LineKind.PRODUCT,
        title=line.title,
        ordered=line.ordered,
        cancelled=line.off,
        fulfilled=line.sent,
        sku=line.sku,
        product_id=line.thing,
        personalisation=tuple((name, value) for name, value in line.wish),
        unit_price=_money(line.price, currency),
    )


def _money(amount: str, currency: str) -> Money | None:
    try:
        return make_money(amount, currency=currency)
    except UnitProblem:
        return None


def _model(body: bytes, model: type[Read]) -> Read:
    try:
        return model.model_validate(read_mended(body).value)
    except JsonRefused as e:
        raise PayloadError(f"The message cannot be read. {e}") from e
    except ValidationError as e:
        where = ".".join(str(part) for part in e.errors()[0]["loc"])
        # "from None": the words of pydantic quote the body, which names a person.
        raise PayloadError(f"The message is not as promised, at {where}") from None
