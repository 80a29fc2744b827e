"""A list taken away: what its filters show, sorted as shown, as CSV or as a spreadsheet."""

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal

from flask import Response
from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from sqlalchemy.orm import Session

from hub.models.sorted_pages import Part, sorted_page
from hub.web.documents import safe_csv
from hub.web.language import gettext
from hub.web.lists.asking import Asked
from hub.web.lists.spec import Cell, Column, ListSpec, RecordT

MOST_ROWS = 10_000
AT_ONCE = 500
LONGEST_CELL = 32_767
"""Characters a spreadsheet's cell holds (Excel specifications and limits)."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS: Mapping[str, str] = {"csv": safe_csv.MEDIA_TYPE, "xlsx": XLSX}


def give_file(
    session: Session, spec: ListSpec[RecordT], *, asked: Asked, kind: str, zone: tzinfo
) -> Response:
    """Answer with a list as a file; one that was cut says so in its name."""
    columns = taken(spec, is_for_people=asked.wish.is_for_people)
    rows = list(_cells(session, spec, asked=asked))
    name = f"{spec.file}-first-{MOST_ROWS}" if len(rows) > MOST_ROWS else spec.file
    table = [
        [_local(row.get(each.key), zone) for each in columns] for row in rows[:MOST_ROWS]
    ]
    heads = [gettext(each.label) for each in columns]
    body = write_xlsx(heads, table) if kind == "xlsx" else safe_csv.write_csv(heads, table)
    return Response(
        body,
        content_type=KINDS[kind],
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{kind}"',
            "Cache-Control": "no-store",
        },
    )


def taken(spec: ListSpec[RecordT], *, is_for_people: bool) -> list[Column]:
    """Return the columns somebody may take away."""
    return [
        each
        for each in spec.columns
        if each.is_taken and (is_for_people or not each.is_for_people)
    ]


def write_xlsx(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """Write a spreadsheet. Text stays text: no cell of it is ever a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    sheet.append([_text(sheet, head, is_head=True) for head in heads])
    for row in rows:
        sheet.append(
            [_text(sheet, cell) if isinstance(cell, str) else cell for cell in row]
        )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text(sheet: WriteOnlyWorksheet, text: str, *, is_head: bool = False) -> SheetCell:
    clean = ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST_CELL]
    cell = WriteOnlyCell(sheet, clean)
    cell.data_type = "s"  # what begins with = would be calculated
    if is_head:
        cell.font = Font(bold=True)
    return cell


def _cells(
    session: Session, spec: ListSpec[RecordT], *, asked: Asked
) -> Iterator[Mapping[str, Cell]]:
    """Say every row, one more than are given: so that a list that was cut is known."""
    query, place, seen = spec.query(session, asked.wish), None, 0
    while seen <= MOST_ROWS:
        found = sorted_page(
            session,
            query,
            record=spec.record,
            sorting=asked.sorting,
            part=Part(limit=AT_ONCE, after=place),
            options=spec.options,
        )
        yield from spec.cells(session, found.rows, asked.wish)
        seen += len(found.rows)
        place = found.after
        session.expunge_all()
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
