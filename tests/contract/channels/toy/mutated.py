"""The toy whose orders a mistake may change."""

from collections.abc import Callable
from dataclasses import replace

from connectors.readings import Message, OrderSeen, Reading
from mapping.canonical import Line, Order
from tests.contract.channels.toy.channel import Toy


class Mutated(Toy):
    """The toy, whose orders a mistake may change wherever they are read."""

    def amended(self, order: Order) -> Order:
        """Return the order as the mistake has it."""
        return order

    def read(self, message: Message) -> Reading:
        """Read, with the mistake."""
        reading = super().read(message)
        if isinstance(reading, OrderSeen):
            return OrderSeen(order=self.amended(reading.order))
        return reading

    def fetch_order(self, external_id: str) -> Order:
        """Fetch, with the mistake."""
        return self.amended(super().fetch_order(external_id))

    def lines(self, order: Order, change: Callable[[Line], Line]) -> Order:
        """Change every line."""
        return replace(order, lines=tuple(change(line) for line in order.lines))
