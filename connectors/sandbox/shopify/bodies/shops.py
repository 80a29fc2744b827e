"""The bodies of app/uninstalled and of the three privacy topics."""

from connectors.sandbox.shopify.bodies.parts import Json
from connectors.sandbox.shopify.records import Order
from connectors.sandbox.shopify.shop import Shop


def shop_body(shop: Shop) -> Json:
    """Write the shop, as app/uninstalled does."""
    return {
        "id": shop.id,
        "name": shop.name,
        "email": f"owner@{shop.domain}",
        "domain": None,
        "country": "ES",
        "currency": shop.currency,
        "iana_timezone": str(shop.timezone),
        "myshopify_domain": shop.domain,
        "plan_name": "basic",
        "primary_locale": "es",
    }


def customer_body(shop: Shop, order: Order, *, orders_key: str) -> Json:
    """Write customers/data_request or customers/redact; `orders_key` is how each lists orders."""
    theirs = [o.id for o in shop.orders.values() if o.customer_id == order.customer_id]
    body = shop_key(shop) | {
        "customer": {"id": order.customer_id, "email": order.email, "phone": None},
        orders_key: theirs,
    }
    if orders_key == "orders_requested":
        body["data_request"] = {"id": shop.ids.next("DataRequest")}
    return body


def shop_key(shop: Shop) -> Json:
    """Write shop/redact: only which shop it was."""
    return {"shop_id": shop.id, "shop_domain": shop.domain}
