"""Why a person must look at a mail: one machine word each, and which one is said first."""

from collections.abc import Iterable
from enum import StrEnum


class Reason(StrEnum):
    """What keeps a mail from becoming an order by itself; written in the order of precedence.

    Of several the first is said: who wrote before what the letter is, then what could not be read,
    then the lines, then what the whole says beside its lines, then habits of ours. So nobody is
    asked to mend a line of a letter that should not have been believed in the first place.
    """

    # Who wrote.
    SENDER_NOT_ALLOWED = "sender_not_allowed"
    SENDER_NOT_AUTHENTICATED = "sender_not_authenticated"
    UNKNOWN_CUSTOMER = "unknown_customer"
    # What the letter is.
    CHANGE_OR_CANCEL_INTENT = "change_or_cancel_intent"
    # What could not be read.
    ATTACHMENT_TOO_BIG = "attachment_too_big"
    UNREADABLE_ATTACHMENT = "unreadable_attachment"
    NO_ORDER_LINES = "no_order_lines"
    # Its lines.
    AMBIGUOUS_QUANTITY = "ambiguous_quantity"
    PACK_UNIT = "pack_unit"
    UNKNOWN_SKU = "unknown_sku"
    REPEATED_SKU = "repeated_sku"
    SOURCES_DISAGREE = "sources_disagree"
    # What it says beside them.
    PRICE_MISMATCH = "price_mismatch"
    TOTAL_MISMATCH = "total_mismatch"
    AMBIGUOUS_DATE = "ambiguous_date"
    ADDRESS_MISSING = "address_missing"
    PO_ALREADY_IMPORTED = "po_already_imported"
    # Habits of ours.
    FIRST_ORDERS = "first_orders"


PRECEDENCE = tuple(Reason)


def first(reasons: Iterable[Reason]) -> Reason | None:
    """Return the reason that is said of several; None of none."""
    return min(reasons, key=PRECEDENCE.index, default=None)
