"""Stock that moves with orders: available, committed, on hand."""

from connectors.sandbox.shopify.bodies.catalogue import level_body
from connectors.sandbox.shopify.records import Line, Order, Refused, Variant
from connectors.sandbox.shopify.shop import Shop

NAMES = ("available", "committed", "on_hand")


def quantity(variant: Variant, location_id: int, name: str) -> int:
    """Say how much there is under one of Shopify's names; on hand = available + committed."""
    available = variant.available.get(location_id, 0)
    committed = variant.committed.get(location_id, 0)
    return {"available": available, "committed": committed}.get(name, available + committed)


def commit(shop: Shop, line: Line, units: int) -> None:
    """Set units aside for an order: available falls, committed rises."""
    _move(shop, line, available=-units, committed=units)


def release(shop: Shop, line: Line, units: int) -> None:
    """Give units set aside back: they are available again."""
    _move(shop, line, available=units, committed=-units)


def leave(shop: Shop, line: Line, units: int) -> None:
    """Let units set aside leave the house."""
    _move(shop, line, available=0, committed=-units)


def come_back(shop: Shop, line: Line, units: int) -> None:
    """Take returned units back on the shelf."""
    _move(shop, line, available=units, committed=0)


def set_available(shop: Shop, variant: Variant, location_id: int, units: int) -> None:
    """Write the available quantity of one place and say so."""
    variant.available[location_id] = units
    variant.updated_at = variant.counted_at[location_id] = shop.now()
    shop.announce("inventory_levels/update", level_body(shop, variant, location_id))


def disconnect(shop: Shop, variant: Variant, location_id: int) -> None:
    """Stock a thing at a place no more.

    :raises Refused: units of it are set aside there for orders.
    """
    if variant.committed.get(location_id):
        raise Refused("The inventory item has committed units at this location")
    variant.available.pop(location_id, None)
    variant.updated_at = shop.now()
    shop.announce("inventory_levels/disconnect", level_body(shop, variant, location_id))


def commit_order(shop: Shop, order: Order) -> None:
    """Set aside what a new order asks for."""
    for line in order.lines:
        commit(shop, line, order.unsent(line))


def _move(shop: Shop, line: Line, *, available: int, committed: int) -> None:
    variant = shop.variants.get(line.variant_id or 0)
    if variant is None or not (available or committed):
        return
    place = line.location_id
    variant.committed[place] = variant.committed.get(place, 0) + committed
    if available:
        set_available(shop, variant, place, variant.available.get(place, 0) + available)
