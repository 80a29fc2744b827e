"""Lines of a mail that speak of our goods, or seem to order, and that no draft explains.

The extractors say what they understood. Here their work is checked against the whole letter: a line
they passed over, a second thing named on a line they read, a word beside it that takes it back.
"""

import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from hub.domain.mail.mail_meaning import Meant
from hub.domain.mail.mail_names import Line, Names
from hub.domain.mail.mail_rows import read_rows
from hub.domain.mail.mail_told import Said, counts_pieces, is_sum
from hub.domain.mail.mail_words import has_numbers, is_doubtful, seems_ordered, squash
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
    names: Names,
) -> list[Line]:
    """Return the lines that name our goods or seem to order, and are not fully understood.

    `passed` are rows that a taught form found to order nothing.
    """
    lines: list[Line] = []
    open_lines: list[Line] = []
    in_text, in_rows = (
        _by_part(understood, in_text=True),
        _by_part(understood, in_text=False),
    )
    for text in letter.texts:
        if not is_quoted(text.part, letter):
            here = in_text.get(text.part, ())
            _read_text(text, here, names, doubtful=lines, rest=open_lines)
    for table in letter.tables:
        if not is_quoted(table.part, letter):
            here = in_rows.get(table.part, ())
            read_rows(table, here, names, doubtful=lines, rest=open_lines)
    lines += _asking(open_lines, letter, understood=understood, passed=passed, names=names)
    return lines


def _by_part(understood: Sequence[Understood], *, in_text: bool) -> dict[str, list[Meant]]:
    found: dict[str, list[Meant]] = {}
    for each in understood:
        if each.in_text is in_text:
            found.setdefault(each.meant.line.place.part, []).append(each.meant)
    return found


def _asking(
    lines: Sequence[Line],
    letter: Letter,
    *,
    understood: Sequence[Understood],
    passed: Collection[Place],
    names: Names,
) -> Iterator[Line]:
    """Give those lines nobody read that ask for something no other line says."""
    tables = {table.part for table in letter.tables}
    said = Said(each.meant.line.text for each in understood if not each.meant.problem)
    pieces: Counter[str] = Counter()
    for each in understood:
        pieces[each.meant.line.place.part] += each.meant.read.quantity or 0
    named = names.among(lines)
    for index, line in enumerate(lines):
        if Place(part=line.part, start=line.start, end=line.end) in passed:
            continue
        seems = seems_ordered(line.text) or counts_pieces(line.text)
        asks = index in named or (line.part not in tables and seems)
        is_told = said.holds(line.text) or is_sum(line.text, of=pieces.values())
        if asks and not is_told:
            yield line


def is_quoted(part: str, letter: Letter) -> bool:
    """Say whether a part is what the sender answers to; what is passed on counts as written."""
    if letter.forwarded is not None:
        return False
    quoted = [text.part for text in letter.texts if text.is_quoted]
    own = [text.part for text in letter.texts if not text.is_quoted]
    return part not in own and any(part.startswith(each) for each in quoted)


def _read_text(
    text: Text,
    here: Sequence[Meant],
    names: Names,
    *,
    doubtful: list[Line],
    rest: list[Line],
) -> None:
    lines = list(_lines(text))
    for line, covering in zip(lines, _covering(lines, here), strict=True):
        if not covering:
            rest.append(line)
        elif _is_more(line, covering, names):
            doubtful.append(line)


def _covering(lines: Sequence[Line], here: Sequence[Meant]) -> list[list[Meant]]:
    """Return for each line of a text what was read on it."""
    found: list[list[Meant]] = [[] for _ in lines]
    starts = [line.start for line in lines]
    for meant in here:
        place = meant.line.place
        at = max(bisect_right(starts, place.start) - 1, 0)
        while at < len(lines) and starts[at] < place.end:
            if place.start < lines[at].end:
                found[at].append(meant)
            at += 1
    return found


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
    return (
        is_doubtful(beside)
        or has_numbers(beside, beside=codes)
        or bool(names.within(beside))
        or any(
            names.another_in(m.line.title, beside=(m.line.sku, m.read.item))
            for m in covering
            if not m.problem
        )
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
