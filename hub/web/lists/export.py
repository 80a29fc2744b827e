"""A list taken away: what its filters show, sorted as shown, as CSV or as a spreadsheet."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from itertools import chain
from tempfile import TemporaryFile
from typing import IO

from flask import Response
from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from sqlalchemy.orm import Session

from hub.models.sorted_pages import Part, count_up_to, sorted_page
from hub.web.documents import safe_csv
from hub.web.documents.given_files import give_csv, give_whole
from hub.web.lists.asking import Asked
from hub.web.lists.spec import Cell, Column, ListSpec, RecordT
from hub.web.page_door import PageDoor

MOST_ROWS = 10_000
AT_ONCE = 500
LONGEST_CELL = 32_767
"""Characters a spreadsheet's cell holds (Excel specifications and limits)."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = frozenset({"csv", "xlsx"})


def give_file(
    door: PageDoor, session: Session, spec: ListSpec[RecordT], *, asked: Asked, kind: str
) -> Response:
    """Answer with a list as a file; one that was cut says so in its name."""
    query = spec.query(session, asked.wish)
    is_cut = count_up_to(session, query, most=MOST_ROWS + 1) > MOST_ROWS
    name = f"{spec.file}-first-{MOST_ROWS}" if is_cut else spec.file
    columns = taken(spec, is_for_people=asked.wish.is_for_people)
    heads = [each.name for each in columns]
    pages = _pages(door, spec, columns, asked=asked)
    if kind == "csv":
        return give_csv(safe_csv.csv_pieces(heads, pages), name=name)
    book = write_xlsx(heads, chain.from_iterable(pages))
    return give_whole(book, name=f"{name}.xlsx", media_type=XLSX)


def taken(spec: ListSpec[RecordT], *, is_for_people: bool) -> list[Column]:
    """Return the columns somebody may take away."""
    return [
        each
        for each in spec.columns
        if each.is_taken and (is_for_people or not each.is_for_people)
    ]


def write_xlsx(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> IO[bytes]:
    """Write a spreadsheet to a file of its own. Text stays text: no cell is ever a formula.

    Rows go to the disk as they come, so that ten thousand take no more memory than ten.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    sheet.append([_text(sheet, head, is_head=True) for head in heads])
    for row in rows:
        sheet.append(
            [_text(sheet, cell) if isinstance(cell, str) else cell for cell in row]
        )
    out = TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    book.save(out)
    out.seek(0)
    return out


def _text(sheet: WriteOnlyWorksheet, text: str, *, is_head: bool = False) -> SheetCell:
    clean = ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST_CELL]
    cell = WriteOnlyCell(sheet, clean)
    cell.data_type = "s"  # what begins with = would be calculated
    if is_head:
        cell.font = Font(bold=True)
    return cell


def _pages(
    door: PageDoor, spec: ListSpec[RecordT], columns: Sequence[Column], *, asked: Asked
) -> Iterator[list[list[Cell]]]:
    """Read the rows page by page, each in a transaction of its own.

    Whoever takes the file slowly holds none open: a database that waits for them closes it.
    """
    zone, place, left = door.zone, None, MOST_ROWS
    while left > 0:
        with door.reading() as session:
            found = sorted_page(
                session,
                spec.query(session, asked.wish),
                record=spec.record,
                sorting=asked.sorting,
                part=Part(limit=min(AT_ONCE, left), after=place),
                options=spec.options,
            )
            rows = spec.cells(session, found.rows, asked.wish)
        yield [[_local(row.get(each.key), zone) for each in columns] for row in rows]
        place, left = found.after, left - len(found.rows)
        if place is None:
            return


def _local(cell: Cell, zone: tzinfo) -> Cell:
    """Say a moment as the clock in the workshop does; spreadsheets know no zones."""
    if isinstance(cell, datetime):
        return cell.astimezone(zone).replace(tzinfo=None, microsecond=0)
    return cell


def amount(thousandths: int) -> Decimal:
    """Say a quantity as a number of its base unit."""
    return Decimal(thousandths) / 1000
