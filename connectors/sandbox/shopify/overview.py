"""The shop as plain JSON for people and tests to look at."""

from dataclasses import asdict
from datetime import UTC, datetime

from connectors.sandbox.shopify.fulfilment_orders import actions
from connectors.sandbox.shopify.money import rest_amount
from connectors.sandbox.shopify.records import (
    Fulfilment,
    FulfilmentOrder,
    Line,
    Mail,
    Order,
    Variant,
)
from connectors.sandbox.shopify.shop import Shop
from connectors.sandbox.shopify.statuses import display_status, total
from connectors.sandbox.shopify.stock import NAMES, quantity

Json = dict[str, object]


def order_row(shop: Shop, order: Order) -> Json:
    """Show an order with all that became of it; ids are strings of digits."""
    return {
        "id": str(order.id),
        "name": order.name,
        "email": order.email,
        "financial_status": order.financial_status,
        "fulfillment_status": display_status(order),
        "cancelled_at": written(order.cancelled_at),
        "created_at": written(order.created_at),
        "updated_at": written(order.updated_at),
        "edited": order.edited,
        "test": order.test,
        "note": order.note,
        "tags": list(order.tags),
        "total": rest_amount(total(order, current=True), order.purse.shop),
        "currency": order.purse.shop,
        "lines": [line_row(order, line) for line in order.lines],
        "fulfilment_orders": [
            _asked(shop, order, each) for each in order.fulfilment_orders
        ],
        "fulfilments": [_sent(each) for each in order.fulfilments],
        "refunds": len(order.refunds),
        "metafields": {".".join(key): m.value for key, m in order.metafields.items()},
        "mails": [mail_row(mail) for mail in shop.mails if mail.order_id == order.id],
    }


def line_row(order: Order, line: Line) -> Json:
    """Show a line."""
    return {
        "id": str(line.id),
        "sku": line.sku,
        "title": line.title,
        "variant_id": str(line.variant_id) if line.variant_id else None,
        "quantity": line.quantity,
        "current_quantity": line.current_quantity,
        "unfulfilled_quantity": order.unsent(line),
        "price": rest_amount(line.price, order.purse.shop),
    }


def mail_row(mail: Mail) -> Json:
    """Show a mail to a buyer."""
    return asdict(mail) | {"order_id": str(mail.order_id), "at": written(mail.at)}


def variant_row(shop: Shop, variant: Variant) -> Json:
    """Show a variant with its stock by place."""
    return {
        "id": str(variant.id),
        "product_id": str(variant.product_id),
        "inventory_item_id": str(variant.inventory_item_id),
        "sku": variant.sku,
        "title": variant.title,
        "option": variant.option,
        "price": rest_amount(variant.price, shop.currency),
        "stock": {
            str(place): {name: quantity(variant, place, name) for name in NAMES}
            for place in variant.available
        },
    }


def written(at: datetime | None) -> str | None:
    """Write a time in UTC."""
    return at.astimezone(UTC).isoformat() if at else None


def _asked(shop: Shop, order: Order, asked: FulfilmentOrder) -> Json:
    return {
        "id": str(asked.id),
        "status": asked.status,
        "location_id": str(asked.location_id),
        "location": shop.locations[asked.location_id].name,
        "actions": list(actions(order, asked)),
        "fulfil_by": written(asked.fulfil_by),
        "progress": asked.progress,
        "lines": [
            {
                "id": str(line.id),
                "line_id": str(line.line_id),
                "total": line.total,
                "remaining": line.remaining,
            }
            for line in asked.lines
        ],
        "holds": [
            {
                "id": str(hold.id),
                "handle": hold.handle,
                "reason": hold.reason,
                "notes": hold.notes,
                "by_app": hold.by_app,
            }
            for hold in asked.holds
        ],
    }


def _sent(made: Fulfilment) -> Json:
    return {
        "id": str(made.id),
        "name": made.name,
        "status": made.status,
        "display_status": made.display_status,
        "location_id": str(made.location_id),
        "made_by": made.made_by,
        "created_at": written(made.created_at),
        "tracking": [asdict(parcel) for parcel in made.tracking],
        "lines": [
            {"line_id": str(line.line_id), "quantity": line.quantity} for line in made.lines
        ],
        "events": [
            {"status": event.status, "happened_at": written(event.happened_at)}
            for event in made.events
        ],
    }
