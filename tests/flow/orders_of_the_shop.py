"""Canonical orders as the shop "Cera y Sal" would send them, for tests of the walk in."""

from datetime import datetime, timedelta

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
from tests.factories import NOW

ORDER_ID = "820982911946154508"


def a_line(
    sku: str = "CANDLE",
    *,
    pieces: int = 2,
    cancelled: int = 0,
    fulfilled: int = 0,
    kind: LineKind = LineKind.PRODUCT,
    external_id: str = "",
    variant_id: str = "",
    title: str = "",
) -> Line:
    """Sell some pieces of a SKU; the line's id follows from it."""
    return Line(
        external_id=external_id or f"line-{sku}",
        kind=kind,
        title=title or sku.title(),
        ordered=pieces,
        cancelled=cancelled,
        fulfilled=fulfilled,
        sku=sku,
        variant_id=variant_id,
        unit_price=Money(minor=1250, currency="EUR"),
    )


def an_order(
    *lines: Line,
    after: int = 0,
    external_id: str = ORDER_ID,
    release: Release = Release.READY,
    payment: Payment = Payment.PAID,
    cancelled_at: datetime | None = None,
    note: str = "",
) -> Order:
    """Place an order on Monday morning, as it stands `after` so many minutes."""
    return Order(
        external_id=external_id,
        number="#1043",
        placed_at=NOW,
        updated_at=NOW + timedelta(minutes=after),
        payment=payment,
        release=release,
        lines=lines or (a_line(),),
        currency="EUR",
        total=Money(minor=2500, currency="EUR"),
        customer=Customer(
            external_id="6940095564", name="Maria Ruiz", email="maria@example.com"
        ),
        ship_to=Address(name="Maria Ruiz", line1="Calle de la Cera 7", country="ES"),
        cancelled_at=cancelled_at,
        note=note,
    )
