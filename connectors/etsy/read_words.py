"""Etsy's words in ours: how single values of a receipt are read, whatever they are.

Nothing here raises. What cannot be read comes back as empty, None or UNKNOWN, because an odd
value in an order is a fact about the order and not an error.
"""

import html
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from mapping.canonical import Money
from mapping.money import decimals_of
from mapping.strict_json import clean_text
from mapping.units import UnitProblem, in_range

Given = Mapping[str, object]

LONGEST_ID = 20
"""Digits of the largest 64-bit number."""
LATEST = 253_402_300_800
"""The first second of the year 10000."""
LARGEST_COUNT = 1_000_000_000
"""More pieces than this on one line is not a number anybody ordered."""


def mapping_of(given: object) -> Given:
    """Return an object's members, none for anything else."""
    return given if isinstance(given, dict) else {}


def objects_of(given: object) -> list[Given]:
    """Return the objects of a list, none for anything else."""
    parts = given if isinstance(given, list) else []
    return [part for part in parts if isinstance(part, dict)]


def texts_of(given: object) -> list[str]:
    """Return the texts of a list that say something."""
    parts = given if isinstance(given, list) else []
    return [text for part in parts if (text := words(part))]


def plain(given: object) -> str:
    """Return a text as it was stored, without what no database takes and space around it."""
    if isinstance(given, bool):
        return ""
    if isinstance(given, int | Decimal):
        return str(given)
    return clean_text(given).strip() if isinstance(given, str) else ""


def words(given: object) -> str:
    """Return a text for people; Etsy escapes it as for a web page (etsy/open-api #254)."""
    return clean_text(html.unescape(plain(given))).strip()


def id_of(given: object) -> str:
    """Return an id's digits, whether it came as number or text; empty for anything else."""
    text = plain(given)
    is_id = text.isascii() and text.isdigit() and len(text) <= LONGEST_ID
    return text if is_id and text.strip("0") else ""


def count(given: object) -> int:
    """Return a whole number of pieces, none below zero; none for anything else."""
    found = whole(given)
    return found if found is not None and 0 <= found <= LARGEST_COUNT else 0


def whole(given: object) -> int | None:
    """Return a whole number that fits 64 bits."""
    if isinstance(given, bool) or not isinstance(given, int | Decimal):
        return None
    if isinstance(given, Decimal) and not given.is_finite():
        return None
    if not -(2**63) <= given < 2**63 or given != int(given):
        return None
    return int(given)


def moment(*given: object) -> datetime | None:
    """Return the first of some epoch seconds that is a time, in UTC."""
    for one in given:
        seconds = whole(one)
        if seconds is not None and 0 < seconds < LATEST:
            return datetime.fromtimestamp(seconds, UTC)
    return None


def money(given: object) -> Money | None:
    """Return an amount in minor units, exactly; None when it cannot be said exactly.

    Etsy writes 12.50 as `{"amount": 1250, "divisor": 100, "currency_code": "EUR"}`.
    """
    said = mapping_of(given)
    amount, divisor = whole(said.get("amount")), whole(said.get("divisor"))
    currency = currency_of(said.get("currency_code"))
    if amount is None or divisor is None or divisor <= 0 or not currency:
        return None
    try:
        minor = Fraction(amount, divisor) * 10 ** decimals_of(currency)
        if minor.denominator != 1:
            return None
        return Money(minor=in_range(int(minor), said="this"), currency=currency)
    except UnitProblem:
        return None


def currency_of(given: object) -> str:
    """Return a currency's three letters, empty for anything else."""
    code = plain(given).upper()
    return code if len(code) == 3 and code.isascii() and code.isalpha() else ""


def status_of(given: object) -> str:
    """Return a status in one case and spelling: Etsy sends `Paid` and `paid` alike (#806)."""
    status = " ".join(plain(given).lower().replace("_", " ").split())
    return "canceled" if status == "cancelled" else status


def is_true(given: object) -> bool | None:
    """Return yes or no, None when neither is said."""
    return given if isinstance(given, bool) else None


def variant_words(values: Iterable[str]) -> str:
    """Name a variation by what was chosen: "Blue / Large"."""
    return " / ".join(filter(None, values))
