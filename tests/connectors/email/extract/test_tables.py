"""Tables of orders, whatever they came in: sheets, CSV, HTML and PDF."""

import io
import zipfile
from collections.abc import Sequence

import pytest
from reportlab.lib import colors
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, TableStyle
from reportlab.platypus import Table as Drawn

from connectors.email.extract.extract import extract
from connectors.email.extract.extracted import Extracted
from connectors.email.extract.sheets import csv_rows
from connectors.email.parts import Kind, Part
from mapping.letter import Draft, Source

Rows = Sequence[Sequence[str | float]]


def xlsx(*sheets: Rows, hidden: bool = False) -> bytes:
    """Write a workbook as Excel does, with strings inside the cells."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    numbers = range(1, len(sheets) + 1)
    state = ' state="hidden"' if hidden else ""
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        f'relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{kinds}.'
        'sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        + "".join(
            f'<sheet name="S{n}" sheetId="{n}" r:id="r{n}"{state if n > 1 else ""}/>'
            for n in numbers
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        + "".join(
            f'<Relationship Id="r{n}" Type="{office}/worksheet" Target="worksheets/s{n}.xml"/>'
            for n in numbers
        )
        + "</Relationships>",
    }
    for n, rows in zip(numbers, sheets, strict=True):
        body = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
        files[f"xl/worksheets/s{n}.xml"] = (
            f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>'
        )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, words in files.items():
            archive.writestr(name, words)
    return packed.getvalue()


def cell(value: str | float) -> str:
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
    return f"<c><v>{value}</v></c>"


def pdf(rows: Sequence[Sequence[str]], *, ruled: bool, above: Sequence[str] = ()) -> bytes:
    written = io.BytesIO()
    style = getSampleStyleSheet()["Normal"]
    lines = [("GRID", (0, 0), (-1, -1), 1, colors.black)] if ruled else []
    table = Drawn([list(row) for row in rows], style=TableStyle(lines), repeatRows=1)
    SimpleDocTemplate(written).build([*(Paragraph(line, style) for line in above), table])
    return written.getvalue()


def read(kind: Kind, data: bytes, *, text: str = "") -> Extracted:
    return extract([Part(id="3", kind=kind, data=data, text=text, name="order")])


def csv_draft(text: str) -> Draft:
    [draft] = read(Kind.CSV, text.encode()).drafts
    return draft


def ordered(draft: Draft) -> list[tuple[str, str, str]]:
    return [(line.sku, line.quantity, line.unit) for line in draft.lines]


def test_headings_need_not_stand_in_the_first_row_and_totals_are_no_lines() -> None:
    book = xlsx(
        [
            ["Pedido nº", "4711"],
            ["Fecha de entrega", "12/12/2026"],
            [],
            ["Referencia", "Descripción", "Cantidad", "Precio", "Importe"],
            ["LAV-100ML", "Jabón", 6.0, 4.5, 27.0],
            ["PNT-RED-1L", "Pintura", "", 8.0, ""],
            ["", "Portes", "", "", 5.0],
            ["", "Subtotal", "", "", 27.0],
            ["", "IVA 21%", "", "", 5.67],
        ]
    )

    [draft] = read(Kind.SHEET, book).drafts

    assert ordered(draft) == [("LAV-100ML", "6", "")]
    assert (draft.source, draft.unread) == (Source.SHEET, ())
    assert (draft.po_number, draft.requested) == ("4711", "12/12/2026")
    assert draft.total == "27"
    assert draft.lines[0].place.start == 4


def test_hidden_sheets_are_not_read_and_each_shown_one_is_an_order_of_its_own() -> None:
    form: Rows = [["SKU", "Qty"], ["LAV-100ML", 6.0]]
    other: Rows = [["SKU", "Qty"], ["PNT-RED-1L", 3.0]]

    shown = read(Kind.SHEET, xlsx(form, other))
    hidden = read(Kind.SHEET, xlsx(form, other, hidden=True))

    assert [draft.part for draft in shown.drafts] == ["3", "3#2"]
    assert [ordered(draft) for draft in hidden.drafts] == [[("LAV-100ML", "6", "")]]


def test_a_cell_far_out_is_refused_before_everything_up_to_it_is_laid_out() -> None:
    near, far = xlsx([["SKU", "Qty"]]), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(near)) as given, zipfile.ZipFile(far, "w") as made:
        for name in given.namelist():
            out = b'<row><c r="XFD1048576"><v>1</v></c></row></sheetData>'
            made.writestr(name, given.read(name).replace(b"</sheetData>", out))

    assert read(Kind.SHEET, far.getvalue()).troubles == {
        "3": "it has too many rows or columns"
    }


def test_a_decimal_of_a_cell_is_never_written_like_thousands() -> None:
    [draft] = read(Kind.SHEET, xlsx([["SKU", "Qty"], ["LAV-100ML", 1.125]])).drafts

    assert draft.lines[0].quantity == "1.1250"


@pytest.mark.parametrize("mark", [";", ",", "\t", "|"])
@pytest.mark.parametrize("charset", ["utf-8-sig", "cp1252"])
def test_csv_is_read_in_any_of_its_marks_and_charsets(mark: str, charset: str) -> None:
    rows = [["Código", "Descripción", "Uds"], ["LAV-100ML", "Jabón", "6"]]
    data = "\n".join(mark.join(row) for row in rows).encode(charset)

    assert csv_rows(data) == tuple(map(tuple, rows))


@pytest.mark.parametrize(
    "text,lines",
    [
        ("Ref;Cajas\nA-10;2\n", [("A-10", "2", "Cajas")]),
        ("Ref;Cantidad (cajas)\nA-10;2\n", [("A-10", "2", "cajas")]),
        ("Ref;Cantidad;Unidad\nA-10;2;cajas\n", [("A-10", "2", "cajas")]),
        ("Ref;Cantidad;Ud\nA-10;2;cajas\n", [("A-10", "2", "cajas")]),
        ("Ref;Cantidad\nA-10;2 cajas de 12\n", [("A-10", "2", "cajas de 12")]),
        ("Ref;Cantidad;Uds/caja\nA-10;2;12\n", [("A-10", "2", "Uds/caja 12")]),
        ("Ref;Cantidad;Uds/caja\nA-10;2;1\n", [("A-10", "2", "")]),
        ("Ref;Cantidad\nA-10;doce\n", [("A-10", "doce", "")]),
        ("Artículo;Cantidad\nLAV-100ML;2\n", [("LAV-100ML", "2", "")]),
        ("Artículo;Descripción;Cant.\nLAV;Jabón;2\n", [("LAV", "2", "")]),
        ("#;SKU;Qty\n1;A-10;2\n2;B-10;3\n", [("A-10", "2", ""), ("B-10", "3", "")]),
        ("SKU;Qty\nA-10;2\nSKU;Qty\nB-10;3\n", [("A-10", "2", ""), ("B-10", "3", "")]),
        ("SKU;Qty\nA-10;0\nB-10;-\nC-10;\nD-10;1\n", [("D-10", "1", "")]),
        ("SKU;Qty\nA-10;2\nB-10;3\n;5\n", [("A-10", "2", ""), ("B-10", "3", "")]),
    ],
)
def test_units_headings_and_empty_quantities(
    text: str, lines: list[tuple[str, str, str]]
) -> None:
    draft = csv_draft(text)

    assert ordered(draft) == lines
    assert draft.unread == ()


@pytest.mark.parametrize(
    "text,rows",
    [
        ("SKU;Qty\nA-10;2\n;7\n", [2]),
        ("SKU;Qty;Notas\nA-10;2;solo si hay\n", [1]),
        ("SKU;Qty\nA-10;2;cancelado\n", [1]),
        ("SKU;Cantidad;Qty\nA-10;2;3\n", [1]),
        ("SKU;Qty\nA-10;2\nponed también 6 LAV-100ML más;\n", [2]),
    ],
)
def test_rows_that_are_not_understood_are_unread(text: str, rows: list[int]) -> None:
    assert [place.start for place in csv_draft(text).unread] == rows


def test_two_different_tables_in_one_sheet_are_two_drafts() -> None:
    drafts = read(Kind.CSV, b"SKU;Qty\nA-10;2\n\nSKU;Name;Qty\nB-10;Soap;3\n").drafts

    assert [ordered(draft) for draft in drafts] == [
        [("A-10", "2", "")],
        [("B-10", "3", "")],
    ]


def test_the_sum_of_the_pieces_is_no_total_of_money() -> None:
    assert csv_draft("SKU;Qty\nA-10;2\nTOTAL;2\n").total == ""


@pytest.mark.parametrize(
    "kind,data",
    [
        (Kind.CSV, b"just;words\nno;headings\n"),
        (Kind.CSV, b"a\x00b;c\n"),
        (Kind.CSV, b"SKU;Qty\n" + b"A;1\n" * 3_000),
        (Kind.SHEET, b"PK\x03\x04 broken"),
        (Kind.SHEET, b""),
        (Kind.SHEET, xlsx([["Tarifa", "2027"], ["LAV-100ML", 4.5]])),
        (Kind.PDF, b"%PDF-1.7 broken"),
        (Kind.PDF, b""),
    ],
)
def test_a_file_that_cannot_be_read_is_a_trouble(kind: Kind, data: bytes) -> None:
    found = read(kind, data)

    assert (found.drafts, list(found.troubles)) == ((), ["3"])


HTML = (
    "<table><tr><td>Hola<table>"
    "<tr><th>Ref</th><th colspan=2>Descripción</th><th>Cant.</th></tr>"
    "<tr><td>LAV-<b>100</b>ML</td><td>Jabón</td><td></td><td>6</td></tr>"
    "<tr style='display: none'><td>B-10</td><td>x</td><td></td><td>9</td></tr>"
    "</table></td></tr></table>"
)


def test_a_table_inside_a_layout_table_is_read_once_and_not_again_as_text() -> None:
    found = read(
        Kind.HTML, HTML.encode(), text="Hola\nRef Descripción Cant.\nLAV-100ML Jabón 6"
    )

    [draft] = found.drafts
    assert (draft.source, draft.part) == (Source.HTML, "3#1")
    assert ordered(draft) == [("LAV-100ML", "6", "")]


def test_a_cell_that_reaches_over_two_rows_leaves_the_second_without_a_name() -> None:
    html = (
        "<table><tr><th>SKU</th><th>Qty</th></tr><tr><td rowspan=2>A-10</td><td>2</td></tr>"
        "<tr><td>7</td></tr></table>"
    )

    [draft] = read(Kind.HTML, html.encode()).drafts

    assert ordered(draft) == [("A-10", "2", "")]
    assert [place.start for place in draft.unread] == [2]


def test_text_beside_an_html_table_is_a_draft_of_its_own() -> None:
    found = read(
        Kind.HTML, HTML.encode(), text="LAV-100ML Jabón 6\nY también 3 x PNT-RED-1L"
    )

    assert [draft.source for draft in found.drafts] == [Source.HTML, Source.TEXT]
    assert ordered(found.drafts[1]) == [("PNT-RED-1L", "3", "")]


ROWS = [
    ["Ref", "Descripción", "Cantidad", "Precio", "Importe"],
    ["LAV-100ML", "Jabón de lavanda", "6", "4,50", "27,00"],
    ["PNT-RED-1L", "Pintura roja", "3", "8,00", "25,00"],
]


def test_a_ruled_pdf_is_read_as_drawn() -> None:
    [draft] = read(Kind.PDF, pdf(ROWS, ruled=True, above=["PO 4711"])).drafts

    assert ordered(draft) == [("LAV-100ML", "6", ""), ("PNT-RED-1L", "3", "")]
    assert (draft.po_number, draft.unread) == ("4711", ())


def test_of_an_unruled_pdf_only_rows_whose_sums_are_right_are_read() -> None:
    found = read(Kind.PDF, pdf(ROWS, ruled=False))

    [draft] = found.drafts
    assert ordered(draft) == [("LAV-100ML", "6", "")]
    [place] = draft.unread
    assert found.tables[0].rows[place.start][0] == "PNT-RED-1L"


def test_headings_repeated_on_every_page_are_one_order() -> None:
    rows = [ROWS[0], *([f"A-{n}", "Jabón", "1", "2,00", "2,00"] for n in range(100, 160))]

    [draft] = read(Kind.PDF, pdf(rows, ruled=True)).drafts

    assert (len(draft.lines), draft.unread) == (60, ())


def test_a_scanned_pdf_is_a_trouble() -> None:
    written = io.BytesIO()
    canvas = Canvas(written)
    canvas.rect(10, 10, 100, 100)
    canvas.save()

    assert read(Kind.PDF, written.getvalue()).troubles == {"3": "scanned: it holds no text"}


def test_a_pdf_of_too_many_pages_is_a_trouble() -> None:
    written = io.BytesIO()
    canvas = Canvas(written)
    for _ in range(21):
        canvas.drawString(10, 10, "pedido")
        canvas.showPage()
    canvas.save()

    assert read(Kind.PDF, written.getvalue()).troubles == {"3": "it has more than 20 pages"}


def test_a_pdf_that_seems_to_order_without_a_table_is_said_to() -> None:
    written = io.BytesIO()
    canvas = Canvas(written)
    canvas.drawString(50, 700, "Pedido: 6 x LAV-100ML")
    canvas.save()

    found = read(Kind.PDF, written.getvalue())

    assert found.troubles == {"3": "no table of an order was found in it"}
    assert [place.start for place in found.drafts[0].unread] == [0]
