"""The words the nouns need of each other: orders show lines, lines show variants, and back."""

from typing import Protocol

from connectors.sandbox.shopify.graph.node import Node
from connectors.sandbox.shopify.graph.visit import Visit
from connectors.sandbox.shopify.records import (
    Fulfilment,
    FulfilmentOrder,
    Line,
    Location,
    Order,
    Variant,
)


class Showing(Protocol):
    """Shows any record of the shop to one visitor."""

    visit: Visit

    def order(self, order: Order) -> Node:
        """Show an order."""

    def line(self, order: Order, line: Line) -> Node:
        """Show a line."""

    def fulfilment_order(self, order: Order, fulfilment_order: FulfilmentOrder) -> Node:
        """Show a fulfilment order."""

    def fulfilment(self, order: Order, fulfilment: Fulfilment) -> Node:
        """Show a fulfilment."""

    def variant(self, variant: Variant) -> Node:
        """Show a variant."""

    def product(self, variant: Variant) -> Node:
        """Show the product a variant is one of."""

    def item(self, variant: Variant) -> Node:
        """Show a variant's inventory item."""

    def location(self, location: Location) -> Node:
        """Show a location."""
