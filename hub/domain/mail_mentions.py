"""Lines of a mail that speak of our goods, or seem to order, and that no draft explains.

The extractors say what they understood. Here their work is checked against the whole letter: a line
they passed over, a second thing named on a line they read, a word beside it that takes it back.
"""

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from hub.domain.mail_known import Known
from hub.domain.mail_meaning import Meant
from hub.domain.mail_names import Line, Names
from hub.domain.mail_rows import read_rows
from hub.domain.mail_words import (
    fold,
    has_numbers,
    is_doubtful,
    seems_ordered,
    squash,
    tokens,
)
from mapping.letter import Letter, Place, Source, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """A line of a draft, and whether its place counts characters of a text or rows of a table."""

    meant: Meant
    in_text: bool


def unexplained(
    letter: Letter,
    *,
    understood: Sequence[Understood],
    passed: Collection[Place],
    known: Known,
) -> list[Line]:
    """Return the lines that name our goods or seem to order, and are not fully understood.

    `passed` are rows that a taught form found to order nothing.
    """
    names = Names(known)
    lines: list[Line] = []
    open_lines: list[Line] = []
    for text in letter.texts:
        if not is_quoted(text.part, letter):
            _read_text(text, understood, names, doubtful=lines, rest=open_lines)
    for table in letter.tables:
        if not is_quoted(table.part, letter):
            here = [
                each.meant
                for each in understood
                if not each.in_text and each.meant.line.place.part == table.part
            ]
            read_rows(table, here, names, doubtful=lines, rest=open_lines)
    said = [tokens(each.meant.line.text) for each in understood if not each.meant.problem]
    pieces = sum(each.meant.read.quantity or 0 for each in understood)
    named = names.among(open_lines)
    for index, line in enumerate(open_lines):
        if Place(part=line.part, start=line.start, end=line.end) in passed:
            continue
        asks = index in named or (not _is_row(line, letter) and seems_ordered(line.text))
        if asks and not _repeats(line.text, said) and not _is_sum(line.text, pieces):
            lines.append(line)
    return lines


def is_quoted(part: str, letter: Letter) -> bool:
    """Say whether a part is what the sender answers to; what is passed on counts as written."""
    if letter.forwarded is not None:
        return False
    quoted = [text.part for text in letter.texts if text.is_quoted]
    own = [text.part for text in letter.texts if not text.is_quoted]
    return part not in own and any(part.startswith(each) for each in quoted)


def _is_row(line: Line, letter: Letter) -> bool:
    return any(table.part == line.part for table in letter.tables)


def _repeats(text: str, said: Iterable[frozenset[str]]) -> bool:
    """Say whether a line says nothing but what one that was understood says."""
    words = tokens(text)
    return any(words <= known for known in said)


def _is_sum(text: str, pieces: int) -> bool:
    """Say whether a line only counts what was ordered: "Total: 18 uds"."""
    words = fold(text).replace(":", " ").split()
    numbers = [word for word in words if any(c.isdigit() for c in word)]
    return bool(words) and words[0] == "total" and numbers == [str(pieces)]


def _read_text(
    text: Text,
    understood: Sequence[Understood],
    names: Names,
    *,
    doubtful: list[Line],
    rest: list[Line],
) -> None:
    here = [
        each.meant
        for each in understood
        if each.in_text and each.meant.line.place.part == text.part
    ]
    for line in _lines(text):
        covering = [
            meant
            for meant in here
            if meant.line.place.start < line.end and line.start < meant.line.place.end
        ]
        if not covering:
            rest.append(line)
        elif _is_more(line, covering, names):
            doubtful.append(line)


def _lines(text: Text) -> Iterator[Line]:
    start = 0
    for each in text.text.splitlines(keepends=True):
        if each.strip():
            yield Line(part=text.part, start=start, end=start + len(each), text=each)
        start += len(each)


def _is_more(line: Line, covering: Sequence[Meant], names: Names) -> bool:
    """Say whether a line that was read holds more than was read."""
    line = replace(line, text=_plain(line.text))
    if not all(_stands_alone(_plain(meant.line.sku), line.text) for meant in covering):
        return True
    beside = _beside(line, covering)
    codes = " ".join(f"{meant.line.sku} {meant.read.item}" for meant in covering)
    other = Line(part="", start=0, end=0, text=beside)
    return (
        is_doubtful(beside)
        or has_numbers(beside, beside=codes)
        or bool(names.among([other]))
    )


def _stands_alone(sku: str, text: str) -> bool:
    """Say whether a code stands in a line as a word of its own, not inside a longer one."""
    if not sku:
        return True
    at = text.find(sku)
    while at >= 0:
        before, after = text[:at][-1:], text[at + len(sku) :][:2]
        if not _goes_on(before) and not _goes_on_after(after):
            return True
        at = text.find(sku, at + 1)
    return sku not in text and squash(sku) in squash(text)


def _goes_on(char: str) -> bool:
    return char.isalnum() or char in {"-", "_", "/", "‐", "‑"}


def _goes_on_after(chars: str) -> bool:
    """A hyphen only goes on if something is joined to it: "LAV-100ML- 12" ends before it."""
    first, second = chars[:1], chars[1:2]
    if first.isalnum() or first in {"_", "/"}:
        return True
    return first in {"-", "‐", "‑", "."} and second.isalnum()


def _beside(line: Line, covering: Sequence[Meant]) -> str:
    """Return what stands on a line beside the orders on it, and inside them beside their fields."""
    text, inside = line.text, []
    for meant in sorted(covering, key=lambda one: -one.line.place.start):
        place = meant.line.place
        start, end = max(place.start - line.start, 0), max(place.end - line.start, 0)
        inside.append(_without_fields(text[start:end], meant))
        text = text[:start] + " \x00 " + text[end:]
    return " ".join([text.replace("\x00", " "), *inside])


def _without_fields(text: str, meant: Meant) -> str:
    line = meant.line
    fields = (line.title, line.sku, line.barcode, line.amount, line.price, line.unit)
    for field in sorted((*fields, line.quantity, line.line_id), key=len, reverse=True):
        if field:
            text = text.replace(_plain(field), " ", 1)
    return text


def _plain(text: str) -> str:
    """Write every dash, blank and wide letter the plain way, each in its place."""
    return "".join(_PLAIN.get(char) or _narrow(char) for char in text)


def _narrow(char: str) -> str:
    folded = unicodedata.normalize("NFKC", char)
    return folded if len(folded) == 1 else char


_PLAIN = dict.fromkeys("‐‑‒–—―−﹘﹣－", "-")


def place_in_text(source: Source, *, part: str, letter: Letter) -> bool:
    """Say whether the places of a draft count characters: those of text lines do."""
    if source is Source.TEMPLATE:
        return not any(table.part == part for table in letter.tables)
    return source is Source.TEXT
