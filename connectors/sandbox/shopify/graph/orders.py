"""Orders, their lines, people, shipping and refunds as GraphQL shows them."""

from dataclasses import replace

from connectors.sandbox.shopify.graph.connection import by_id, pages
from connectors.sandbox.shopify.graph.metafields import metafield_fields
from connectors.sandbox.shopify.graph.node import (
    Info,
    Node,
    attributes,
    identity,
    money,
    stamp,
)
from connectors.sandbox.shopify.graph.showing import Showing
from connectors.sandbox.shopify.ids import gid
from connectors.sandbox.shopify.records import Address, Line, Order, Refund, Refunded
from connectors.sandbox.shopify.statuses import (
    display_status,
    fulfillable,
    outstanding,
    refunded,
    subtotal,
    tips,
    total,
)


def order_node(show: Showing, order: Order) -> Node:
    """Show an order."""
    return (
        identity("Order", order.id)
        | _state(order)
        | _amounts(order)
        | _people(order if show.visit.sees_people else _nameless(order))
        | _sending(show, order)
        | metafield_fields(order)
        | {
            "customAttributes": attributes(order.attributes),
            "discountCodes": [],
            "lineItems": pages(
                order.lines,
                lambda line: by_id(line.id),
                lambda line: show.line(order, line),
            ),
            "name": order.name,
            "note": order.note,
            "number": order.number,
            "paymentGatewayNames": ["bogus"],
            "poNumber": order.po_number,
            "refunds": lambda _info, **_: [
                _refund(show, order, each) for each in order.refunds
            ],
            "sourceIdentifier": None,
            "sourceName": order.source_name,
            "tags": order.tags,
            "taxLines": [],
        }
    )


def _state(order: Order) -> Node:
    unpaid = order.financial_status in {"PENDING", "AUTHORIZED", "PARTIALLY_PAID"}
    return {
        "cancelReason": order.cancel_reason,
        "cancelledAt": stamp(order.cancelled_at),
        "closed": order.closed_at is not None,
        "closedAt": stamp(order.closed_at),
        "confirmationNumber": f"H{order.number}",
        "confirmed": order.confirmed,
        "createdAt": stamp(order.created_at),
        "displayFinancialStatus": order.financial_status,
        "displayFulfillmentStatus": display_status(order),
        "dutiesIncluded": False,
        "edited": order.edited,
        "fulfillable": any(fulfillable(order, line) for line in order.lines),
        "fullyPaid": not unpaid,
        "processedAt": stamp(order.created_at),
        "taxesIncluded": order.taxes_included,
        "test": order.test,
        "unpaid": unpaid,
        "updatedAt": stamp(order.updated_at),
    }


def _amounts(order: Order) -> Node:
    received = total(order, current=False) - outstanding(order)
    figures = {
        "currentShippingPriceSet": order.shipping_price,
        "currentSubtotalPriceSet": subtotal(order, current=True),
        "currentTotalDiscountsSet": 0,
        "currentTotalPriceSet": total(order, current=True),
        "currentTotalTaxSet": 0,
        "netPaymentSet": received - refunded(order),
        "originalTotalPriceSet": total(order, current=False),
        "subtotalPriceSet": subtotal(order, current=False),
        "totalDiscountsSet": 0,
        "totalOutstandingSet": outstanding(order),
        "totalPriceSet": total(order, current=False),
        "totalReceivedSet": received,
        "totalRefundedSet": refunded(order),
        "totalShippingPriceSet": order.shipping_price,
        "totalTaxSet": 0,
        "totalTipReceivedSet": tips(order),
    }
    return {
        **{name: money(order, figure) for name, figure in figures.items()},
        "currencyCode": order.purse.shop,
        "presentmentCurrencyCode": order.purse.presentment,
        "currentSubtotalLineItemsQuantity": sum(
            line.current_quantity for line in order.lines
        ),
        "subtotalLineItemsQuantity": sum(line.quantity for line in order.lines),
        "totalWeight": str(sum(line.grams * line.quantity for line in order.lines)),
    }


def _nameless(order: Order) -> Order:
    """Leave out what an app without access to protected customer data is not shown."""
    place = order.address
    known = (
        Address(country=place.country, country_code=place.country_code) if place else None
    )
    return replace(order, email=None, address=known)


def _people(order: Order) -> Node:
    return {
        "billingAddress": _address(order, "billing"),
        "customer": _customer(order),
        "customerLocale": "es",
        "email": order.email,
        "phone": None,
        "shippingAddress": _address(order, "shipping"),
    }


def _sending(show: Showing, order: Order) -> Node:
    # Without a scope for them, fulfilment orders are silently missing, not an error.
    seen = order.fulfilment_orders if show.visit.sees_fulfilment_orders() else []
    shipping = _shipping_line(order)
    return {
        "fulfillmentOrders": pages(
            seen, lambda fo: by_id(fo.id), lambda fo: show.fulfilment_order(order, fo)
        ),
        "fulfillments": _fulfilments(show, order),
        "fulfillmentsCount": {"count": len(order.fulfilments), "precision": "EXACT"},
        "requiresShipping": any(line.requires_shipping for line in order.lines),
        "shippingLine": shipping,
        "shippingLines": pages([order], lambda _: by_id(order.id), lambda _: shipping),
    }


def _fulfilments(show: Showing, order: Order) -> object:
    def answer(
        _info: Info, first: int | None = None, query: str | None = None
    ) -> list[Node]:
        del query  # no filter is known to narrow them
        return [show.fulfilment(order, made) for made in order.fulfilments[:first]]

    return answer


