"""Fulfilment orders and fulfilments as GraphQL shows them."""

from connectors.sandbox.shopify.fulfilment_orders import actions
from connectors.sandbox.shopify.graph.connection import by_id, pages
from connectors.sandbox.shopify.graph.node import Info, Node, identity, money, stamp
from connectors.sandbox.shopify.graph.showing import Showing
from connectors.sandbox.shopify.graph.visit import denied
from connectors.sandbox.shopify.ids import gid
from connectors.sandbox.shopify.records import (
    Fulfilment,
    FulfilmentOrder,
    Hold,
    Milestone,
    Order,
    Sent,
    ToSend,
)

_REASONS = {
    "AWAITING_PAYMENT": "Awaiting payment",
    "AWAITING_RETURN_ITEMS": "Awaiting return items",
    "HIGH_RISK_OF_FRAUD": "High risk of fraud",
    "INCORRECT_ADDRESS": "Incorrect address",
    "INVENTORY_OUT_OF_STOCK": "Inventory out of stock",
    "ONLINE_STORE_POST_PURCHASE_CROSS_SELL": "Online store post-purchase cross-sell",
    "OTHER": "Other",
    "UNKNOWN_DELIVERY_DATE": "Unknown delivery date",
}


def fulfilment_order_node(
    show: Showing, order: Order, fulfilment_order: FulfilmentOrder
) -> Node:
    """Show a fulfilment order."""
    mine = {line.id for line in fulfilment_order.lines}
    made = [f for f in order.fulfilments if mine & {sent.to_send_id for sent in f.lines}]
    return {
        "__typename": "FulfillmentOrder",
        "id": gid("FulfillmentOrder", fulfilment_order.id),
        "assignedLocation": _assigned(show, fulfilment_order.location_id),
        "createdAt": stamp(fulfilment_order.created_at),
        "deliveryMethod": _delivery(fulfilment_order, order),
        "destination": _destination(order, fulfilment_order),
        "fulfillAt": stamp(fulfilment_order.fulfil_at),
        "fulfillBy": stamp(fulfilment_order.fulfil_by),
        "fulfillmentHolds": [hold_node(show, hold) for hold in fulfilment_order.holds],
        "fulfillments": pages(
            made, lambda each: by_id(each.id), lambda each: show.fulfilment(order, each)
        ),
        "lineItems": pages(
            fulfilment_order.lines,
            lambda line: by_id(line.id),
            lambda line: _to_send(show, order, line),
        ),
        "order": lambda _info: show.order(order),
        "orderId": gid("Order", order.id),
        "orderName": order.name,
        "orderProcessedAt": stamp(order.created_at),
        "requestStatus": "UNSUBMITTED",
        "status": fulfilment_order.status,
        "supportedActions": [
            {"action": action, "externalUrl": None}
            for action in actions(order, fulfilment_order)
        ],
        "updatedAt": stamp(fulfilment_order.updated_at),
    }


def _assigned(show: Showing, location_id: int) -> Node:
    place = show.visit.shop.locations[location_id]
    return {
        **dict.fromkeys(("address1", "address2", "city", "phone", "province", "zip")),
        "countryCode": place.country_code,
        "location": lambda _info: show.location(place),
        "name": place.name,
    }


def _delivery(fulfilment_order: FulfilmentOrder, order: Order) -> Node:
    return {
        "__typename": "DeliveryMethod",
        "id": gid("DeliveryMethod", fulfilment_order.id),
        "maxDeliveryDateTime": None,
        "methodType": fulfilment_order.method,
        "minDeliveryDateTime": None,
        "presentedName": order.shipping_title,
        "serviceCode": order.shipping_title,
    }


def _destination(order: Order, fulfilment_order: FulfilmentOrder) -> Node | None:
    address = order.address
    if address is None:
        return None
    return {
        "__typename": "FulfillmentOrderDestination",
        "id": gid("FulfillmentOrderDestination", fulfilment_order.id),
        "address1": address.address1,
        "address2": address.address2,
        "city": address.city,
        "company": address.company,
        "countryCode": address.country_code,
        "email": order.email,
        "firstName": address.first_name,
        "lastName": address.last_name,
        "phone": address.phone,
        "province": address.province,
        "zip": address.zip,
    }


