"""Sheets of XLSX, XLS, ODS and CSV as rows of text."""

import csv
import io
import math
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from mapping.letter import MOST_CELLS, MOST_ROWS

MOST_SHEETS = 10
MOST_CSV = 2_000_000
"""Bytes of a CSV file: two thousand rows are far less."""
MOST_CHARACTERS = 2_000
MOST_UNPACKED = 50_000_000
FARTHEST_ROW = 100_000
_CELL_NAME = re.compile(rb"""\br\s{0,9}=\s{0,9}["']([A-Z]{1,9})([0-9]{1,9})["']""")
DELIMITERS = ";,\t|"

Rows = tuple[tuple[str, ...], ...]
_Cell = int | float | str | bool | time | date | datetime | timedelta


class Unreadable(Exception):
    """A file that is no sheet, or more of one than anybody reads."""


def sheets_of(data: bytes) -> list[tuple[str, Rows]]:
    """Return every visible sheet with its name and what its cells say.

    :raises Unreadable: it is damaged, encrypted or too big.
    """
    try:
        return _sheets(data)
    except Unreadable:
        raise
    except BaseException as error:
        # The reader is written in Rust; where that panics, Python sees no Exception.
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise Unreadable("it cannot be opened as a sheet") from error


def _refuse_far_cells(data: bytes) -> None:
    """Refuse a workbook with a cell far out: the reader lays out everything before it."""
    if not data.startswith(b"PK"):
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            if not entry.filename.startswith("xl/worksheets/"):
                continue
            if entry.file_size > MOST_UNPACKED:
                raise Unreadable("it is too big")
            for cell in _CELL_NAME.finditer(archive.read(entry)):
                if len(cell[1]) > 2 or int(cell[2]) > FARTHEST_ROW:
                    raise Unreadable("it has too many rows or columns")


def _sheets(data: bytes) -> list[tuple[str, Rows]]:
    _refuse_far_cells(data)
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        shown = [
            each.name
            for each in book.sheets_metadata
            if each.typ is SheetTypeEnum.WorkSheet
            and each.visible is SheetVisibleEnum.Visible
        ]
        if len(shown) > MOST_SHEETS:
            raise Unreadable("it has too many sheets")
        found: list[tuple[str, Rows]] = []
        for name in shown:
            sheet = book.get_sheet_by_name(name)
            if sheet.height > MOST_ROWS or sheet.width > MOST_CELLS:
                raise Unreadable("it has too many rows or columns")
            found.append((name, _rows(sheet.to_python(nrows=MOST_ROWS))))
    return found


def _rows(rows: Iterable[Sequence[_Cell]]) -> Rows:
    return tuple(tuple(map(_written, row)) for row in rows)


def _written(cell: _Cell) -> str:
    """Write a cell so that nobody reads a decimal as thousands: 1.125 becomes 1.1250."""
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            return _number(cell)
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime() | date() | time():
            return cell.isoformat()
        case _:
            return str(cell)[:MOST_CHARACTERS]


def _number(cell: float) -> str:
    if not math.isfinite(cell):
        return str(cell)
    if cell == int(cell) and abs(cell) < 1e15:
        return str(int(cell))
    plain = format(Decimal(format(cell, ".15g")), "f")
    whole, _, decimals = plain.partition(".")
    return f"{whole}.{decimals}0" if len(decimals) == 3 else plain


def csv_rows(data: bytes) -> Rows:
    """Return the rows of a CSV file, whichever of `DELIMITERS` and of two encodings it is in.

    :raises Unreadable: it is too big, or no text.
    """
    if len(data) > MOST_CSV:
        raise Unreadable("it is too big")
    text = _decoded(data)
    if "\x00" in text:
        raise Unreadable("it is no text")
    delimiter = _delimiter(text)
    try:
        rows = list(_read(text, delimiter=delimiter))
    except csv.Error as error:
        raise Unreadable("it cannot be opened as CSV") from error
    if len(rows) > MOST_ROWS or any(len(row) > MOST_CELLS for row in rows):
        raise Unreadable("it has too many rows or columns")
    return tuple(tuple(cell[:MOST_CHARACTERS] for cell in row) for row in rows)


def _decoded(data: bytes) -> str:
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    """Pick what parts the first lines into the most rows of one width, more than one cell wide."""
    sample = "\n".join(text.splitlines()[:50])[:50_000]
    return max(DELIMITERS, key=lambda each: _evenness(sample, delimiter=each))


def _evenness(sample: str, *, delimiter: str) -> tuple[int, int]:
    try:
        widths = [len(row) for row in _read(sample, delimiter=delimiter)]
    except csv.Error:
        return 0, 0
    wide = [width for width in widths if width > 1]
    if not wide:
        return 0, 0
    common = max(set(wide), key=wide.count)
    return wide.count(common), common


def _read(text: str, *, delimiter: str) -> Iterator[list[str]]:
    for number, row in enumerate(
        csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    ):
        if number > MOST_ROWS:
            return
        yield row
