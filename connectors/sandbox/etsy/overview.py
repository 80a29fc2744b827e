"""The shop as plain JSON for people and tests to look at."""

from dataclasses import asdict
from datetime import UTC, datetime

from connectors.sandbox.etsy.books import Books
from connectors.sandbox.etsy.records import Listing, Mail, Receipt, Shipment, Transaction

Json = dict[str, object]


def order_row(books: Books, receipt: Receipt) -> Json:
    """Show a receipt with all that became of it; ids are strings of digits, money minor units."""
    return {
        "id": str(receipt.id),
        "name": receipt.address.name,
        "status": receipt.status,
        "is_paid": receipt.paid_at is not None,
        "is_shipped": receipt.shipped_at is not None,
        "is_canceled": receipt.canceled_at is not None,
        "is_delivered": receipt.delivered_at is not None,
        "is_phantom": receipt.is_phantom,
        "created_at": written(receipt.created_at),
        "updated_at": written(receipt.updated_at),
        "total": receipt.grand_total,
        "refunded": receipt.refunded,
        "currency": books.currency,
        "lines": [_line(line) for line in receipt.transactions],
        "shipments": [_shipment(each) for each in receipt.shipments],
        "mails": [mail_row(mail) for mail in books.mails if mail.receipt_id == receipt.id],
    }


def _line(line: Transaction) -> Json:
    return {
        "id": str(line.id),
        "sku": line.sku,
        "title": line.title,
        "listing_id": str(line.listing_id) if line.listing_id else None,
        "quantity": line.quantity,
        "price": line.price,
        "is_digital": line.is_digital,
        "expected_ship_at": written(line.expected_ship_at),
    }


def _shipment(shipment: Shipment) -> Json:
    return {
        "id": str(shipment.id),
        "carrier_name": shipment.carrier_name,
        "tracking_code": shipment.tracking_code,
        "notified_at": written(shipment.notified_at),
    }


def mail_row(mail: Mail) -> Json:
    """Show a mail to a buyer."""
    return asdict(mail) | {"receipt_id": str(mail.receipt_id), "at": written(mail.at)}


def listing_row(listing: Listing) -> Json:
    """Show a listing with what it sells."""
    return {
        "id": str(listing.id),
        "title": listing.title,
        "state": listing.state,
        "quantity": listing.quantity,
        "products": [
            {
                "id": str(product.id),
                "sku": product.sku,
                "values": [v for each in product.property_values for v in each.values],
                "quantity": product.offering.quantity,
                "price": product.offering.price,
                "is_enabled": product.offering.is_enabled,
            }
            for product in listing.living
        ],
    }


def written(at: datetime | None) -> str | None:
    """Write a time in UTC."""
    return at.astimezone(UTC).isoformat() if at else None
