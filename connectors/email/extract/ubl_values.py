"""Numbers as XML schema writes decimals: a dot, no exponent, no thousands."""

import re
from decimal import Decimal

_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})")


def decimal_of(text: str) -> Decimal | None:
    """Read an xs:decimal; None for anything else, however it is meant."""
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def written(number: Decimal) -> str:
    """Write a number as xs:decimal does, without needless zeros."""
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
