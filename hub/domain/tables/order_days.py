"""Days and countries as the shops' exports write them: read strictly, never guessed."""

import re
from datetime import UTC, date, datetime, time
from functools import cache

from babel import Locale

from hub.domain.tables.order_words import Days
from hub.domain.tables.table import BadCell

NOON = time(12, tzinfo=UTC)
"""When an order was placed of which only the day is known: the same day nearly everywhere."""
STAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)"
    r" ?(Z|UTC|[+-][0-9]{2}:?[0-9]{2})?"
)
SLASHED = re.compile(r"([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4}|[0-9]{2})")
MOST_MONTHS = 12
CENTURY = 2000


def read_moment(written: str, *, days: Days) -> datetime:
    """Return when something was, in UTC; a day alone is its noon, a time without zone is UTC.

    :raises BadCell: it is no day, or may be two.
    """
    found = STAMP.fullmatch(written)
    if found is None:
        return datetime.combine(read_on(written, days=days), NOON)
    zone = (found[3] or "Z").replace("UTC", "Z")
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}{zone}").astimezone(UTC)
    except (ValueError, OverflowError) as problem:
        raise BadCell("Write a date such as 2026-11-30.") from problem


def read_on(written: str, *, days: Days) -> date:
    """Return a day: 2026-11-30, or 30/11/2026 where the month cannot be mistaken.

    :raises BadCell: it is no day, or may be two.
    """
    found = SLASHED.fullmatch(written)
    try:
        if found is None:
            return date.fromisoformat(written)
        first, second = int(found[1]), int(found[2])
        year = int(found[3]) + (CENTURY if len(found[3]) == len("26") else 0)
        if days is Days.MONTH_FIRST or second > MOST_MONTHS:
            return date(year, first, second)
        if first > MOST_MONTHS or first == second:
            return date(year, second, first)
    except ValueError as problem:
        raise BadCell("Write a date such as 2026-11-30.") from problem
    raise BadCell("This may be two days: write it such as 2026-11-30.")


def country_code(written: str) -> str:
    """Return a country in two letters, however English or Spanish names it.

    :raises BadCell: there is no such country.
    """
    plain = written.strip()
    code = _names().get(plain.casefold(), plain.upper())
    if code not in _codes():
        raise BadCell("Write a country in two letters, such as ES.")
    return code


@cache
def _codes() -> frozenset[str]:
    return frozenset(
        code
        for code in map(str, Locale("en").territories)
        if re.fullmatch("[A-Z]{2}", code)
    )


@cache
def _names() -> dict[str, str]:
    return {
        str(name).casefold(): str(code)
        for language in ("es", "en")
        for code, name in Locale(language).territories.items()
        if str(code) in _codes()
    }
