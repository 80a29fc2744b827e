"""A message that changes nothing is seen as such, and one that changes anything is not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mapping.canonical import (
    Address,
    Customer,
    Line,
    LineKind,
    Money,
    Order,
    Payment,
    Release,
    content_hash,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LINE = Line(external_id="1", kind=LineKind.PRODUCT, title="Lavender soap", ordered=3)
ORDER = Order(
    external_id="7",
    number="#1007",
    placed_at=NOON,
    updated_at=NOON,
    payment=Payment.PAID,
    release=Release.READY,
    lines=(LINE,),
    total=Money(minor=2550, currency="EUR"),
)


def test_an_equal_order_has_the_same_hash() -> None:
    assert content_hash(ORDER) == content_hash(replace(ORDER, lines=(replace(LINE),)))


@pytest.mark.parametrize(
    "changed",
    [
        replace(ORDER, updated_at=NOON + timedelta(microseconds=1)),
        replace(ORDER, payment=Payment.PENDING),
        replace(ORDER, lines=(replace(LINE, cancelled=1),)),
        replace(ORDER, lines=(LINE, replace(LINE, external_id="2"))),
        replace(ORDER, lines=(replace(LINE, personalisation=(("Engraving", "J"),)),)),
        replace(ORDER, total=Money(minor=2550, currency="USD")),
        replace(ORDER, total=None),
        replace(ORDER, customer=Customer(name="Inés")),
        replace(ORDER, ship_to=Address(city="Granada")),
        replace(ORDER, tags=("gift",)),
    ],
)
def test_any_change_changes_the_hash(changed: Order) -> None:
    assert content_hash(changed) != content_hash(ORDER)
