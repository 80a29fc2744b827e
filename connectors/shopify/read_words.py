"""Shopify's words in ours: how single values of a foreign order are read, whatever they are.

Nothing here raises. What cannot be read comes back as empty, None or UNKNOWN, because an
odd value in an order is a fact about the order and not an error.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from mapping.canonical import LineKind, Money, Payment, Release
from mapping.money import make_money
from mapping.strict_json import INT64, clean_text
from mapping.units import UnitProblem

PAYMENTS: Mapping[str, Payment] = {
    "pending": Payment.PENDING,
    "authorized": Payment.AUTHORISED,
    "partially_paid": Payment.PART_PAID,
    "paid": Payment.PAID,
    "partially_refunded": Payment.PART_REFUNDED,
    "refunded": Payment.REFUNDED,
    "voided": Payment.VOID,
    "expired": Payment.EXPIRED,
}
"""REST's `financial_status`; GraphQL's `displayFinancialStatus` shouts the same words."""

RELEASES: Mapping[Payment, Release] = {
    # The money is there, or the bank keeps it for us until we take it, as makers who capture
    # at shipping do. What was refunded of a part-refunded order is off its lines already.
    Payment.PAID: Release.READY,
    Payment.AUTHORISED: Release.READY,
    Payment.PART_REFUNDED: Release.READY,
    # Something is owed: a bank transfer on its way, or a deposit of which nobody said
    # whether it is enough to begin. A person may release it.
    Payment.PENDING: Release.HOLD_PAYMENT,
    Payment.PART_PAID: Release.HOLD_PAYMENT,
    # The money went back or never came, and yet nobody cancelled: to make anything now
    # would be to give it away.
    Payment.EXPIRED: Release.HOLD_PAYMENT,
    Payment.REFUNDED: Release.HOLD_PAYMENT,
    Payment.VOID: Release.HOLD_PAYMENT,
    Payment.UNKNOWN: Release.UNKNOWN,
}

LARGEST_COUNT = 1_000_000_000
"""More pieces than this on one line is not a number anybody ordered."""

LONGEST_ID = 20
"""Digits of the largest 64-bit number."""

_TIP = "tip"
_ONLY_VARIANT = "Default Title"
"""What Shopify calls the variant of a product that has none."""


def mapping_of(given: object) -> Mapping[str, object]:
    """Return an object's members, none for anything else."""
    return given if isinstance(given, dict) else {}


def list_of(given: object) -> list[object]:
    """Return a list's parts, none for anything else."""
    return given if isinstance(given, list) else []


def words(given: object) -> str:
    """Return a text, without what no database takes and without space around it."""
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, Decimal) or (isinstance(given, int) and given in INT64):
        return str(given)
    return clean_text(given).strip() if isinstance(given, str) else ""


def id_of(given: object) -> str:
    """Return the numeric tail of an id, whether it came as number, digits or GID."""
    if isinstance(given, bool):
        return ""
    tail = words(given).rpartition("/")[2].partition("?")[0]
    return tail if tail.isascii() and tail.isdigit() and len(tail) <= LONGEST_ID else ""


def whole(given: object) -> int | None:
    """Return a whole number of pieces, less than none too; None for anything else."""
    if isinstance(given, bool) or not isinstance(given, int | Decimal):
        return None
    if not -LARGEST_COUNT <= given <= LARGEST_COUNT or given != int(given):
        return None
    return int(given)


def count(given: object) -> int | None:
    """Return a whole number of pieces, none below zero; None for anything else."""
    number = whole(given)
    return None if number is None else max(0, number)


def moment(given: object) -> datetime | None:
    """Return a time in UTC; one without a zone is taken to be UTC, an odd one is None."""
    try:
        read = datetime.fromisoformat(words(given))
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def pairs(given: object) -> tuple[tuple[str, str], ...]:
    """Return names and values, as REST (`name`) or GraphQL (`key`) writes them."""
    parts = [mapping_of(part) for part in list_of(given)]
    named = ((words(part.get("name", part.get("key"))), part) for part in parts)
    return tuple((name, words(part.get("value"))) for name, part in named if name)


def tags(given: object) -> tuple[str, ...]:
    """Return tags in one order, whether they came as a list or as text with commas."""
    parts: Iterable[object] = given.split(",") if isinstance(given, str) else list_of(given)
    return tuple(sorted({words(part) for part in parts} - {""}))


def currency_of(given: object) -> str:
    """Return a currency's three letters, empty for anything else."""
    code = words(given).upper()
    return code if len(code) == 3 and code.isascii() and code.isalpha() else ""


def money(amount: object, *, currency: object) -> Money | None:
    """Return an amount in minor units; None when it cannot be read exactly."""
    try:
        return make_money(amount, currency=words(currency))
    except UnitProblem:
        return None


def money_in(bag: object, *, whose: str) -> Money | None:
    """Return one side of a REST money bag: `shop_money` or `presentment_money`."""
    side = mapping_of(mapping_of(bag).get(whose))
    return money(side.get("amount"), currency=side.get("currency_code"))


def variant_words(given: object) -> str:
    """Return a variant's title, empty for a product that comes in one kind only."""
    title = words(given)
    return "" if title == _ONLY_VARIANT else title


def payment_of(status: object) -> Payment:
    """Return how far the money is."""
    return PAYMENTS.get(words(status).lower(), Payment.UNKNOWN)


def kind_of(line: Mapping[str, object]) -> LineKind:
    """Say what a line of a REST order is.

    A tip is known only by having no product and the title "Tip" (facts: no field says so).
    """
    is_of_product = id_of(line.get("variant_id")) or id_of(line.get("product_id"))
    if line.get("gift_card") is True:
        return LineKind.GIFT_CARD
    if not is_of_product and words(line.get("title")).casefold() == _TIP:
        return LineKind.TIP
    return LineKind.DIGITAL if line.get("requires_shipping") is False else LineKind.PRODUCT
