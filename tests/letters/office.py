"""Writes the spreadsheets, CSV files and PDFs that buyers attach."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import SimpleDocTemplate, Table, TableStyle

Cell = str | int | float | None
Row = Sequence[Cell]

_TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels"
 ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{main}"/>
{sheets}</Types>"""
_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MACROS = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_SHEET_TYPE = (
    '<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>\n'
)
_RELS = """<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
{each}</Relationships>"""
_REL = (
    '<Relationship Id="rId{n}" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/{kind}" Target="{target}"{more}/>\n'
)
_HIDDEN = ' state="hidden"'
_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_BOOK_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def xlsx(
    *sheets: Sequence[Row],
    macros: bool = False,
    extra: Iterable[tuple[str, bytes]] = (),
    formulas: bool = False,
    external: bool = False,
    hidden: frozenset[int] = frozenset(),
) -> bytes:
    """Write a workbook; text is inline, numbers are numbers, None is no cell."""
    numbers = range(1, len(sheets) + 1)
    book = "".join(
        f'<sheet name="Hoja{n}" sheetId="{n}" r:id="rId{n}"'
        f"{_HIDDEN if n in hidden else ''}/>"
        for n in numbers
    )
    rels = "".join(
        _REL.format(n=n, kind="worksheet", target=f"worksheets/sheet{n}.xml", more="")
        for n in numbers
    )
    if external:
        rels += _REL.format(
            n=99, kind="externalLink", target="http://evil.example/x",
            more=' TargetMode="External"',
        )  # fmt: skip
    files = {
        "[Content_Types].xml": _TYPES.format(
            main=_MACROS if macros else _MAIN,
            sheets="".join(_SHEET_TYPE.format(n=n) for n in numbers),
        ),
        "_rels/.rels": _RELS.format(
            each=_REL.format(n=1, kind="officeDocument", target="xl/workbook.xml", more="")
        ),
        "xl/workbook.xml": f'<?xml version="1.0" encoding="UTF-8"?><workbook '
        f'xmlns="{_SPREADSHEET}" xmlns:r="{_BOOK_RELS}"><sheets>{book}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _RELS.format(each=rels),
    }
    for n, rows in zip(numbers, sheets, strict=True):
        files[f"xl/worksheets/sheet{n}.xml"] = _sheet(rows, formulas=formulas)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book_file:
        for name, content in files.items():
            book_file.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        for name, data in extra:
            book_file.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _sheet(rows: Sequence[Row], *, formulas: bool) -> str:
    body = "".join(
        f'<row r="{number}">{_cells(row, number, formulas=formulas)}</row>'
        for number, row in enumerate(rows, start=1)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{_SPREADSHEET}">'
        f"<sheetData>{body}</sheetData></worksheet>"
    )


def _cells(row: Row, number: int, *, formulas: bool) -> str:
    made = []
    for column, value in enumerate(row):
        at = f"{chr(ord('A') + column)}{number}"
        if value is None:
            continue
        if isinstance(value, int | float):
            formula = f"<f>{value}*1</f>" if formulas else ""
            made.append(f'<c r="{at}">{formula}<v>{value}</v></c>')
        else:
            made.append(
                f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">'
                f"{escape(value)}</t></is></c>"
            )
    return "".join(made)


def csv(rows: Sequence[Row], *, by: str = ";", encoding: str = "cp1252") -> bytes:
    """Write a CSV as Excel in Spain does, unless told otherwise."""
    text = "".join(
        by.join("" if cell is None else str(cell) for cell in row) + "\r\n" for row in rows
    )
    return text.encode(encoding)


def pdf_ruled(
    rows: Sequence[Row],
    *,
    above: Sequence[str] = (),
    below: Sequence[str] = (),
    password: str = "",
) -> bytes:
    """Write a PDF with a table in lines, and text above and below it."""
    out = io.BytesIO()
    table = Table([["" if c is None else str(c) for c in row] for row in rows])
    table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)]))

    def write(canvas: Canvas, _: object) -> None:
        for number, line in enumerate(above):
            canvas.drawString(60, 810 - 14 * number, line)
        for number, line in enumerate(below):
            canvas.drawString(60, 120 - 14 * number, line)

    made = SimpleDocTemplate(
        out, pagesize=A4, topMargin=90 + 14 * len(above), invariant=1,
        encrypt=StandardEncryption(password, canPrint=0) if password else None,
    )  # fmt: skip
    made.build([table], onFirstPage=write)
    return out.getvalue()


def pdf_text(
    pages: Sequence[Sequence[str]], *, columns: Sequence[int] = (), fine: int = 10
) -> bytes:
    """Write a PDF of plain lines; with `columns` each line is cut at | and set in columns."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    for page in pages:
        canvas.setFont("Helvetica", fine)
        for number, line in enumerate(page):
            y = 800 - 16 * number
            if columns and "|" in line:
                for x, word in zip(columns, line.split("|"), strict=False):
                    canvas.drawString(x, y, word.strip())
            else:
                canvas.drawString(50, y, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def pdf_scanned() -> bytes:
    """Write a PDF that is a picture: marks on a page, and no word of text."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    for row in range(30):
        canvas.rect(50, 780 - 20 * row, 300 + (row * 37) % 150, 8, fill=1)
    canvas.showPage()
    canvas.save()
    return out.getvalue()
