"""Variants, products, stock and locations as GraphQL shows them."""

from collections.abc import Sequence

from connectors.sandbox.shopify.graph.connection import by_id, pages
from connectors.sandbox.shopify.graph.node import Info, Node, identity, numbered, stamp
from connectors.sandbox.shopify.graph.showing import Showing
from connectors.sandbox.shopify.ids import gid
from connectors.sandbox.shopify.money import rest_amount
from connectors.sandbox.shopify.records import Location, Variant
from connectors.sandbox.shopify.stock import quantity


def variant_node(show: Showing, variant: Variant) -> Node:
    """Show a variant."""
    available = sum(variant.available.values())
    option = variant.option or "Default Title"
    kinds = show.visit.shop.product(variant.product_id)
    return identity("ProductVariant", variant.id) | {
        "availableForSale": True,
        "barcode": variant.barcode,
        "createdAt": stamp(variant.created_at),
        "displayName": f"{variant.title} - {option}",
        "inventoryItem": lambda _info: show.item(variant),
        "inventoryPolicy": "CONTINUE",
        "inventoryQuantity": available,
        "position": kinds.index(variant) + 1,
        "price": rest_amount(variant.price, show.visit.shop.currency),
        "product": lambda _info: show.product(variant),
        "requiresComponents": variant.components,
        "selectedOptions": [{"name": "Title", "value": option}],
        "sellableOnlineQuantity": available,
        "sku": variant.sku,
        "taxable": True,
        "title": option,
        "updatedAt": stamp(variant.updated_at),
    }


def product_node(show: Showing, variant: Variant) -> Node:
    """Show the product a variant is one of."""
    kinds = show.visit.shop.product(variant.product_id)
    return identity("Product", variant.product_id) | {
        "createdAt": stamp(variant.created_at),
        "handle": "-".join(variant.title.lower().split()),
        "hasOnlyDefaultVariant": len(kinds) == 1 and not variant.option,
        "isGiftCard": variant.gift_card,
        "productType": "",
        "status": variant.status,
        "tags": [],
        "title": variant.title,
        "totalInventory": sum(sum(each.available.values()) for each in kinds),
        "tracksInventory": any(each.tracked for each in kinds),
        "updatedAt": stamp(variant.updated_at),
        "variants": pages(kinds, lambda each: by_id(each.id), show.variant),
        "vendor": show.visit.shop.name,
    }


def item_node(show: Showing, variant: Variant) -> Node:
    """Show a variant's inventory item: its stock, place by place."""
    shop = show.visit.shop
    places = [shop.locations[number] for number in variant.available]
    twins = sum(v.sku == variant.sku for v in shop.variants.values()) - 1

    def at(_info: Info, location_id: str, **_others: object) -> Node | None:
        show.visit.need("inventoryLevel", "read_inventory")
        number = numbered(location_id, "Location")
        stocked = number in variant.available
        return _level(show, variant, shop.locations[number]) if stocked else None

    return identity("InventoryItem", variant.inventory_item_id) | {
        "createdAt": stamp(variant.created_at),
        "duplicateSkuCount": twins if variant.sku else 0,
        "inventoryLevel": at,
        "inventoryLevels": pages(
            places,
            lambda place: by_id(place.id),
            lambda place: _level(show, variant, place),
        ),
        "measurement": {
            "__typename": "InventoryItemMeasurement",
            "id": gid("InventoryItemMeasurement", variant.inventory_item_id),
            "weight": {"unit": "GRAMS", "value": variant.grams},
        },
        "requiresShipping": variant.requires_shipping,
        "sku": variant.sku,
        "tracked": variant.tracked,
        "updatedAt": stamp(variant.updated_at),
    }


def _level(show: Showing, variant: Variant, place: Location) -> Node:
    counted_at = variant.counted_at.get(place.id, variant.created_at)

    def quantities(_info: Info, names: Sequence[str]) -> list[Node]:
        return [
            {
                "__typename": "InventoryQuantity",
                "id": f"{gid('InventoryQuantity', variant.inventory_item_id)}?name={name}",
                "name": name,
                "quantity": quantity(variant, place.id, name),
                "updatedAt": stamp(counted_at),
            }
            for name in names
        ]

    return {
        "__typename": "InventoryLevel",
        "id": f"{gid('InventoryLevel', place.id)}?inventory_item_id={variant.inventory_item_id}",
        "createdAt": stamp(variant.created_at),
        "isActive": True,
        "item": lambda _info: show.item(variant),
        "location": lambda _info: show.location(place),
        "quantities": quantities,
        "updatedAt": stamp(counted_at),
    }


def location_node(show: Showing, place: Location) -> Node:
    """Show a location."""
    variants = show.visit.shop.variants.values()
    return identity("Location", place.id) | {
        "address": {
            **dict.fromkeys(("address1", "address2", "city", "phone", "province", "zip")),
            "country": None,
            "countryCode": place.country_code,
            "formatted": [],
        },
        "createdAt": stamp(place.created_at),
        "fulfillsOnlineOrders": True,
        "hasActiveInventory": any(place.id in variant.available for variant in variants),
        "isActive": place.active,
        "isFulfillmentService": False,
        "name": place.name,
        "shipsInventory": True,
        "updatedAt": stamp(place.created_at),
    }
