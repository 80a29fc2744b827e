"""Orders typed by hand, ready to be examined: nobody is called, and nobody calls."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from connectors.manual.channel import REGISTRATION
from connectors.manual.read import TOPIC, ManualLine, ManualOrder, write
from connectors.pacing import Pacer
from connectors.protocol import Channel, Connection, Registration, Token
from connectors.readings import Message
from mapping.canonical import Address, Customer, Money
from tests.contract.harness import BUYER, MAIL, ONE_SOAP, STREET, Basket, Oddity

FAR_AWAY = timezone(timedelta(hours=13))
TYPED_AT = datetime(2026, 11, 22, 12, tzinfo=UTC).astimezone(FAR_AWAY)


class ManualHarness:
    """The orders somebody typed."""

    registration: Registration = REGISTRATION
    samples = Path(__file__).parent / "samples"
    impossible: Mapping[Oddity, str] = {
        Oddity.UNPAID: "nobody withholds an order typed by hand",
        Oddity.TEST: "nobody types test orders",
        Oddity.PERSONALISED: "a wish is part of the title somebody types",
        Oddity.TAKEN_OFF: "a typed order is typed anew, with fewer pieces",
    }
    statuses: Mapping[str, bool] = {}

    def __init__(self) -> None:
        self._orders: dict[str, ManualOrder] = {}

    def typed(self) -> Connection:
        """Nothing has to be typed."""
        return Connection(settings={}, credentials={})

    def secrets(self) -> Sequence[str]:
        """There are none."""
        return ()

    def channel(
        self,
        *,
        webhook_secrets: Sequence[str] | None = None,
        token: Token | None = None,
        pacer: Pacer | None = None,
    ) -> Channel:
        """Connect to nothing."""
        assert not webhook_secrets
        assert token is None
        assert pacer is None
        return self.registration.connect(self.typed())

    def place(self, basket: Basket = ONE_SOAP) -> str:
        """Type an order."""
        order_id = f"M-{len(self._orders) + 1}"
        self._orders[order_id] = ManualOrder(
            external_id=order_id,
            number=f"#{order_id}",
            placed_at=TYPED_AT,
            updated_at=TYPED_AT,
            lines=tuple(_line(basket, number) for number in range(1, basket.lines + 1)),
            customer=Customer(name=BUYER, email=MAIL),
            ship_to=Address(name=BUYER, line1=STREET, city="Granada", country="ES"),
        )
        return order_id

    def message(self, order_id: str) -> Message:
        """Write it as the hub does."""
        return Message(topic=TOPIC, body=write(self._orders[order_id]))

    def with_status(self, message: Message, status: str) -> Message:
        """A typed order has no word for how far it is."""
        raise AssertionError(f"{message.topic} has no {status}")

    def total(self, order_id: str) -> Money | None:
        """Nobody says what it all costs."""
        assert order_id in self._orders
        return None

    def touch(self, order_id: str) -> None:
        """Type something more in the note."""
        order = self._orders[order_id]
        later = order.updated_at + timedelta(seconds=1)
        self._orders[order_id] = replace(order, updated_at=later, note=f"{order.note}.")

    def take_off(self, order_id: str, pieces: int) -> None:
        """Nobody takes pieces off; it is typed anew."""
        raise AssertionError(f"{order_id}: {pieces}")

    def cancel(self, order_id: str) -> None:
        """Cancel it."""
        order = self._orders[order_id]
        later = order.updated_at + timedelta(seconds=1)
        self._orders[order_id] = replace(order, updated_at=later, cancelled_at=later)

    def close(self) -> None:
        """Have nothing to stop."""


def _line(basket: Basket, number: int) -> ManualLine:
    return ManualLine(
        external_id=str(number),
        sku="SOAP-1" if basket.has_sku else "",
        title="Lavender soap",
        quantity=basket.quantity,
        unit_price=Money(minor=990, currency="EUR"),
    )


open_shop = ManualHarness
"""What the suite calls to open a fresh one."""
