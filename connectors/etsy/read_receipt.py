"""A receipt at Etsy as an order in our words. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

from connectors.errors import PayloadError
from connectors.etsy.read_lines import lines_of
from connectors.etsy.read_words import (
    Given,
    currency_of,
    id_of,
    is_true,
    mapping_of,
    moment,
    money,
    objects_of,
    plain,
    status_of,
    words,
)
from mapping.canonical import (
    Address,
    Customer,
    Line,
    LineKind,
    Money,
    Order,
    Payment,
    Release,
)
from mapping.money import format_money

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""The time of a receipt that tells none: anything that knows one is newer."""

CANCELLED = "canceled"

_PAYMENTS: Mapping[str, Payment] = {
    "paid": Payment.PAID,
    "completed": Payment.PAID,
    "open": Payment.PENDING,
    "payment processing": Payment.PENDING,
    "fully refunded": Payment.REFUNDED,
    "partially refunded": Payment.PART_REFUNDED,
}

_RELEASES: Mapping[Payment, Release] = {
    Payment.PAID: Release.READY,
    # A refund of money is no cancellation, and Etsy does not say of which line it is.
    Payment.PART_REFUNDED: Release.READY,
    # All of it went back, and yet nobody cancelled: a person says what that means.
    Payment.REFUNDED: Release.HOLD_PAYMENT,
    Payment.PENDING: Release.HOLD_PAYMENT,
}

_REFUND_FAILED = frozenset({"failed", "rejected", "declined", CANCELLED})

_TOTALS = (
    ("Shipping", "total_shipping_cost"),
    ("Tax", "total_tax_cost"),
    ("VAT", "total_vat_cost"),
    ("Discount", "discount_amt"),
    ("Gift wrap", "gift_wrap_price"),
)
"""Sums beside the lines: told, never computed with."""


def order_of(receipt: object) -> Order:
    """Read a receipt as `getShopReceipt` gives it.

    :raises PayloadError: it has no id, or came without its lines.
    """
    given = mapping_of(receipt)
    external_id = id_of(given.get("receipt_id"))
    if not external_id:
        raise PayloadError("The receipt has no id.")
    if not isinstance(given.get("transactions"), list):
        raise PayloadError("The receipt came without its lines.")
    placed_at, updated_at = _times(given)
    is_cancelled = status_of(given.get("status")) == CANCELLED
    lines = lines_of(given, is_cancelled=is_cancelled)
    payment = _payment(given)
    total = money(given.get("grandtotal"))
    return Order(
        external_id=external_id,
        number=external_id,
        placed_at=placed_at,
        updated_at=updated_at,
        payment=payment,
        release=_release(given, payment=payment, lines=lines),
        lines=lines,
        currency=_currency(given),
        total=total,
        customer=_customer(given),
        ship_to=_ship_to(given),
        cancelled_at=updated_at if is_cancelled else None,
        requested_on=_requested_on(given),
        note=_note(given),
        attributes=_attributes(given),
        tags=("gift",) if is_true(given.get("is_gift")) else (),
        source="pattern" if given.get("receipt_type") == 1 else "",
        ship_method=_ship_method(objects_of(given.get("transactions"))),
    )


def times_of(given: Given) -> tuple[datetime | None, datetime | None]:
    """Return when a receipt was placed and last changed; Etsy spells each name in two ways."""
    placed = moment(given.get("created_timestamp"), given.get("create_timestamp"))
    changed = moment(given.get("updated_timestamp"), given.get("update_timestamp"))
    return placed, changed


def _times(given: Given) -> tuple[datetime, datetime]:
    placed, changed = times_of(given)
    placed = placed or changed or LONG_AGO
    return placed, changed or placed


# Money and release ----------------------------------------------------------------------------


def _payment(given: Given) -> Payment:
    status, is_paid = status_of(given.get("status")), is_true(given.get("is_paid"))
    refunded = _refunded(given)
    if status == CANCELLED:
        return refunded or (Payment.PAID if is_paid else Payment.VOID)
    said = _PAYMENTS.get(status, Payment.UNKNOWN)
    if said is Payment.PAID and not is_paid:
        return Payment.UNKNOWN if is_paid is None else Payment.PENDING
    if status == "open" and is_paid:
        said = Payment.PAID
    return refunded if refunded and said is Payment.PAID else said


