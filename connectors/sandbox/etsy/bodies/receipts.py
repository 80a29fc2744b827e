"""A receipt as Etsy writes it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from connectors.sandbox.etsy.books import Books
from connectors.sandbox.etsy.records import (
    PropertyValue,
    Receipt,
    Refund,
    Shipment,
    Transaction,
)

Json = dict[str, object]


@dataclass(slots=True, kw_only=True)
class Showing:
    """How much this key is shown, and Etsy's oddities; each can be turned at any time."""

    addresses: bool = True
    """False: the shop's country closes addresses to this key, so they are null."""
    emails: bool = False
    """Whether the key was granted buyers' e-mail addresses."""
    capitals: bool = True
    """Statuses are "Paid" where the documents say "paid" (open-api issue 806)."""
    product_data_in_lists: bool = False
    """False: `product_data` is null except in a receipt asked for alone (open-api issue 476)."""
    deleted_products: bool = False
    """True: inventory shows deleted products though nobody asked for them."""


def receipt_body(
    books: Books, receipt: Receipt, showing: Showing, *, alone: bool = True
) -> Json:
    """Write a receipt with its lines, shipments and refunds."""
    status = receipt.status.capitalize() if showing.capitals else receipt.status
    body: Json = {
        "receipt_id": receipt.id,
        "receipt_type": 0,
        "seller_user_id": books.user_id,
        "seller_email": "seller@example.com",
        "buyer_user_id": receipt.buyer_user_id,
        "buyer_email": receipt.buyer_email if showing.emails else None,
        "name": receipt.address.name,
        **_address(receipt, showing),
        "status": status,
        "payment_method": "cc",
        "payment_email": "",
        "message_from_seller": None,
        "message_from_buyer": receipt.message_from_buyer,
        "message_from_payment": None,
        "is_paid": receipt.paid_at is not None,
        "is_shipped": receipt.shipped_at is not None,
        **_times(receipt),
        "is_gift": receipt.is_gift,
        "gift_message": receipt.gift_message,
        "gift_sender": receipt.gift_sender,
    }
    lines = [
        transaction_body(
            books, receipt, line, with_data=alone or showing.product_data_in_lists
        )
        for line in receipt.transactions
    ]
    return (
        body
        | _amounts(books, receipt)
        | {
            "shipments": [_shipment(each) for each in receipt.shipments],
            "transactions": lines,
            "refunds": [_refund(books, each) for each in receipt.refunds],
        }
    )


def _address(receipt: Receipt, showing: Showing) -> Json:
    to = receipt.address
    shown: Mapping[str, object] = {
        "first_line": to.first_line,
        "second_line": to.second_line,
        "city": to.city,
        "state": to.state,
        "zip": to.zip,
        "formatted_address": to.formatted,
        "country_iso": to.country_iso,
    }
    return dict(shown) if showing.addresses else dict.fromkeys(shown)


def _times(receipt: Receipt) -> Json:
    created, updated = epoch(receipt.created_at), epoch(receipt.updated_at)
    return {
        "create_timestamp": created,
        "created_timestamp": created,
        "update_timestamp": updated,
        "updated_timestamp": updated,
    }


def _amounts(books: Books, receipt: Receipt) -> Json:
    amounts = {
        "grandtotal": receipt.grand_total,
        "subtotal": receipt.total_price - receipt.discount,
        "total_price": receipt.total_price,
        "total_shipping_cost": receipt.shipping_cost,
        "total_tax_cost": receipt.tax,
        "total_vat_cost": 0,
        "discount_amt": receipt.discount,
        "gift_wrap_price": 0,
    }
    return {name: books.money(amount) for name, amount in amounts.items()}


def transaction_body(
    books: Books, receipt: Receipt, line: Transaction, *, with_data: bool = True
) -> Json:
    """Write a line of a receipt."""
    created = epoch(receipt.created_at)
    return {
        "transaction_id": line.id,
        "title": line.title,
        "description": "",
        "seller_user_id": books.user_id,
        "buyer_user_id": receipt.buyer_user_id,
        "create_timestamp": created,
        "created_timestamp": created,
        "paid_timestamp": maybe_epoch(receipt.paid_at),
        "shipped_timestamp": maybe_epoch(line.shipped_at),
        "quantity": line.quantity,
        "listing_image_id": None,
        "receipt_id": receipt.id,
        "is_digital": line.is_digital,
        "file_data": "",
        "listing_id": line.listing_id,
        "sku": line.sku,
        "product_id": line.product_id,
        "transaction_type": "listing",
        "price": books.money(line.price),
        "shipping_cost": books.money(0),
        "variations": [asdict(variation) for variation in line.variations],
        "product_data": [property_body(v) for v in line.chosen] if with_data else None,
        "shipping_profile_id": None if line.is_digital else 189_944_640_304,
        "min_processing_days": line.min_processing_days,
        "max_processing_days": line.max_processing_days,
        "shipping_method": None,
        "shipping_upgrade": None,
        "expected_ship_date": maybe_epoch(line.expected_ship_at),
        "buyer_coupon": 0,
        "shop_coupon": 0,
    }


def property_body(value: PropertyValue) -> Json:
    """Write what a product is in one respect."""
    return {
        "property_id": value.property_id,
        "property_name": value.property_name,
        "scale_id": value.scale_id,
        "scale_name": value.scale_name,
        "value_ids": list(value.value_ids),
        "values": list(value.values),
    }


def _shipment(shipment: Shipment) -> Json:
    return {
        "receipt_shipping_id": shipment.id,
        "shipment_notification_timestamp": epoch(shipment.notified_at),
        "carrier_name": shipment.carrier_name,
        "tracking_code": shipment.tracking_code,
    }


def _refund(books: Books, refund: Refund) -> Json:
    return {
        "amount": books.money(refund.amount),
        "created_timestamp": epoch(refund.at),
        "reason": refund.reason,
        "note_from_issuer": refund.note,
        "status": "processed",
    }


def epoch(at: datetime) -> int:
    """Write a time as seconds since 1970."""
    return int(at.timestamp())


def maybe_epoch(at: datetime | None) -> int | None:
    """Write a time that may not have come yet."""
    return epoch(at) if at else None
