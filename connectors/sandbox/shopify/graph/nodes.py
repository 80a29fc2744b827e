"""Every noun in one hand, so that each can show the others."""

from connectors.sandbox.shopify.graph import catalogue, fulfilments, orders
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


class Nodes:
    """Shows the records of a shop to one visitor."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit

    def order(self, order: Order) -> Node:
        """Show an order."""
        return orders.order_node(self, order)

    def line(self, order: Order, line: Line) -> Node:
        """Show a line."""
        return orders.line_node(self, order, line)

    def fulfilment_order(self, order: Order, fulfilment_order: FulfilmentOrder) -> Node:
        """Show a fulfilment order."""
        return fulfilments.fulfilment_order_node(self, order, fulfilment_order)

    def fulfilment(self, order: Order, fulfilment: Fulfilment) -> Node:
        """Show a fulfilment."""
        return fulfilments.fulfilment_node(self, order, fulfilment)

    def variant(self, variant: Variant) -> Node:
        """Show a variant."""
        return catalogue.variant_node(self, variant)

    def product(self, variant: Variant) -> Node:
        """Show the product a variant is the only one of."""
        return catalogue.product_node(self, variant)

    def item(self, variant: Variant) -> Node:
        """Show a variant's inventory item."""
        return catalogue.item_node(self, variant)

    def location(self, location: Location) -> Node:
        """Show a location."""
        return catalogue.location_node(self, location)
