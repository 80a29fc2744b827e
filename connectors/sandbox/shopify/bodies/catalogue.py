"""The bodies of products/*, locations/* and inventory_levels/*, as far as a hub reads them."""

from connectors.sandbox.shopify.bodies.parts import Json
from connectors.sandbox.shopify.ids import gid
from connectors.sandbox.shopify.money import rest_amount
from connectors.sandbox.shopify.records import Location, Variant
from connectors.sandbox.shopify.shop import Shop


def product_body(shop: Shop, variant: Variant) -> Json:
    """Write a product with all its variants, as products/create and products/update do."""
    return {
        "id": variant.product_id,
        "admin_graphql_api_id": gid("Product", variant.product_id),
        "title": variant.title,
        "status": variant.status.lower(),
        "created_at": variant.created_at.astimezone(shop.timezone).isoformat(),
        "updated_at": variant.updated_at.astimezone(shop.timezone).isoformat(),
        "variants": [_variant(shop, each) for each in shop.product(variant.product_id)],
    }


def _variant(shop: Shop, variant: Variant) -> Json:
    return {
        "id": variant.id,
        "admin_graphql_api_id": gid("ProductVariant", variant.id),
        "product_id": variant.product_id,
        "title": variant.option or "Default Title",
        "price": rest_amount(variant.price, shop.currency),
        "sku": variant.sku,
        "barcode": variant.barcode,
        "inventory_item_id": variant.inventory_item_id,
        "inventory_quantity": sum(variant.available.values()),
    }


def place_body(shop: Shop, place: Location) -> Json:
    """Write a location."""
    return {
        "id": place.id,
        "admin_graphql_api_id": gid("Location", place.id),
        "name": place.name,
        "country_code": place.country_code,
        "active": place.active,
        "created_at": place.created_at.astimezone(shop.timezone).isoformat(),
    }


def level_body(shop: Shop, variant: Variant, location_id: int) -> Json:
    """Write what is available of a thing at a place; only which, where it is stocked no more."""
    item = variant.inventory_item_id
    which: Json = {"inventory_item_id": item, "location_id": location_id}
    if location_id not in variant.available:
        return which
    level = f"{gid('InventoryLevel', location_id)}?inventory_item_id={item}"
    changed_at = variant.counted_at[location_id].astimezone(shop.timezone)
    return which | {
        "available": variant.available[location_id],
        "updated_at": changed_at.isoformat(),
        "admin_graphql_api_id": level,
    }
