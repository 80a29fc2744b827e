"""The mail of a review as its page shows it: plain words and tables, with what was read marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hub.domain.mail.review_lines import ReadLine
from mapping.letter import Attached, Letter, Place, Source, Table, Text

MOST_ROWS = 200
MOST_TEXT = 60_000
"""So many rows of a table and characters of a text are shown; the mail itself has the rest."""

READ = "read"
UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a text: plain (no kind), a line that was read, or one that was not."""

    text: str
    kind: str = ""
    position: int = 0
    """The line of the review it became; 0 for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownText:
    """A text of the mail in pieces."""

    part: str
    segments: tuple[Segment, ...]
    is_quoted: bool
    is_cut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    """A row of a table, and what became of it."""

    number: int
    cells: tuple[str, ...]
    kind: str = ""
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTable:
    """A table of the mail."""

    table: Table
    rows: tuple[ShownRow, ...]
    more: int
    """Rows that are not shown."""
    heading: int
    """The row that most likely names the columns, for who teaches the form."""
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMail:
    """All of a mail that its page shows."""

    texts: tuple[ShownText, ...]
    tables: tuple[ShownTable, ...]
    attached: tuple[Attached, ...]
    unread: tuple[str, ...]
    """Lines that nobody could read, as they stand there."""


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    kind: str
    position: int


def show_mail(letter: Letter, *, lines: Sequence[ReadLine]) -> ShownMail:
    """Lay out a letter with the places marked that its lines were read from.

    A place in a part that is both words and a table (an HTML mail) is one of the table.
    """
    tabled = {table.part for table in letter.tables}
    worded = {text.part for text in letter.texts}
    both = tabled & worded
    textual = {
        (draft.part, line.place.start, line.place.end)
        for draft in letter.drafts
        for line in draft.lines
        if draft.source is Source.TEXT
    }
    marks: dict[tuple[str, bool], list[_Mark]] = {}
    for part, mark in _marks(letter, lines):
        is_text = part not in tabled or (
            part in both and (part, mark.start, mark.end) in textual
        )
        marks.setdefault((part, is_text), []).append(mark)
    return ShownMail(
        texts=tuple(_text(text, marks.get((text.part, True), [])) for text in letter.texts),
        tables=tuple(
            _table(table, marks.get((table.part, False), [])) for table in letter.tables
        ),
        attached=letter.attached,
        unread=tuple(
            words for words in _unread(letter) if words not in {each.text for each in lines}
        ),
    )


def _marks(letter: Letter, lines: Sequence[ReadLine]) -> Iterator[tuple[str, _Mark]]:
    for line in lines:
        if line.part:
            kind = UNREAD if line.problem else READ
            yield line.part, _Mark(line.start, line.end, kind, line.position)
    for draft in letter.drafts:
        for place in draft.unread:
            yield place.part, _Mark(place.start, place.end, UNREAD, 0)


def _text(text: Text, marks: Sequence[_Mark]) -> ShownText:
    shown = text.text[:MOST_TEXT]
    own = [] if text.is_quoted else marks
    return ShownText(
        part=text.part,
        segments=tuple(_segments(shown, own)),
        is_quoted=text.is_quoted,
        is_cut=len(text.text) > MOST_TEXT,
    )


def _segments(text: str, marks: Sequence[_Mark]) -> Iterator[Segment]:
    """Cut a text at its marks; one that overlaps an earlier one, or lies outside, is left out."""
    at = 0
    for mark in sorted(marks, key=lambda each: (each.start, -each.end)):
        if not at <= mark.start < mark.end <= len(text):
            continue
        if mark.start > at:
            yield Segment(text[at : mark.start])
        yield Segment(text[mark.start : mark.end], mark.kind, mark.position)
        at = mark.end
    if at < len(text):
        yield Segment(text[at:])


def _table(table: Table, marks: Sequence[_Mark]) -> ShownTable:
    by_row = {
        row: mark
        for mark in marks
        for row in range(mark.start, min(mark.end, len(table.rows)))
    }
    rows = tuple(
        ShownRow(
            number=number,
            cells=cells,
            kind=by_row[number].kind if number in by_row else "",
            position=by_row[number].position if number in by_row else 0,
        )
        for number, cells in enumerate(table.rows[:MOST_ROWS])
    )
    return ShownTable(
        table=table,
        rows=rows,
        more=max(0, len(table.rows) - MOST_ROWS),
        heading=_heading(table, first=min(by_row, default=None)),
        width=max((len(cells) for cells in table.rows), default=0),
    )


def _heading(table: Table, *, first: int | None) -> int:
    """Guess the row of headings: the last full one above what was read, else the first of two."""
    full = [
        number
        for number, cells in enumerate(table.rows[:MOST_ROWS])
        if sum(1 for cell in cells if cell.strip()) > 1
    ]
    above = [number for number in full if first is not None and number < first]
    return above[-1] if above else (full[0] if full else 0)


def _unread(letter: Letter) -> Iterator[str]:
    for draft in letter.drafts:
        for place in draft.unread:
            words = _words_at(letter, place)
            if words:
                yield words


def _words_at(letter: Letter, place: Place) -> str:
    for table in letter.tables:
        if table.part == place.part and place.start < len(table.rows):
            return " | ".join(cell for cell in table.rows[place.start] if cell.strip())
    for text in letter.texts:
        if text.part == place.part:
            return text.text[place.start : place.end].strip()
    return ""
