"""What a shop's export says about an order's money and parcels: open, waiting, or nothing to do.

The words are those of the exports, from memory, beside what the shops' APIs are known to say
(connectors/shopify/read_words.py). A word nobody knows makes an order no more open than it was:
it is refused, not guessed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mapping.canonical import Payment


@dataclass(frozen=True, slots=True)
class Standing:
    """How an order stands at its shop."""

    payment: Payment = Payment.UNKNOWN
    why_not: str = ""
    """Why it is not to be made, in words; empty if it is."""
    field: str = ""
    """The word of the column that says so."""
    is_off: bool = False
    """Whether nobody wants it any more, so that one we have is cancelled."""


CANCELLED = "It was cancelled there."
PAID_BACK = "It was paid back there."
PARTLY_BACK = "A part of it was paid back, and the file does not say what: type it by hand."
NEVER_PAID = "It was never paid."
SENT = "It left already."
SENT_WORDS = frozenset({"fulfilled", "shipped", "completed"})

PAYMENTS: Mapping[str, Standing] = {
    "": Standing(),
    "paid": Standing(Payment.PAID),
    "authorized": Standing(Payment.AUTHORISED),
    "pending": Standing(Payment.PENDING),
    "partially_paid": Standing(Payment.PART_PAID),
    "partially_refunded": Standing(why_not=PARTLY_BACK, field="payment"),
    "refunded": Standing(why_not=PAID_BACK, field="payment", is_off=True),
    "voided": Standing(why_not=PAID_BACK, field="payment", is_off=True),
    "expired": Standing(why_not=NEVER_PAID, field="payment", is_off=True),
}
"""The column "Financial Status" of Shopify."""

STATUSES: Mapping[str, Standing] = {
    "": Standing(),
    "processing": Standing(Payment.PAID),
    "on-hold": Standing(Payment.PENDING),
    "pending": Standing(Payment.PENDING),
    "pending payment": Standing(Payment.PENDING),
    "completed": Standing(why_not=SENT, field="status"),
    "cancelled": Standing(why_not=CANCELLED, field="status", is_off=True),
    "trash": Standing(why_not=CANCELLED, field="status", is_off=True),
    "refunded": Standing(why_not=PAID_BACK, field="status", is_off=True),
    "failed": Standing(why_not=NEVER_PAID, field="status", is_off=True),
    "checkout-draft": Standing(why_not=NEVER_PAID, field="status", is_off=True),
}
"""The order status of WooCommerce, with or without "wc-" before it."""


class UnknownState(ValueError):
    """The shop says something about an order that nobody here knows."""

    def __init__(self, field: str) -> None:
        super().__init__("Nobody here knows what this means for the order.")
        self.field = field


def standing(said: Callable[[str], str]) -> Standing:
    """Say how an order stands. `said` gives what the file says under a word, empty for nothing.

    :raises UnknownState: in words nobody knows.
    """
    if said("cancelled_on"):
        return Standing(why_not=CANCELLED, field="cancelled_on", is_off=True)
    found = _known(said, "payment", among=PAYMENTS)
    status = _known(said, "status", among=STATUSES)
    for each in (found, status):
        if each.why_not:
            return each
    if is_sent(said("sent")):
        return Standing(why_not=SENT, field="sent")
    return status if said("status") else found


def is_sent(written: str) -> bool:
    """Say whether a shop calls something sent, all of it."""
    return written.casefold() in SENT_WORDS


def _known(
    said: Callable[[str], str], field: str, *, among: Mapping[str, Standing]
) -> Standing:
    word = said(field).casefold().removeprefix("wc-")
    if word not in among:
        raise UnknownState(field)
    return among[word]