def line_node(show: Showing, order: Order, line: Line) -> Node:
    """Show a line."""
    variant = show.visit.shop.variants.get(line.variant_id or 0)
    name = " - ".join(part for part in (line.title, line.variant_title) if part)
    return {
        **_line_counts(order, line),
        **_line_amounts(order, line),
        "__typename": "LineItem",
        "id": gid("LineItem", line.id),
        "customAttributes": attributes(line.properties),
        "isGiftCard": line.gift_card,
        "lineItemGroup": _group(line),
        "name": name,
        "product": lambda _info: show.product(variant) if variant else None,
        "requiresShipping": line.requires_shipping,
        "restockable": line.fulfillable,
        "sellingPlan": None,
        "sku": line.sku,
        "taxLines": [],
        "taxable": not (line.tip or line.gift_card),
        "title": line.title,
        "variant": lambda _info: show.variant(variant) if variant else None,
        "variantTitle": line.variant_title,
        "vendor": show.visit.shop.name if variant else None,
        "weight": {"unit": "GRAMS", "value": line.grams},
    }


def _line_counts(order: Order, line: Line) -> Node:
    unsent = order.unsent(line)
    return {
        "currentQuantity": line.current_quantity,
        "fulfillableQuantity": fulfillable(order, line),
        "nonFulfillableQuantity": line.quantity - order.sent(line.id) - unsent,
        "quantity": line.quantity,
        "refundableQuantity": line.current_quantity,
        "unfulfilledQuantity": unsent,
    }


def _line_amounts(order: Order, line: Line) -> Node:
    unit, whole = money(order, line.price), money(order, line.price * line.quantity)
    return {
        "discountedTotalSet": whole,
        "discountedUnitPriceSet": unit,
        "originalTotalSet": whole,
        "originalUnitPriceSet": unit,
        "totalDiscountSet": money(order, 0),
    }


def _group(line: Line) -> Node | None:
    if line.group is None:
        return None
    return {
        "__typename": "LineItemGroup",
        "id": gid("LineItemGroup", line.group.id),
        "customAttributes": [],
        "productId": None,
        "quantity": line.group.quantity,
        "title": line.group.title,
        "variantId": None,
        "variantSku": line.group.sku,
    }


def _address(order: Order, role: str) -> Node | None:
    if order.address is None:
        return None
    return _postal(order.address) | {
        "__typename": "MailingAddress",
        "id": f"{gid('MailingAddress', order.id)}?model_name=Address&role={role}",
    }


def _postal(address: Address) -> Node:
    lines = (address.address1, address.address2, address.city, address.zip, address.country)
    return {
        "address1": address.address1,
        "address2": address.address2,
        "city": address.city,
        "company": address.company,
        "country": address.country,
        "countryCodeV2": address.country_code,
        "firstName": address.first_name,
        "formatted": lambda _info, **_: [line for line in lines if line],
        "lastName": address.last_name,
        "latitude": None,
        "longitude": None,
        "name": address.name,
        "phone": address.phone,
        "province": address.province,
        "provinceCode": address.province_code,
        "zip": address.zip,
    }


def _customer(order: Order) -> Node | None:
    if order.customer_id is None:
        return None
    who = order.address or Address()
    return identity("Customer", order.customer_id) | {
        "createdAt": stamp(order.created_at),
        "defaultEmailAddress": {"emailAddress": order.email} if order.email else None,
        "defaultPhoneNumber": {"phoneNumber": who.phone} if who.phone else None,
        "displayName": who.name or order.email or "",
        "firstName": who.first_name,
        "lastName": who.last_name,
        "locale": "es",
        "note": None,
        "tags": [],
        "taxExempt": False,
        "updatedAt": stamp(order.created_at),
        "verifiedEmail": True,
    }


def _shipping_line(order: Order) -> Node:
    price = money(order, order.shipping_price)
    return {
        "carrierIdentifier": None,
        "code": order.shipping_title,
        "currentDiscountedPriceSet": price,
        "custom": False,
        "deliveryCategory": None,
        "discountedPriceSet": price,
        "id": gid("ShippingLine", order.id + 2),
        "isRemoved": False,
        "originalPriceSet": price,
        "phone": None,
        "source": "shopify",
        "taxLines": [],
        "title": order.shipping_title,
    }


def _refund(show: Showing, order: Order, refund: Refund) -> Node:
    return identity("Refund", refund.id) | {
        "createdAt": stamp(refund.created_at),
        "note": refund.note,
        "order": lambda _info: show.order(order),
        "processedAt": stamp(refund.created_at),
        "refundLineItems": pages(
            refund.lines,
            lambda line: by_id(line.id),
            lambda line: _refund_line(show, order, line),
        ),
        "totalRefundedSet": money(order, refund.amount),
        "updatedAt": stamp(refund.created_at),
    }


def _refund_line(show: Showing, order: Order, refunded_line: Refunded) -> Node:
    line = order.line(refunded_line.line_id)
    restocked = refunded_line.restock_type != "NO_RESTOCK"
    place = show.visit.shop.locations.get(line.location_id) if restocked else None
    return {
        "id": gid("RefundLineItem", refunded_line.id),
        "lineItem": lambda _info: show.line(order, line),
        "location": lambda _info: show.location(place) if place else None,
        "priceSet": money(order, line.price),
        "quantity": refunded_line.quantity,
        "restockType": refunded_line.restock_type,
        "restocked": restocked,
        "subtotalSet": money(order, line.price * refunded_line.quantity),
        "totalTaxSet": money(order, 0),
    }
