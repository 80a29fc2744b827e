"""Tables drawn in plain text, by tabs, bars or wide spaces."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from connectors.email.extract.headings import columns_of
from connectors.email.extract.tables import read_table
from connectors.email.extract.words import fold
from mapping.letter import DraftLine, Source

LONGEST = 600
MOST_TABLES = 20

_WIDE = re.compile(r" {2,}|\t")
_RULE = re.compile(r"[\s|+=:_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTable:
    """A table within a text; places of its lines count from its first line."""

    first: int
    length: int
    lines: tuple[DraftLine, ...]
    unread: tuple[int, ...]
    asides: tuple[str, ...]


def tables_in(lines: Sequence[str]) -> dict[int, TextTable]:
    """Return the tables of a text by the line of their headings; an empty line ends one."""
    found: dict[int, TextTable] = {}
    place = 0
    while place < len(lines) and len(found) < MOST_TABLES:
        split = _splitter(lines[place])
        if split is None:
            place += 1
            continue
        length = 1
        while place + length < len(lines) and lines[place + length].strip():
            length += 1
        found[place] = _table(lines[place : place + length], split=split, first=place)
        place += length
    return found


def _splitter(line: str) -> str | None:
    """Say what parts the cells of a row of headings; None for every other line."""
    if len(line) > LONGEST:
        return None
    for mark in ("\t", "|", "  ", ";"):
        if mark in line.strip() and columns_of(_cells(line, mark)) is not None:
            return mark
    return None


def _cells(line: str, mark: str) -> tuple[str, ...]:
    if mark == "  ":
        return tuple(cell.strip() for cell in _WIDE.split(line.strip()))
    bare = line.strip().strip("|") if mark == "|" else line
    return tuple(cell.strip() for cell in bare.split(mark))[:60]


def _table(lines: Sequence[str], *, split: str, first: int) -> TextTable:
    rows = [_row(line, split) for line in lines]
    width = len(rows[0])
    crooked = {
        number
        for number, row in enumerate(rows)
        if split == "  " and len(row) > 1 and len(row) != width and not _is_named_sum(row)
    }
    straight = [() if number in crooked else row for number, row in enumerate(rows)]
    drafts = read_table(straight, part="", source=Source.TEXT)
    unread = {place.start for draft in drafts for place in draft.unread}
    ordered = [line for draft in drafts for line in draft.lines]
    taken = unread | crooked | {line.place.start for line in ordered}
    return TextTable(
        first=first,
        length=len(lines),
        lines=tuple(ordered),
        unread=tuple(sorted(unread | crooked)),
        asides=tuple(
            "   ".join(filter(None, rows[number]))
            for number in range(1, len(lines))
            if number not in taken
        ),
    )


def _row(line: str, split: str) -> tuple[str, ...]:
    return () if len(line) > LONGEST * 10 or _RULE.fullmatch(line) else _cells(line, split)


def _is_named_sum(row: Sequence[str]) -> bool:
    words = fold(row[0]).split()
    return bool(words) and words[0] in {
        "total",
        "subtotal",
        "iva",
        "vat",
        "portes",
        "shipping",
    }
