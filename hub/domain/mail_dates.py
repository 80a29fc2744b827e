"""The day a mail wants its goods on: read only if it can be one day, and that day is not over."""

import re
import unicodedata
from datetime import date, timedelta

LONGEST = timedelta(days=366)
"""Nobody orders for later than that: the year is then a slip."""

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "enero ene january jan",
            "febrero feb february",
            "marzo mar march",
            "abril abr april apr",
            "mayo may",
            "junio jun june",
            "julio jul july",
            "agosto ago august aug",
            "septiembre setiembre sep sept september",
            "octubre oct october",
            "noviembre nov november",
            "diciembre dic december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "lunes monday mon lun",
            "martes tuesday tue tues",
            "miercoles wednesday wed mie",
            "jueves thursday thu thur thurs jue",
            "viernes friday fri vie",
            "sabado saturday sat sab",
            "domingo sunday sun dom",
        )
    )
    for name in names.split()
}
_NO_DAY = frozenset(
    """
    asap|urgente|urgent|lo antes posible|cuanto antes|as soon as possible|lo antes que podais
    """.strip().split("|")
)
"""What asks for haste and names no day."""
_SMALL = frozenset(["el", "de", "del", "the", "of", "on", "para", "by", "dia"])

_ISO = re.compile(r"(20[0-9]{2})-([0-9]{2})-([0-9]{2})(?:[t ][0-9:.+z-]*)?")
_NUMBERS = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_WORDS = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|o)? ([a-z]+) (20[0-9]{2})")
_MONTH_FIRST = re.compile(r"([a-z]+) ([0-9]{1,2})(?:st|nd|rd|th)? (20[0-9]{2})")


class NotOneDay(ValueError):
    """What was written is no day, could be two, or is over."""


def day_first(locale: str) -> bool | None:
    """Say whether a customer writes the day before the month; None: nobody can tell."""
    folded = locale.casefold().replace("_", "-")
    if folded == "en-us":
        return False
    return True if folded[:2] == "es" or folded == "en-gb" else None


def read_day(written: str, *, is_day_first: bool | None, today: date) -> date | None:
    """Return the day that was written, or None where none was asked for.

    :raises NotOneDay: it cannot be told which day it is, or it is over, or far too late.
    """
    plain = _fold(written)
    if not plain or plain in _NO_DAY:
        return None
    weekday, rest = _take_weekday(plain)
    day = _iso(rest) or _numbers(rest, is_day_first) or _words(rest)
    if day is None:
        raise NotOneDay("it is no day that can be read")
    if weekday is not None and day.weekday() != weekday:
        raise NotOneDay("the weekday is another one")
    if day < today:
        raise NotOneDay("it is over")
    if day > today + LONGEST:
        raise NotOneDay("it is more than a year away")
    return day


def _fold(written: str) -> str:
    bare = unicodedata.normalize("NFKD", written.casefold())
    plain = "".join(c for c in bare if not unicodedata.combining(c))
    return " ".join(plain.replace(",", " ").split()).strip(" .")


def _take_weekday(plain: str) -> tuple[int | None, str]:
    words = [word for word in plain.split() if word not in _SMALL]
    days = [_WEEKDAYS[word.strip(".")] for word in words if word.strip(".") in _WEEKDAYS]
    rest = [word for word in words if word.strip(".") not in _WEEKDAYS]
    return (days[0] if days else None), " ".join(rest)


def _iso(plain: str) -> date | None:
    found = _ISO.fullmatch(plain)
    return _date(int(found[1]), int(found[2]), int(found[3])) if found else None


def _numbers(plain: str, is_day_first: bool | None) -> date | None:
    found = _NUMBERS.fullmatch(plain)
    if found is None:
        return None
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    if len(found[4]) == 2:
        if is_day_first is None:
            raise NotOneDay("its year has two digits")
        year += 2000
    if is_day_first is None:
        if first <= 12 and second <= 12 and first != second:
            raise NotOneDay("day and month cannot be told apart")
        is_day_first = first > 12 or first == second
    return _date(year, second, first) if is_day_first else _date(year, first, second)


def _words(plain: str) -> date | None:
    found = _WORDS.fullmatch(plain)
    if found and found[2] in _MONTHS:
        return _date(int(found[3]), _MONTHS[found[2]], int(found[1]))
    found = _MONTH_FIRST.fullmatch(plain)
    if found and found[1] in _MONTHS:
        return _date(int(found[3]), _MONTHS[found[1]], int(found[2]))
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