def _to_send(show: Showing, order: Order, wanted: ToSend) -> Node:
    line = order.line(wanted.line_id)
    shop = show.visit.shop
    variant = shop.variants.get(line.variant_id or 0)
    item = gid("InventoryItem", variant.inventory_item_id) if variant else None
    return {
        "__typename": "FulfillmentOrderLineItem",
        "id": gid("FulfillmentOrderLineItem", wanted.id),
        "inventoryItemId": item,
        "lineItem": lambda _info: show.line(order, line),
        "productTitle": line.title,
        "remainingQuantity": wanted.remaining,
        "requiresShipping": line.requires_shipping,
        "sku": line.sku,
        "totalQuantity": wanted.total,
        "variant": lambda _info: show.variant(variant) if variant else None,
        "variantTitle": line.variant_title,
        "vendor": shop.name if variant else None,
        "weight": {"unit": "GRAMS", "value": line.grams},
    }


def hold_node(show: Showing, hold: Hold) -> Node:
    """Show a hold; who placed it takes the `read_apps` scope to see."""

    def held_by(_info: Info) -> Node | None:
        if not show.visit.may("read_apps"):
            raise denied("heldByApp", ("read_apps",))
        return app_node(show.visit.client_id) if hold.by_app else None

    return {
        "__typename": "FulfillmentHold",
        "id": gid("FulfillmentHold", hold.id),
        "displayReason": _REASONS[hold.reason],
        "handle": hold.handle,
        "heldByApp": held_by,
        "heldByRequestingApp": hold.by_app,
        "reason": hold.reason,
        "reasonNotes": hold.notes,
    }


def app_node(client_id: str) -> Node:
    """Show our app."""
    return {
        "__typename": "App",
        "id": gid("App", 1),
        "apiKey": client_id,
        "description": None,
        "embedded": False,
        "handle": "hub",
        "title": "Hub",
        "webhookApiVersion": "2026-10",
    }


def fulfilment_node(show: Showing, order: Order, fulfilment: Fulfilment) -> Node:
    """Show a fulfilment."""
    place = show.visit.shop.locations.get(fulfilment.location_id)
    lines = {sent.to_send_id for sent in fulfilment.lines}
    asked = [fo for fo in order.fulfilment_orders if lines & {line.id for line in fo.lines}]
    return identity("Fulfillment", fulfilment.id) | {
        "createdAt": stamp(fulfilment.created_at),
        "deliveredAt": stamp(fulfilment.delivered_at),
        "displayStatus": fulfilment.display_status,
        "estimatedDeliveryAt": stamp(fulfilment.estimated_delivery_at),
        "events": pages(fulfilment.events, lambda each: by_id(each.id), event_node),
        "fulfillmentLineItems": pages(
            fulfilment.lines,
            lambda sent: by_id(sent.id),
            lambda sent: _sent(show, order, sent),
        ),
        "fulfillmentOrders": pages(
            asked if show.visit.sees_fulfilment_orders() else [],
            lambda fo: by_id(fo.id),
            lambda fo: show.fulfilment_order(order, fo),
        ),
        "inTransitAt": stamp(fulfilment.in_transit_at),
        "location": lambda _info: show.location(place) if place else None,
        "name": fulfilment.name,
        "order": lambda _info: show.order(order),
        "requiresShipping": any(
            order.line(sent.line_id).requires_shipping for sent in fulfilment.lines
        ),
        "status": fulfilment.status,
        "totalQuantity": sum(sent.quantity for sent in fulfilment.lines),
        "trackingInfo": _tracking(fulfilment),
        "updatedAt": stamp(fulfilment.updated_at),
    }


def _tracking(fulfilment: Fulfilment) -> object:
    def answer(_info: Info, first: int | None = None) -> list[Node]:
        return [
            {"company": parcel.company, "number": parcel.number, "url": parcel.url}
            for parcel in fulfilment.tracking[:first]
        ]

    return answer


def _sent(show: Showing, order: Order, sent: Sent) -> Node:
    line = order.line(sent.line_id)
    whole = money(order, line.price * sent.quantity)
    return {
        "__typename": "FulfillmentLineItem",
        "id": gid("FulfillmentLineItem", sent.id),
        "discountedTotalSet": whole,
        "lineItem": lambda _info: show.line(order, line),
        "originalTotalSet": whole,
        "quantity": sent.quantity,
    }


def event_node(event: Milestone) -> Node:
    """Show a milestone."""
    return {
        "__typename": "FulfillmentEvent",
        "id": gid("FulfillmentEvent", event.id),
        "address1": event.address1,
        "city": event.city,
        "country": event.country,
        "createdAt": stamp(event.created_at),
        "estimatedDeliveryAt": stamp(event.estimated_delivery_at),
        "happenedAt": stamp(event.happened_at),
        "latitude": event.latitude,
        "longitude": event.longitude,
        "message": event.message,
        "province": event.province,
        "status": event.status,
        "zip": event.zip,
    }
