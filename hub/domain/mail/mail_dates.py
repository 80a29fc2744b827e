"""The day a mail wants its goods on: read only if it can be one day, and that day is not over."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, timedelta

from hub.domain.mail.mail_words import fold
from mapping.calendar_words import MONTHS, SHORT_WEEKDAYS, WEEKDAYS

LONGEST = timedelta(days=366)
"""Nobody orders for later than that: the year is then a slip."""

_NO_DAY = frozenset(
    """
    asap|urgente|urgent|lo antes posible|cuanto antes|as soon as possible|lo antes que podais
    """.strip().split("|")
)
"""What asks for haste and names no day."""
_SMALL = frozenset(["el", "de", "del", "the", "of", "on", "para", "by", "dia"])

_ALL_WEEKDAYS = {**WEEKDAYS, **SHORT_WEEKDAYS}

_ISO = re.compile(r"(20[0-9]{2})-([0-9]{2})-([0-9]{2})(?:[t ][0-9:.+z-]*)?")
_NUMBERS = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_WORDS = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|o)? ([a-z]+) (20[0-9]{2})")
_MONTH_FIRST = re.compile(r"([a-z]+) ([0-9]{1,2})(?:st|nd|rd|th)? (20[0-9]{2})")


class NotOneDay(ValueError):
    """What was written is no day, could be two, or is over."""


def read_day(written: str, *, today: date) -> date | None:
    """Return the day that was written, or None where none was asked for.

    05/12 is the fifth of December or the twelfth of May, whoever writes it: where both can be,
    only a weekday beside it that fits one of them says which.

    :raises NotOneDay: it cannot be told which day it is, or it is over, or far too late.
    """
    plain = fold(written.replace(",", " ")).strip(" .")
    if not plain or plain in _NO_DAY:
        return None
    weekdays, rest = _take_weekdays(plain)
    days = _iso(rest) | _numbers(rest, today=today) | _words(rest)
    if not days:
        raise NotOneDay("it is no day that can be read")
    days = {day for day in days if weekdays <= {day.weekday()}}
    if not days:
        raise NotOneDay("the weekday is another one")
    if len(days) > 1:
        raise NotOneDay("day and month cannot be told apart")
    return _to_come(days.pop(), today=today)


def _to_come(day: date, *, today: date) -> date:
    if day < today:
        raise NotOneDay("it is over")
    if day > today + LONGEST:
        raise NotOneDay("it is more than a year away")
    return day


def _take_weekdays(plain: str) -> tuple[set[int], str]:
    words = [word for word in plain.split() if word not in _SMALL]
    named = [_ALL_WEEKDAYS.get(word.strip(".")) for word in words]
    rest = [word for word, weekday in zip(words, named, strict=True) if weekday is None]
    return {weekday for weekday in named if weekday is not None}, " ".join(rest)


def _iso(plain: str) -> set[date]:
    found = _ISO.fullmatch(plain)
    return _dates([(int(found[1]), int(found[2]), int(found[3]))]) if found else set()


def _numbers(plain: str, *, today: date) -> set[date]:
    """Return every day that three numbers may be."""
    found = _NUMBERS.fullmatch(plain)
    if found is None:
        return set()
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    if len(found[4]) == 4:
        return _dates([(year, second, first), (year, first, second)])
    year_first = _dates([(2000 + first, second, year)])
    return _dates([(2000 + year, second, first), (2000 + year, first, second)]) | {
        day for day in year_first if today <= day <= today + LONGEST
    }


def _words(plain: str) -> set[date]:
    found = _WORDS.fullmatch(plain)
    if found and found[2] in MONTHS:
        return _dates([(int(found[3]), MONTHS[found[2]], int(found[1]))])
    found = _MONTH_FIRST.fullmatch(plain)
    if found and found[1] in MONTHS:
        return _dates([(int(found[3]), MONTHS[found[1]], int(found[2]))])
    return set()


def _dates(several: Iterable[tuple[int, int, int]]) -> set[date]:
    """Return those of some years, months and days that are in the calendar."""
    found = set()
    for each in several:
        with suppress(ValueError):
            found.add(date(*each))
    return found
