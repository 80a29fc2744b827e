"""The body of orders/* webhooks, and of the edits, refunds and deletions beside them."""

from connectors.sandbox.shopify.bodies.fulfilments import fulfilment_body
from connectors.sandbox.shopify.bodies.parts import (
    Json,
    address_body,
    amount,
    amount_set,
    line_body,
    line_inside,
    moment,
)
from connectors.sandbox.shopify.ids import gid
from connectors.sandbox.shopify.records import Address, Order, Refund, Refunded
from connectors.sandbox.shopify.shop import Shop
from connectors.sandbox.shopify.statuses import (
    outstanding,
    rest_status,
    subtotal,
    tips,
    total,
)


def order_body(shop: Shop, order: Order) -> Json:
    """Write a whole order, every key of the official 2026-07 sample."""
    return (
        _identity(shop, order)
        | _moments(shop, order)
        | _amounts(order)
        | _people(shop, order)
        | _nothing()
        | {
            "fulfillments": [fulfilment_body(shop, order, f) for f in order.fulfilments],
            "line_items": [line_body(shop, order, line) for line in order.lines],
            "line_item_groups": _groups(order),
            "refunds": [refund_body(shop, order, refund) for refund in order.refunds],
            "shipping_lines": [_shipping_line(order)],
        }
    )


def edit_body(
    shop: Shop, order: Order, *, additions: dict[int, int], removals: dict[int, int]
) -> Json:
    """Write orders/edited: the order's id is `order_id`, `id` names only the edit."""
    at = moment(shop, order.updated_at)
    return {
        "order_edit": {
            "id": shop.ids.next("OrderEdit"),
            "app_id": None,
            "created_at": at,
            "committed_at": at,
            "notify_customer": False,
            "order_id": order.id,
            "staff_note": "",
            "user_id": None,
            "line_items": {
                "additions": [
                    {"id": line, "delta": units} for line, units in additions.items()
                ],
                "removals": [
                    {"id": line, "delta": units} for line, units in removals.items()
                ],
            },
            "discounts": {"line_item": {"additions": [], "removals": []}},
            "shipping_lines": {"additions": [], "removals": []},
        }
    }


def refund_body(shop: Shop, order: Order, refund: Refund) -> Json:
    """Write a refund, with the money movement when money moved."""
    return {
        "id": refund.id,
        "order_id": order.id,
        "created_at": moment(shop, refund.created_at),
        "note": refund.note,
        "user_id": None,
        "processed_at": moment(shop, refund.created_at),
        "duties": [],
        "total_duties_set": amount_set(order, 0),
        "return": None,
        "refund_shipping_lines": [],
        "restock": any(line.restock_type != "NO_RESTOCK" for line in refund.lines),
        "admin_graphql_api_id": gid("Refund", refund.id),
        "order_adjustments": [],
        "refund_line_items": [_refund_line(shop, order, line) for line in refund.lines],
        "transactions": [_transaction(shop, order, refund)] if refund.amount else [],
    }


def _refund_line(shop: Shop, order: Order, refunded: Refunded) -> Json:
    line = order.line(refunded.line_id)
    money = line.price * refunded.quantity
    return {
        "id": refunded.id,
        "quantity": refunded.quantity,
        "line_item_id": line.id,
        "location_id": line.location_id if refunded.restock_type != "NO_RESTOCK" else None,
        "restock_type": refunded.restock_type.lower(),
        "subtotal": float(amount(order, money)),  # a JSON number here, a string elsewhere
        "total_tax": 0,
        "subtotal_set": amount_set(order, money),
        "total_tax_set": amount_set(order, 0),
        "line_item": line_inside(shop, order, line),
    }


def _transaction(shop: Shop, order: Order, refund: Refund) -> Json:
    number = shop.ids.next("OrderTransaction")
    return {
        "id": number,
        "admin_graphql_api_id": gid("OrderTransaction", number),
        "order_id": order.id,
        "kind": "refund",
        "gateway": "bogus",
        "status": "success",
        "message": None,
        "created_at": moment(shop, refund.created_at),
        "processed_at": moment(shop, refund.created_at),
        "test": order.test,
        "amount": amount(order, refund.amount),
        "currency": order.purse.shop,
    }


def _identity(shop: Shop, order: Order) -> Json:
    return {
        "id": order.id,
        "admin_graphql_api_id": gid("Order", order.id),
        "confirmed": order.confirmed,
        "confirmation_number": f"H{order.number}",
        "currency": order.purse.shop,
        "presentment_currency": order.purse.presentment,
        "financial_status": order.financial_status.lower(),
        "fulfillment_status": rest_status(order),
        "name": order.name,
        "number": order.number - 1000,
        "order_number": order.number,
        "order_status_url": f"https://{shop.domain}/{shop.id}/orders/{order.id:x}",
        "token": f"{order.id:x}",
        "test": order.test,
        "tags": ", ".join(order.tags),
        "note": order.note,
        "note_attributes": [
            {"name": name, "value": value} for name, value in order.attributes
        ],
        "po_number": order.po_number,
        "source_name": order.source_name,
        "payment_gateway_names": ["bogus"],
        "cancel_reason": order.cancel_reason.lower() if order.cancel_reason else None,
        "taxes_included": order.taxes_included,
        "total_weight": sum(line.grams * line.quantity for line in order.lines),
    }


