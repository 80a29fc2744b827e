"""How an order stands at one moment, in what decisions about a change of it depend on."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.states import Intent
from hub.models.records.orders import Address, Demand, OrderLine, SalesOrder
from mapping.canonical import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a line asked for of an item at one moment; thousandths, and pieces sent by others."""

    line_id: int
    item_id: int
    per_piece: int
    quantity: int
    shipped: int
    wanted: int
    """What the line's pieces come to, also where more was shipped than that."""
    sent_elsewhere: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """An order as it stood at one moment, in what decisions depend on."""

    intent: Intent
    release: str
    payment: str
    asked: Mapping[int, Asked]
    """By demand."""
    lines: frozenset[int]
    address: tuple[str, ...]

    @property
    def is_worked_on(self) -> bool:
        """Whether goods may be held and made for it."""
        return self.intent is Intent.OPEN and self.release == Release.READY


def footing(session: Session, order: SalesOrder) -> Footing:
    """Read how an order stands. Done before a change and given to `decide` after it."""
    query = (
        select(Demand, OrderLine)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .where(OrderLine.order_id == order.id)
        .order_by(Demand.id)
    )
    return Footing(
        intent=Intent(order.intent),
        release=order.release,
        payment=order.payment,
        asked={demand.id: _asked(demand, line) for demand, line in session.execute(query)},
        lines=frozenset(
            session.scalars(select(OrderLine.id).where(OrderLine.order_id == order.id))
        ),
        address=_address(session, order),
    )


def _asked(demand: Demand, line: OrderLine) -> Asked:
    pieces = max(0, line.ordered - line.cancelled - line.sent_elsewhere)
    wanted = demand.quantity
    if demand.quantity <= demand.shipped:
        wanted = min(demand.shipped, pieces * demand.per_piece)
    return Asked(
        line_id=line.id,
        item_id=demand.item_id,
        per_piece=demand.per_piece,
        quantity=demand.quantity,
        shipped=demand.shipped,
        wanted=wanted,
        sent_elsewhere=line.sent_elsewhere,
    )


def _address(session: Session, order: SalesOrder) -> tuple[str, ...]:
    address = session.get(Address, order.ship_to_id) if order.ship_to_id else None
    if address is None:
        return ()
    parts = (
        address.name, address.company, address.line1, address.line2,
        address.city, address.region, address.postcode, address.country,
    )  # fmt: skip
    return parts if any(parts) else ()
