"""The codes people read: lot codes after a pattern, numbers of documents."""

import re
from datetime import date
from enum import StrEnum


class Series(StrEnum):
    """What a document's number begins with."""

    ORDER = "H"
    PRODUCTION = "P"
    SHIPMENT = "S"
    PURCHASE = "PO"
    RECALL = "R"


class UnknownPlaceholder(ValueError):
    """A pattern names something a lot code cannot hold, or lacks the running number."""


PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
SEQUENCE = re.compile(r"n{1,9}")
WORDS = ("item", "yyyy", "yy", "mm", "dd", "ww", "ddd")


def number(series: Series, *, sequence: int) -> str:
    """Write a document's number: at least four digits, so that the first thousands line up."""
    return f"{series}-{sequence:04d}"


def check_pattern(pattern: str) -> None:
    """Refuse a pattern for lot codes that would not work.

    :raises UnknownPlaceholder: with the words that are known.
    """
    names = PLACEHOLDER.findall(pattern)
    for name in names:
        if name not in WORDS and not SEQUENCE.fullmatch(name):
            known = ", ".join(f"{{{word}}}" for word in WORDS)
            raise UnknownPlaceholder(f"{{{name}}} is not one of {known}, {{nnn}}.")
    if not any(SEQUENCE.fullmatch(name) for name in names):
        raise UnknownPlaceholder("Two lots of one day would share a code: add {nnn}.")


def lot_code(pattern: str, *, item_code: str, on: date, sequence: int) -> str:
    """Fill a pattern such as `{item}-{yy}{ddd}-{nn}`.

    {yyyy} {yy} {mm} {dd} are the day, {ddd} its number in the year, {ww} its ISO week;
    as many n as the running number has digits at least.

    :raises UnknownPlaceholder: see `check_pattern`.
    """
    check_pattern(pattern)
    words = {
        "item": item_code,
        "yyyy": f"{on:%Y}",
        "yy": f"{on:%y}",
        "mm": f"{on:%m}",
        "dd": f"{on:%d}",
        "ddd": f"{on:%j}",
        "ww": f"{on.isocalendar().week:02d}",
    }

    def fill(found: re.Match[str]) -> str:
        name = found[1]
        return words[name] if name in words else f"{sequence:0{len(name)}d}"

    return PLACEHOLDER.sub(fill, pattern)
