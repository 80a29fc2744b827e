"""Tables people keep in spreadsheets: read strictly from CSV, written so that none is dangerous.

What a spreadsheet makes of "1.250" depends on where it was written, so what may mean two things
is refused instead of guessed.
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

DELIMITERS = (",", ";", "\t")
MOST_ROWS = 10_000
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is a formula to a spreadsheet (OWASP, CSV injection)."""
NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
GROUPED = re.compile(r"[0-9]{1,3}([.,])[0-9]{3}")


class BadTable(ValueError):
    """The file as a whole cannot be read; the words say what to do about it."""


class BadCell(ValueError):
    """What a cell holds cannot be what its column is for; the words say what to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table below its heading; what was left empty is not in `cells`."""

    number: int
    """As a spreadsheet counts: the heading is 1."""
    cells: Mapping[str, str]
    has_comma_decimals: bool
    """Whether the file parts its columns by something else, as people with 2,5 do."""


def read_table(
    raw: bytes, *, columns: Collection[str], required: Collection[str]
) -> list[Row]:
    """Read a CSV file with a heading; empty lines are left out.

    Columns are parted by comma, semicolon or tab, whichever gives the names that are known; a
    heading is read whatever its case and blanks.

    :raises BadTable: not text in UTF-8 or UTF-16, a column nobody knows, twice or missing, or too
        many rows.
    """
    text = read_text(raw)
    delimiter = _delimiter(text, columns=columns)
    lines = split_lines(text, delimiter=delimiter)
    heading = [_folded(name) for name in lines[0]] if lines else []
    _check_heading(heading, columns=columns, required=required)
    rows = [
        Row(
            number=number,
            cells=_cells(heading, line, number=number),
            has_comma_decimals=delimiter != ",",
        )
        for number, line in enumerate(lines[1:], start=2)
        if any(cell.strip() for cell in line)
    ]
    if len(rows) > MOST_ROWS:
        raise BadTable(f"Send at most {MOST_ROWS} rows at a time.")
    return rows


def write_table(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """Write a CSV file that `read_table` reads back, and that no spreadsheet computes with."""
    return "".join(table_pieces(columns, [rows]))


def table_pieces(
    columns: Sequence[str], pages: Iterable[Iterable[Mapping[str, str]]]
) -> Iterator[str]:
    """Write the same file piece by piece: its heading, then the rows of each page."""
    yield _lines([columns])
    for rows in pages:
        yield _lines([safe_cell(row.get(each, "")) for each in columns] for row in rows)


def _lines(cells: Iterable[Sequence[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(cells)
    return text.getvalue()


def safe_cell(written: str) -> str:
    """Write a cell so that a spreadsheet shows it as it is instead of computing it."""
    return f"'{written}" if written.startswith(DANGEROUS) else written


def read_number(row: Row, written: str) -> str:
    """Return a number with a decimal point, however the workshop writes it.

    :raises BadCell: it is none, or may mean two things: 1.250 in a file with decimal commas.
    """
    plain = written.replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
    if not NUMBER.fullmatch(plain):
        raise BadCell("Write a number such as 2.5, without a separator of thousands.")
    grouped = GROUPED.fullmatch(plain)
    decimal = "," if row.has_comma_decimals else "."
    if grouped and grouped[1] != decimal:
        whole, end = plain.replace(grouped[1], ""), plain.replace(grouped[1], decimal)
        raise BadCell(f"This may be {whole} or {end.rstrip('0')}: write which.")
    return plain.replace(",", ".")


def read_whole(written: str) -> int:
    """Return a whole number, 0 or more.

    :raises BadCell: it is none.
    """
    if not (written.isascii() and written.isdigit() and len(written) <= 9):
        raise BadCell("Write a whole number.")
    return int(written)


YES = frozenset({"1", "yes", "y", "true", "x", "si", "sí", "s", "verdadero"})
NO = frozenset({"0", "no", "n", "false", "falso"})


def read_flag(written: str) -> bool:
    """Return yes or no.

    :raises BadCell: it is neither.
    """
    folded = written.casefold()
    if folded not in YES | NO:
        raise BadCell("Write yes or no.")
    return folded in YES


def read_text(raw: bytes) -> str:
    """Return the text of a file in UTF-8 or UTF-16.

    :raises BadTable: it is neither, or no text at all.
    """
    is_wide = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = raw.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadTable('Save the file as "CSV UTF-8" and send it again.') from problem
    if "\0" in text:
        raise BadTable("This is no text: save the sheet as CSV.")
    return text


def split_lines(text: str, *, delimiter: str) -> list[list[str]]:
    """Part a table into its lines and cells.

    :raises BadTable: its quotes do not match.
    """
    try:
        return list(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        )
    except csv.Error as problem:
        words = "This is no CSV file: its quotation marks do not match."
        raise BadTable(words) from problem


def _delimiter(text: str, *, columns: Collection[str]) -> str:
    heading = text.partition("\n")[0]
    known = {
        delimiter: sum(_folded(name) in columns for name in heading.split(delimiter))
        for delimiter in DELIMITERS
    }
    return max(DELIMITERS, key=lambda delimiter: known[delimiter])


def _check_heading(
    heading: Sequence[str], *, columns: Collection[str], required: Collection[str]
) -> None:
    names = [name for name in heading if name]
    for name in names:
        if name not in columns:
            raise BadTable(f"There is no column {name}: {', '.join(columns)} are known.")
        if names.count(name) > 1:
            raise BadTable(f"The column {name} is there twice.")
    missing = [name for name in required if name not in names]
    if missing:
        raise BadTable(f"The first line must name {', '.join(missing)}.")


def _cells(heading: Sequence[str], line: Sequence[str], *, number: int) -> dict[str, str]:
    names = [*heading, *[""] * (len(line) - len(heading))]
    cells: dict[str, str] = {}
    for name, cell in zip(names, line, strict=False):
        if not cell.strip():
            continue
        if not name:
            raise BadTable(f"Row {number} holds something in a column without a name.")
        cells[name] = unquoted(cell.strip())
    return cells


def unquoted(cell: str) -> str:
    """Return a cell without the mark that keeps spreadsheets from computing with it."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(DANGEROUS) else cell


def _folded(name: str) -> str:
    return "_".join(unquoted(name.strip()).casefold().split())
