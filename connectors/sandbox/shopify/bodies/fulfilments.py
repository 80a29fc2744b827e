"""The bodies of fulfillments/* and fulfillment_orders/* webhooks."""

from connectors.sandbox.shopify.bodies.parts import Json, address_body, line_inside, moment
from connectors.sandbox.shopify.ids import gid
from connectors.sandbox.shopify.records import Fulfilment, FulfilmentOrder, Hold, Order
from connectors.sandbox.shopify.shop import Shop


def fulfilment_body(shop: Shop, order: Order, fulfilment: Fulfilment) -> Json:
    """Write a fulfilment; its lines carry the quantity that was sent."""
    numbers = [parcel.number for parcel in fulfilment.tracking if parcel.number]
    urls = [parcel.url for parcel in fulfilment.tracking if parcel.url]
    company = next((parcel.company for parcel in fulfilment.tracking), None)
    shipment = fulfilment.events[-1].status.lower() if fulfilment.events else None
    return {
        "id": fulfilment.id,
        "order_id": order.id,
        "status": fulfilment.status.lower(),
        "created_at": moment(shop, fulfilment.created_at),
        "service": "manual",
        "updated_at": moment(shop, fulfilment.updated_at),
        "tracking_company": company,
        "shipment_status": shipment,
        "location_id": fulfilment.location_id,
        "origin_address": None,
        "email": order.email,
        "destination": address_body(order.address),
        "line_items": [
            line_inside(shop, order, order.line(sent.line_id)) | {"quantity": sent.quantity}
            for sent in fulfilment.lines
        ],
        "tracking_number": numbers[0] if numbers else None,
        "tracking_numbers": numbers,
        "tracking_url": urls[0] if urls else None,
        "tracking_urls": urls,
        "receipt": {},
        "name": fulfilment.name,
        "admin_graphql_api_id": gid("Fulfillment", fulfilment.id),
    }


def held_body(
    fulfilment_order: FulfilmentOrder, hold: Hold, rest: FulfilmentOrder | None
) -> Json:
    """Write fulfillment_orders/placed_on_hold: global ids and lower-case statuses."""
    return {
        "fulfillment_order": _short(fulfilment_order)
        | {"fulfillment_holds": [_hold(each) for each in fulfilment_order.holds]},
        "remaining_fulfillment_order": _short(rest) if rest else None,
        "held_fulfillment_order_line_items": [
            {"id": gid("FulfillmentOrderLineItem", line.id), "quantity": line.remaining}
            for line in fulfilment_order.lines
        ],
        "created_fulfillment_hold": _hold(hold),
    }


def released_body(fulfilment_order: FulfilmentOrder) -> Json:
    """Write fulfillment_orders/hold_released."""
    return {"fulfillment_order": _short(fulfilment_order)}


def progress_body(fulfilment_order: FulfilmentOrder, *, before: str) -> Json:
    """Write fulfillment_orders/progress_reported."""
    return {
        "fulfillment_order": _short(fulfilment_order),
        "progress_report": {
            "reason_notes": fulfilment_order.progress,
            "progress_reported_by_app": {"id": gid("App", 1)},
            "progress_reported_by_user": None,
        },
        "initial_status": before.lower(),
    }


def _short(fulfilment_order: FulfilmentOrder) -> Json:
    return {
        "id": gid("FulfillmentOrder", fulfilment_order.id),
        "status": fulfilment_order.status.lower(),
    }


def _hold(hold: Hold) -> Json:
    return {
        "id": gid("FulfillmentHold", hold.id),
        "reason": hold.reason.lower(),
        "reason_notes": hold.notes,
        "held_by_requesting_app": hold.by_app,
        "handle": hold.handle,
        "held_by_app": {"id": gid("App", 1)} if hold.by_app else None,
    }
