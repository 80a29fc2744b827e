"""A typed order is written by the hub and read back as any channel's order."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from connectors.errors import PayloadError
from connectors.manual.read import TOPIC, ManualLine, ManualOrder, read, write
from connectors.readings import Message
from mapping.canonical import Address, Customer, LineKind, Money, Order, Release

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)

TYPED = ManualOrder(
    external_id="o-1",
    number="H-0001",
    placed_at=NOW,
    updated_at=NOW,
    lines=(
        ManualLine(
            external_id="1",
            sku="SOAP-LAV",
            title="Jabón de lavanda",
            quantity=3,
            unit_price=Money(minor=650, currency="EUR"),
        ),
    ),
    customer=Customer(name="Ana", email="ana@example.com"),
    ship_to=Address(line1="Calle Mayor 1", city="Madrid", country="ES"),
    requested_on=date(2026, 12, 1),
    note="gift",
)


def read_back(order: ManualOrder) -> Order:
    return read(Message(topic=TOPIC, body=write(order))).order


def test_a_typed_order_is_read_back_as_it_was_typed() -> None:
    order = read_back(TYPED)

    [line] = order.lines
    assert (order.external_id, order.number, order.source) == ("o-1", "H-0001", "manual")
    assert (order.placed_at, order.updated_at) == (NOW, NOW)
    assert (order.customer, order.ship_to) == (TYPED.customer, TYPED.ship_to)
    assert (order.requested_on, order.note) == (date(2026, 12, 1), "gift")
    assert (line.kind, line.sku, line.ordered) == (LineKind.PRODUCT, "SOAP-LAV", 3)
    assert (line.unit_price, order.currency) == (Money(minor=650, currency="EUR"), "EUR")


def test_a_typed_order_may_be_planned_at_once() -> None:
    assert read_back(TYPED).release is Release.READY


def test_a_typed_order_that_was_cancelled_may_not() -> None:
    order = read_back(replace(TYPED, cancelled_at=NOW))

    assert (order.release, order.cancelled_at) == (Release.CANCELLED, NOW)


def test_prices_in_two_currencies_name_none_for_the_order() -> None:
    dollars = replace(TYPED.lines[0], unit_price=Money(minor=1, currency="USD"))

    assert read_back(replace(TYPED, lines=(*TYPED.lines, dollars))).currency == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"lines": ()},
        {"placed_at": datetime(2026, 11, 22)},  # noqa: DTZ001
        {"external_id": ""},
        {"lines": (replace(TYPED.lines[0], quantity=0),)},
        {"lines": (replace(TYPED.lines[0], quantity=2_000_000),)},
        {"lines": (replace(TYPED.lines[0], external_id=""),)},
    ],
)
def test_an_order_that_is_not_complete_is_refused(wrong: dict[str, object]) -> None:
    order = replace(TYPED, **wrong)  # type: ignore[arg-type]

    with pytest.raises(PayloadError):
        read_back(order)


@pytest.mark.parametrize("body", [b"", b"canary", b"{}", b"[]", b'{"lines": "canary"}'])
def test_a_body_nobody_wrote_is_refused_without_quoting_it(body: bytes) -> None:
    with pytest.raises(PayloadError) as caught:
        read(Message(topic=TOPIC, body=body))

    assert "canary" not in str(caught.value)
