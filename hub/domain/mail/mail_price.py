"""Amounts of money as mails write them: 1.234,50 and 1,234.50, and when nobody can tell."""

import re
from fractions import Fraction

from babel.numbers import is_currency

from mapping.money import decimals_of

_CURRENCIES = {"€": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "us$": "USD"}
"""A bare $ is that of many countries, and says nothing."""
_DRESS = re.compile(r"(?i)[\s'’€£$]|eur(?:os?)?|usd|gbp")
_NUMBER = re.compile(r"[0-9]{1,9}(?:[.,][0-9]+)*")


def decimal_mark(locale: str) -> str:
    """Return what stands before the decimals in a language: a comma in Spanish; empty: unknown."""
    return {"es": ",", "en": "."}.get(locale[:2].casefold(), "")


def currency_code(written: str) -> str:
    """Turn EUR, € or "euros" into three letters; empty where it is none or several."""
    plain = written.strip()
    code = _CURRENCIES.get(plain.casefold(), plain.upper())
    return code if len(code) == 3 and is_currency(code) else ""


def currency_in(written: str) -> str:
    """Find the currency an amount is written with: "3,20 €" is in EUR; empty: none is said."""
    rest = re.sub(r"[0-9.,'’\s]+", " ", written).strip()
    return currency_code(rest)


def read_price(written: str, *, mark: str) -> Fraction | None:
    """Read an amount exactly; None where it is none, or could be two.

    `mark` stands before the decimals where this customer writes; empty: unknown. 1.500 is then
    nobody knows what.
    """
    plain = _DRESS.sub("", written)
    if not _NUMBER.fullmatch(plain):
        return None
    marks = [each for each in plain if each in ".,"]
    if not marks:
        return Fraction(plain)
    if len(set(marks)) == 2:
        whole, _, cents = plain.rpartition(marks[-1])
        is_plain = marks.count(marks[-1]) == 1
        return _put(whole, cents, group=marks[0]) if is_plain else None
    return _one_mark(plain, mark=mark, found=marks[0], times=len(marks))


def in_minor(amount: Fraction, *, currency: str) -> Fraction:
    """Turn an amount into minor units, exactly; it may be finer than can be paid."""
    return amount * Fraction(10) ** decimals_of(currency)


def _one_mark(plain: str, *, mark: str, found: str, times: int) -> Fraction | None:
    whole, _, rest = plain.rpartition(found)
    if times > 1:
        return _put(plain, "", group=found)
    if len(rest) != 3 or whole == "0" or found == mark:
        return _put(whole, rest, group="")
    return _put(plain, "", group=found) if mark else None


def _put(whole: str, cents: str, *, group: str) -> Fraction | None:
    """Join a whole part, whose groups of three must be whole, and decimals."""
    groups = whole.split(group) if group else [whole]
    if len(groups) > 1 and not (
        1 <= len(groups[0]) <= 3 and all(len(g) == 3 for g in groups[1:])
    ):
        return None
    digits = "".join(groups)
    if not digits.isdigit():
        return None
    return Fraction(f"{digits}.{cents}" if cents else digits)