def _moments(shop: Shop, order: Order) -> Json:
    return {
        "created_at": moment(shop, order.created_at),
        "processed_at": moment(shop, order.created_at),
        "updated_at": moment(shop, order.updated_at),
        "cancelled_at": moment(shop, order.cancelled_at),
        "closed_at": moment(shop, order.closed_at),
    }


def _amounts(order: Order) -> Json:
    figures = {
        "current_subtotal_price": subtotal(order, current=True),
        "current_total_discounts": 0,
        "current_total_price": total(order, current=True),
        "current_total_tax": 0,
        "subtotal_price": subtotal(order, current=False),
        "total_discounts": 0,
        "total_line_items_price": subtotal(order, current=False),
        "total_price": total(order, current=False),
        "total_tax": 0,
    }
    sets_only = {
        "current_shipping_price_set": order.shipping_price,
        "total_cash_rounding_payment_adjustment_set": 0,
        "total_cash_rounding_refund_adjustment_set": 0,
        "total_shipping_price_set": order.shipping_price,
    }
    return {
        **{name: amount(order, figure) for name, figure in figures.items()},
        **{f"{name}_set": amount_set(order, figure) for name, figure in figures.items()},
        **{name: amount_set(order, figure) for name, figure in sets_only.items()},
        "total_outstanding": amount(order, outstanding(order)),
        "total_tip_received": amount(order, tips(order)),
    }


def _people(shop: Shop, order: Order) -> Json:
    return {
        "email": order.email or "",
        "contact_email": order.email,
        "phone": None,
        "customer": _customer(shop, order),
        "billing_address": address_body(order.address),
        "shipping_address": address_body(order.address),
        "customer_locale": "es",
    }


def _customer(shop: Shop, order: Order) -> Json | None:
    if order.customer_id is None:
        return None
    who = order.address or Address()
    return {
        "id": order.customer_id,
        "created_at": moment(shop, order.created_at),
        "updated_at": moment(shop, order.created_at),
        "first_name": who.first_name,
        "last_name": who.last_name,
        "state": "disabled",
        "note": None,
        "verified_email": True,
        "multipass_identifier": None,
        "tax_exempt": False,
        "email": order.email,
        "phone": None,
        "currency": order.purse.presentment,
        "tax_exemptions": [],
        "admin_graphql_api_id": gid("Customer", order.customer_id),
        "default_address": _default_address(order, who) if order.address else None,
    }


def _default_address(order: Order, who: Address) -> Json:
    written = address_body(who) or {}
    kept = {k: v for k, v in written.items() if k not in {"latitude", "longitude"}}
    return kept | {
        "id": order.id + 1,
        "customer_id": order.customer_id,
        "country_name": who.country,
        "default": True,
    }


def _groups(order: Order) -> list[Json]:
    groups = {line.group.id: line.group for line in order.lines if line.group}
    return [
        {
            "id": group.id,
            "title": group.title,
            "quantity": group.quantity,
            "product_id": None,
            "variant_id": None,
            "properties": [],
        }
        for group in groups.values()
    ]


def _shipping_line(order: Order) -> Json:
    price, price_set = (
        amount(order, order.shipping_price),
        amount_set(order, order.shipping_price),
    )
    return {
        "id": order.id + 2,
        "carrier_identifier": None,
        "code": order.shipping_title,
        "current_discounted_price_set": price_set,
        "discounted_price": price,
        "discounted_price_set": price_set,
        "is_removed": False,
        "phone": None,
        "price": price,
        "price_set": price_set,
        "requested_fulfillment_service_id": None,
        "source": "shopify",
        "title": order.shipping_title,
        "tax_lines": [],
        "discount_allocations": [],
    }


def _nothing() -> Json:
    """Write the fields this shop never fills, as a real body has them."""
    unset = (
        "app_id browser_ip cart_token checkout_token client_details"
        " current_total_additional_fees_set current_total_duties_set device_id landing_site"
        " landing_site_ref location_id merchant_business_entity_id merchant_of_record_app_id"
        " original_total_additional_fees_set original_total_duties_set reference"
        " referring_site source_identifier source_url user_id payment_terms"
    )
    return {
        **dict.fromkeys(unset.split()),
        "buyer_accepts_marketing": False,
        "discount_codes": [],
        "discount_applications": [],
        "duties_included": False,
        "estimated_taxes": False,
        "tax_exempt": False,
        "tax_lines": [],
        "returns": [],
    }
