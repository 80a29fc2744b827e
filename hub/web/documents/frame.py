"""The frame of every paper: its letters, its head with the workshop's name and colour, its feet."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from babel.dates import format_date
from markupsafe import escape
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing, Rect
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Table,
    TableStyle,
)
from reportlab.platypus import (
    Frame as Area,
)

from hub.domain.colour import OURS, WHITE, stand_out
from hub.web.documents.fonts import BOLD, PLAIN, known_letters, set_in_font
from hub.web.wording.language import gettext, locale

MEDIA_TYPE = "application/pdf"
MARGIN = 16 * mm
WIDTH = A4[0] - 2 * MARGIN
HEAD_HEIGHT = 14 * mm
LOGO_HEIGHT, LOGO_WIDTH = 10 * mm, 50 * mm
LONGEST_CELL = 2_000
"""A text is cut after so many letters: no row may be taller than a page."""


Rows = list[list[str | Flowable]]
"""Cells of a table: texts, and what is drawn."""

TEXT = ParagraphStyle("text", fontName=PLAIN, fontSize=8, leading=10.5, splitLongWords=1)
SMALL = ParagraphStyle("small", parent=TEXT, fontSize=7, leading=9, textColor=colors.grey)
STRONG = ParagraphStyle("strong", parent=TEXT, fontName=BOLD)
LARGE = ParagraphStyle("large", parent=TEXT, fontSize=10, leading=13)
TITLE = ParagraphStyle("title", parent=STRONG, fontSize=16, leading=20, spaceAfter=4)
HEAD = ParagraphStyle(
    "head",
    parent=STRONG,
    fontSize=11,
    leading=14,
    spaceBefore=10,
    spaceAfter=4,
    keepWithNext=1,
)
LINES = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, colors.black),
        ("LINEBELOW", (0, 1), (-1, -1), 0.25, colors.grey),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How the workshop shows itself on paper."""

    name: str = ""
    colour: str = OURS
    logo: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One paper of a file: what its head says beside the workshop, and what is on it."""

    label: str
    story: Sequence[Flowable]
    page: str
    """The word for a page, in the language of the paper."""


def draw(sheets: Sequence[Sheet], *, title: str, look: Look) -> bytes:
    """Draw papers into one file; the same papers give the same bytes.

    Each starts on a page of its own and counts its own pages.
    """
    known_letters()
    out = io.BytesIO()
    document = BaseDocTemplate(
        out, pagesize=A4, title=set_in_font(title), author=set_in_font(look.name or "Hornada"),
        invariant=1,
    )  # fmt: skip
    story: list[Flowable] = []
    for number, sheet in enumerate(sheets):
        document.addPageTemplates(_template(sheet, number=number, look=look))
        if number:
            story += [NextPageTemplate(str(number)), PageBreak()]
        story += sheet.story
    document.build(story)
    return out.getvalue()


def sheet(label: str, story: Sequence[Flowable]) -> Sheet:
    """Make a paper in the language that is spoken now."""
    return Sheet(label=label, story=story, page=gettext("Page"))


def cell(text: str, style: ParagraphStyle = TEXT) -> Paragraph:
    """Set a text, whatever it is, as a text."""
    short = set_in_font(text.strip()[:LONGEST_CELL])
    safe = str(escape(short)).replace("\n", "<br/>")
    return Paragraph(safe, style)


def table(
    header: Sequence[str],
    rows: Iterable[Sequence[str | Flowable]],
    widths: Sequence[float],
    *,
    style: ParagraphStyle = TEXT,
) -> Table:
    """Set rows under a header that comes again on every page; widths are shares of the page."""
    cells: list[list[Flowable]] = [[cell(each, STRONG) for each in header]]
    cells += [
        [each if isinstance(each, Flowable) else cell(each, style) for each in row]
        for row in rows
    ]
    made = Table(
        cells, colWidths=[WIDTH * each for each in widths], repeatRows=1, splitInRow=1
    )
    made.setStyle(LINES)
    return made


def facts(rows: Iterable[tuple[str, str]]) -> Table:
    """Set what is known, one fact a row; what is empty is left out."""
    cells = [[cell(name, STRONG), cell(value)] for name, value in rows if value]
    if not cells:
        cells = [[cell("", STRONG), cell("")]]
    made = Table(cells, colWidths=[WIDTH * 0.25, WIDTH * 0.75], hAlign="LEFT")
    made.setStyle(
        TableStyle(
            [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 2)]
        )
    )
    return made


def beside(
    left: Flowable | list[Flowable], right: Flowable, *, share: float = 0.78
) -> Table:
    """Set something beside something small at the right edge."""
    made = Table([[left, right]], colWidths=[WIDTH * share, WIDTH * (1 - share)])
    made.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("ALIGN", (1, 0), (1, 0), "RIGHT"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ]
        )
    )
    return made


def qr(payload: str, *, size: float) -> Drawing:
    """Draw a QR code of a text, so many points wide."""
    widget = QrCodeWidget(payload, barLevel="M")
    left, bottom, right, top = widget.getBounds()
    scale = size / max(right - left, top - bottom)
    drawing = Drawing(size, size, transform=[scale, 0, 0, scale, 0, 0])
    drawing.add(widget)
    drawing.hAlign = "RIGHT"
    return drawing


def tick_box() -> Drawing:
    """Draw an empty box to tick by hand."""
    drawing = Drawing(9, 9)
    square = Rect(0.5, 0.5, 8, 8)
    square.fillColor, square.strokeColor = None, colors.black
    drawing.add(square)
    return drawing


def blank(height: float = 14) -> Flowable:
    """Leave a line to write on by hand."""
    made = Table([[""]], colWidths=["100%"], rowHeights=[height])
    made.setStyle(TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.5, colors.grey)]))
    return made


def best_before(day: date | None) -> str:
    """Write the day something keeps until; empty where nobody knows."""
    if day is None:
        return ""
    written = format_date(day, format="d MMM y", locale=locale())
    return gettext("best before %(day)s", day=written)


def _template(sheet: Sheet, *, number: int, look: Look) -> PageTemplate:
    first: list[int] = []

    def frame(canvas: Canvas, _document: BaseDocTemplate) -> None:
        first.append(canvas.getPageNumber()) if not first else None
        _head(canvas, sheet=sheet, look=look)
        _feet(canvas, sheet=sheet, page=canvas.getPageNumber() - first[0] + 1)

    height = A4[1] - 2 * MARGIN - HEAD_HEIGHT
    area = Area(
        MARGIN, MARGIN, WIDTH, height, leftPadding=0, rightPadding=0, topPadding=0,
        bottomPadding=0,
    )  # fmt: skip
    return PageTemplate(id=str(number), frames=[area], onPage=frame)


def _head(canvas: Canvas, *, sheet: Sheet, look: Look) -> None:
    top = A4[1] - MARGIN
    left = MARGIN
    if look.logo:
        picture = ImageReader(io.BytesIO(look.logo))
        wide, high = picture.getSize()
        scale = min(LOGO_HEIGHT / high, LOGO_WIDTH / wide)
        canvas.drawImage(
            picture, left, top - LOGO_HEIGHT, wide * scale, high * scale, mask="auto"
        )
        left += wide * scale + 3 * mm
    canvas.setFont(BOLD, 11)
    canvas.setFillColor(colors.HexColor(stand_out(look.colour or OURS, on=WHITE)))
    canvas.drawString(left, top - 7 * mm, set_in_font(look.name)[:60])
    canvas.setFillColor(colors.black)
    canvas.setFont(PLAIN, 9)
    canvas.drawRightString(A4[0] - MARGIN, top - 7 * mm, set_in_font(sheet.label)[:60])
    canvas.setStrokeColor(colors.HexColor(look.colour or OURS))
    canvas.setLineWidth(1.5)
    canvas.line(MARGIN, top - 11.5 * mm, A4[0] - MARGIN, top - 11.5 * mm)


def _feet(canvas: Canvas, *, sheet: Sheet, page: int) -> None:
    canvas.setFont(PLAIN, 7)
    canvas.setFillColor(colors.grey)
    words = set_in_font(f"{sheet.label} · {sheet.page} {page}")
    canvas.drawRightString(A4[0] - MARGIN, MARGIN - 6 * mm, words)
    canvas.setFillColor(colors.black)
