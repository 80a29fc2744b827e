"""Writes the spreadsheets that customers attach: the least that every program opens."""

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

Row = Sequence[str | int]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_OPEN = "http://schemas.openxmlformats.org"
_TYPES = (
    f'<Types xmlns="{_OPEN}/package/2006/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{XLSX}.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="'
    'application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_RELS = (
    f'<Relationships xmlns="{_OPEN}/package/2006/relationships"><Relationship Id="rId1"'
    f' Type="{_OPEN}/officeDocument/2006/relationships/%s" Target="%s"/></Relationships>'
)
_BOOK = (
    f'<workbook xmlns="{_OPEN}/spreadsheetml/2006/main"'
    f' xmlns:r="{_OPEN}/officeDocument/2006/relationships">'
    '<sheets><sheet name="1" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_SHEET = f'<worksheet xmlns="{_OPEN}/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'


def xlsx(rows: Sequence[Row]) -> bytes:
    """Write a workbook of one sheet: numbers as numbers, words as words.

    The same rows give the same bytes. Office Open XML, ECMA-376 part 1, 18.3.
    """
    files = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELS % ("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": _BOOK,
        "xl/_rels/workbook.xml.rels": _RELS % ("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": _SHEET % "".join(map(_row, rows)),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        for name, content in files.items():
            # A ZipInfo of its own carries no clock, so that a seed repeats a day.
            book.writestr(zipfile.ZipInfo(name), _HEAD + content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _row(row: Row) -> str:
    return f"<row>{''.join(map(_cell, row))}</row>"


def _cell(value: str | int) -> str:
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
