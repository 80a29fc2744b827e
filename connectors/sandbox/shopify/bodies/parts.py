"""The pieces webhook bodies share: moments, amounts, addresses, lines."""

from datetime import datetime

from connectors.sandbox.shopify.ids import gid
from connectors.sandbox.shopify.money import rest_amount
from connectors.sandbox.shopify.records import Address, Line, Order
from connectors.sandbox.shopify.shop import Shop
from connectors.sandbox.shopify.statuses import fulfillable, rest_line_status

Json = dict[str, object]


def moment(shop: Shop, at: datetime | None) -> str | None:
    """Write a time in the shop's own zone, as webhook bodies do."""
    return at.astimezone(shop.timezone).isoformat() if at else None


def amount(order: Order, minor: int) -> str:
    """Write an amount in the shop's currency."""
    return rest_amount(minor, order.purse.shop)


def amount_set(order: Order, minor: int) -> Json:
    """Write an amount in both currencies."""
    purse = order.purse
    presented = rest_amount(purse.presented(minor), purse.presentment)
    return {
        "shop_money": {"amount": amount(order, minor), "currency_code": purse.shop},
        "presentment_money": {"amount": presented, "currency_code": purse.presentment},
    }


def address_body(address: Address | None) -> Json | None:
    """Write an address; None when the buyer gave none."""
    if address is None:
        return None
    return {
        "first_name": address.first_name,
        "address1": address.address1,
        "phone": address.phone,
        "city": address.city,
        "zip": address.zip,
        "province": address.province,
        "country": address.country,
        "last_name": address.last_name,
        "address2": address.address2,
        "company": address.company,
        "latitude": None,
        "longitude": None,
        "name": address.name,
        "country_code": address.country_code,
        "province_code": address.province_code,
    }


def line_body(shop: Shop, order: Order, line: Line) -> Json:
    """Write a line of an order."""
    return line_inside(shop, order, line) | {
        "attributed_staffs": [],
        "current_quantity": line.current_quantity,
        "sales_line_item_group_id": line.group.id if line.group else None,
    }


def line_inside(shop: Shop, order: Order, line: Line) -> Json:
    """Write a line inside a refund or fulfilment, where three fields are missing."""
    known = line.variant_id in shop.variants
    zero = amount_set(order, 0)
    return {
        "id": line.id,
        "admin_graphql_api_id": gid("LineItem", line.id),
        "fulfillable_quantity": fulfillable(order, line),
        "fulfillment_service": "gift_card" if line.gift_card else "manual",
        "fulfillment_status": rest_line_status(order, line),
        "gift_card": line.gift_card,
        "grams": line.grams,
        "name": " - ".join(part for part in (line.title, line.variant_title) if part),
        "price": amount(order, line.price),
        "price_set": amount_set(order, line.price),
        "product_exists": known,
        "product_id": line.product_id if known else None,
        "properties": [{"name": name, "value": value} for name, value in line.properties],
        "quantity": line.quantity,
        "requires_shipping": line.requires_shipping,
        "sku": line.sku,
        "taxable": not (line.tip or line.gift_card),
        "title": line.title,
        "total_discount": amount(order, 0),
        "total_discount_set": zero,
        "variant_id": line.variant_id if known else None,
        "variant_inventory_management": "shopify" if known else None,
        "variant_title": line.variant_title,
        "vendor": shop.name if known else None,
        "tax_lines": [],
        "duties": [],
        "discount_allocations": [],
    }