def _refunded(given: Given) -> Payment | None:
    """Say how far the money went back; the status often does not (etsy/open-api #513)."""
    made = [
        refund
        for refund in objects_of(given.get("refunds"))
        if status_of(refund.get("status")) not in _REFUND_FAILED
    ]
    if not made:
        return None
    back = [amount for refund in made if (amount := money(refund.get("amount")))]
    total = money(given.get("grandtotal"))
    if total is None or {amount.currency for amount in back} != {total.currency}:
        return Payment.PART_REFUNDED
    is_all = sum(abs(amount.minor) for amount in back) >= total.minor
    return Payment.REFUNDED if is_all else Payment.PART_REFUNDED


def _release(given: Given, *, payment: Payment, lines: Iterable[Line]) -> Release:
    """Say whether the workshop may begin; the first thing that forbids it decides."""
    if status_of(given.get("status")) == CANCELLED:
        return Release.CANCELLED
    if is_true(given.get("is_paid")) is False:
        return Release.HOLD_PAYMENT
    if any(line.kind is LineKind.UNKNOWN for line in lines):
        return Release.UNKNOWN
    return _RELEASES.get(payment, Release.UNKNOWN)


def _currency(given: Given) -> str:
    """Return the shop's currency, in which everything of a receipt is stated."""
    return currency_of(mapping_of(given.get("grandtotal")).get("currency_code"))


# People and places ----------------------------------------------------------------------------


def _customer(given: Given) -> Customer | None:
    found = Customer(
        external_id=id_of(given.get("buyer_user_id")),
        name=words(given.get("name")),
        email=plain(given.get("buyer_email")),
    )
    return found if found != Customer() else None


def _ship_to(given: Given) -> Address | None:
    """Return the address; none where Etsy withholds it, whatever name it leaves in its place."""
    country = plain(given.get("country_iso")).upper()
    found = Address(
        name=words(given.get("name")),
        line1=words(given.get("first_line")),
        line2=words(given.get("second_line")),
        city=words(given.get("city")),
        region=words(given.get("state")),
        postcode=words(given.get("zip")),
        country=country if len(country) == 2 and country.isascii() else "",
    )
    return None if found == Address(name=found.name) else found


# What is promised and what is said ------------------------------------------------------------


def _requested_on(given: Given) -> date | None:
    """Return the first day anything of it is promised to leave; Etsy says it of each line."""
    promised = [
        at
        for line in objects_of(given.get("transactions"))
        if not is_true(line.get("is_digital"))
        and (at := moment(line.get("expected_ship_date")))
    ]
    return min(promised).date() if promised else None


def _note(given: Given) -> str:
    """Join what the buyer said, to us and to whom the gift is for."""
    said = [words(given.get("message_from_buyer")), _gift(given)]
    return "\n".join(filter(None, said))


def _gift(given: Given) -> str:
    if not is_true(given.get("is_gift")):
        return ""
    sender, message = words(given.get("gift_sender")), words(given.get("gift_message"))
    head = f"Gift from {sender}" if sender else "Gift"
    return f"{head}: {message}" if message else head


def _attributes(given: Given) -> tuple[tuple[str, str], ...]:
    """Return the sums that are not nothing, and how it is to be sent."""
    sums = [
        (name, written)
        for name, field in _TOTALS
        if (written := _written(money(given.get(field))))
    ]
    return (*sums, *_shipping(objects_of(given.get("transactions"))))


def _written(amount: Money | None) -> str:
    if amount is None or not amount.minor:
        return ""
    return " ".join(format_money(amount).values())


def _ship_method(lines: Sequence[Given]) -> str:
    """Return how the first line that says so is to be sent; an upgrade is what the buyer chose."""
    for field in ("shipping_upgrade", "shipping_method"):
        for line in lines:
            if named := words(line.get(field)):
                return named
    return ""


def _shipping(lines: Sequence[Given]) -> tuple[tuple[str, str], ...]:
    named = (
        (name, sorted({words(line.get(field)) for line in lines} - {""}))
        for name, field in (
            ("Shipping method", "shipping_method"),
            ("Shipping upgrade", "shipping_upgrade"),
        )
    )
    return tuple((name, ", ".join(said)) for name, said in named if said)
