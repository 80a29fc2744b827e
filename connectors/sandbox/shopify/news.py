"""Who is told what: an order's news under Shopify's topics."""

from connectors.sandbox.shopify.bodies.orders import order_body
from connectors.sandbox.shopify.records import Order
from connectors.sandbox.shopify.shop import Shop


def tell(shop: Shop, order: Order, *topics: str) -> None:
    """Announce what happened to an order under these topics, each with the order as it is now."""
    for topic in topics:
        shop.announce(topic, order_body(shop, order))
