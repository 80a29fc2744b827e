"""What becomes of a receipt: paid, sent, cancelled, refunded, delivered.

Paying and sending move `updated_timestamp`. Cancelling, refunding and changing the dispatch date do
not (open-api issues 513 and 604; Etsy's staff: expected).
"""

from datetime import datetime, timedelta

from connectors.sandbox.etsy.books import Books
from connectors.sandbox.etsy.carriers import display_name
from connectors.sandbox.etsy.records import Receipt, Refund, Refused, Shipment


def pay(books: Books, receipt_id: int) -> None:
    """Take the buyer's money.

    :raises Refused: it is paid already, or cancelled.
    """
    receipt = books.receipt(receipt_id)
    if receipt.paid_at or receipt.canceled_at:
        raise Refused(409, "The receipt cannot be paid")
    receipt.paid_at = receipt.updated_at = books.now()
    receipt.status = "paid"
    for line in receipt.transactions:
        if line.max_processing_days is not None:
            days = timedelta(days=line.max_processing_days)
            line.expected_ship_at = receipt.paid_at + days
    books.announce("order.paid", receipt.id)


def cancel(books: Books, receipt_id: int) -> None:
    """Cancel a receipt nothing of which was sent; what was paid is given back.

    :raises Refused: it is sent or cancelled.
    """
    receipt = books.receipt(receipt_id)
    if receipt.canceled_at or receipt.shipped_at:
        raise Refused(409, "The receipt cannot be canceled")
    receipt.canceled_at = books.now()
    receipt.status = "canceled"
    if receipt.paid_at and receipt.grand_total > receipt.refunded:
        _give_back(books, receipt, receipt.grand_total - receipt.refunded, "canceled", "")
    books.announce("order.canceled", receipt.id)


def refund(
    books: Books, receipt_id: int, *, amount: int | None, reason: str, note: str
) -> None:
    """Give back part of the money, or with None all that is left. Nobody is told by webhook.

    :raises Refused: it is not paid, or that is more than is left.
    """
    receipt = books.receipt(receipt_id)
    left = receipt.grand_total - receipt.refunded
    wanted = left if amount is None else amount
    if not receipt.paid_at or not 0 < wanted <= left:
        raise Refused(409, "The receipt cannot be refunded by that much")
    _give_back(books, receipt, wanted, reason, note)
    if receipt.canceled_at is None:
        everything = receipt.refunded == receipt.grand_total
        receipt.status = "fully refunded" if everything else "partially refunded"


def _give_back(books: Books, receipt: Receipt, amount: int, reason: str, note: str) -> None:
    receipt.refunds.append(Refund(amount=amount, at=books.now(), reason=reason, note=note))


def change_dispatch_date(books: Books, receipt_id: int, to: datetime) -> None:
    """Promise another day for everything that is sent by post."""
    for line in books.receipt(receipt_id).transactions:
        if not line.is_digital:
            line.expected_ship_at = to.replace(microsecond=0)


def ship(
    books: Books,
    receipt_id: int,
    *,
    carrier_name: str = "",
    tracking_code: str = "",
    note: str = "",
) -> Receipt:
    """Add a shipment and write to the buyer, each time; the first one completes the receipt.

    A carrier Etsy does not know loses the number (open-api issue 135); "other" keeps it.

    :raises Refused: it is cancelled or not paid, or must have a number and has none.
    """
    receipt = books.receipt(receipt_id)
    if receipt.canceled_at or not receipt.paid_at:
        raise Refused(400, "The receipt is not in a state that can be shipped")
    has_number = bool(tracking_code and carrier_name)
    if not has_number and _must_have_number(books, receipt):
        raise Refused(400, "A tracking number is required")
    shown = display_name(carrier_name) if has_number else None
    now = books.now()
    receipt.shipments.append(
        Shipment(
            id=books.next("shipment"),
            # Seen on a real receipt: rounded to the day, and so earlier than the order itself.
            notified_at=now.replace(hour=0, minute=0, second=0),
            carrier_name=shown or "",
            tracking_code=tracking_code if shown else "",
        )
    )
    books.mail(receipt, "shipped", tracking_code=tracking_code if shown else "", note=note)
    mark_shipped(books, receipt)
    return receipt


def ship_without_parcel(books: Books, receipt_id: int) -> None:
    """Complete a receipt that was sent without a parcel Etsy hears of; the buyer is told once.

    :raises Refused: it is cancelled or not paid, or must have a number.
    """
    receipt = books.receipt(receipt_id)
    if receipt.canceled_at or not receipt.paid_at:
        raise Refused(400, "The receipt is not in a state that can be shipped")
    if _must_have_number(books, receipt):
        raise Refused(400, "A tracking number is required")
    books.mail(receipt, "shipped", tracking_code="", note="")
    mark_shipped(books, receipt)


def mark_shipped(books: Books, receipt: Receipt) -> None:
    """Complete a receipt; a receipt that is complete already only shows a newer time."""
    receipt.updated_at = books.now()
    if receipt.shipped_at:
        return
    receipt.shipped_at = books.now()
    for line in receipt.transactions:
        line.shipped_at = receipt.shipped_at
    if receipt.status == "paid":
        receipt.status = "completed"
    books.announce("order.shipped", receipt.id)


def deliver(books: Books, receipt_id: int) -> None:
    """Let the carrier say that it arrived.

    :raises Refused: it was never sent.
    """
    receipt = books.receipt(receipt_id)
    if not receipt.shipped_at:
        raise Refused(409, "The receipt was not shipped")
    receipt.delivered_at = books.now()
    books.announce("order.delivered", receipt.id)


def _must_have_number(books: Books, receipt: Receipt) -> bool:
    """Within the United States above 10 dollars, and to India (open-api issues 451 and 589)."""
    to = receipt.address.country_iso
    if to == "IN":
        return True
    domestic = books.country == "US" and to == "US"
    return domestic and receipt.grand_total > 10 * books.divisor
