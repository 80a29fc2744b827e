"""The frame of every paper: its letters, its head with the workshop's name and colour, its feet."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from babel.dates import format_date
from reportlab import rl_config
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
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
    Table,
    TableStyle,
)
from reportlab.platypus import (
    Frame as Area,
)

from hub.domain.colour import OURS, WHITE, stand_out
from hub.web.documents.fonts import BOLD, PLAIN, known_letters, set_in_font
from hub.web.documents.lines import Text, broken
from hub.web.wording.language import gettext, locale

rl_config.useA85 = 0
"""What is compressed stays as it is, not written in letters again: no mail of 1990 carries it."""
MEDIA_TYPE = "application/pdf"
MARGIN = 16 * mm
WIDTH = A4[0] - 2 * MARGIN
HEAD_HEIGHT = 14 * mm
LOGO_HEIGHT, LOGO_WIDTH = 10 * mm, 50 * mm
LONGEST_CELL = 2_000
"""A text is cut after so many letters: no row may be taller than a page."""


Rows = list[list[str | Flowable]]
"""Cells of a table: texts, and what is drawn."""

TEXT = ParagraphStyle("text", fontName=PLAIN, fontSize=8, leading=10.5)
SMALL = ParagraphStyle("small", parent=TEXT, fontSize=7, leading=9, textColor=colors.grey)
FINE = ParagraphStyle("fine", parent=TEXT, fontSize=6, leading=8)
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
LEFT, RIGHT = 2, 3
"""Points a text in a table keeps from the edges of its cell."""
CELLS = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), LEFT),
    ("RIGHTPADDING", (0, 0), (-1, -1), RIGHT),
]
LINES = [
    ("LINEBELOW", (0, 0), (-1, 0), 0.8, colors.black),
    ("LINEBELOW", (0, 1), (-1, -1), 0.25, colors.grey),
]


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


def cell(text: str, style: ParagraphStyle = TEXT) -> Text:
    """Set a text, whatever it is, as a text."""
    return Text(_short(text), style)


def _short(text: str) -> str:
    return text.strip()[:LONGEST_CELL]


def table(
    header: Sequence[str],
    rows: Iterable[Sequence[str | Flowable]],
    widths: Sequence[float],
    *,
    style: ParagraphStyle = TEXT,
    head: ParagraphStyle = STRONG,
) -> Table:
    """Set rows under a header that comes again on every page; widths are shares of the page."""
    places = [(WIDTH * each, style) for each in widths]
    cells = [_row(header, [(width, head) for width, _ in places])]
    cells += [_row(row, places) for row in rows]
    made = Table(
        cells, colWidths=[width for width, _ in places], repeatRows=1, splitInRow=1
    )
    fonts = [_font(style, (0, 0), (-1, -1)), _font(head, (0, 0), (-1, 0))]
    made.setStyle(TableStyle([*CELLS, *LINES, *fonts]))
    return made


def facts(rows: Iterable[tuple[str, str]]) -> Table:
    """Set what is known, one fact a row; what is empty is left out."""
    places = [(WIDTH * 0.25, STRONG), (WIDTH * 0.75, TEXT)]
    known = [row for row in rows if row[1]] or [("", "")]
    made = Table(
        [_row(row, places) for row in known],
        colWidths=[width for width, _ in places],
        hAlign="LEFT",
    )
    fonts = [_font(STRONG, (0, 0), (0, -1)), _font(TEXT, (1, 0), (1, -1))]
    made.setStyle(TableStyle([*CELLS, *fonts]))
    return made


def _row(
    row: Sequence[str | Flowable], places: Sequence[tuple[float, ParagraphStyle]]
) -> list[str | Flowable]:
    """Break the texts of a row into lines, each as wide as its cell.

    A table sets lines itself at a third of what a paragraph in each cell takes: that one is parsed
    as markup and broken anew whenever the table is measured, cut and drawn.
    """
    return [
        broken(_short(each), style=style, width=width - LEFT - RIGHT)
        if isinstance(each, str)
        else each
        for each, (width, style) in zip(row, places, strict=True)
    ]


def _font(
    style: ParagraphStyle, first: tuple[int, int], last: tuple[int, int]
) -> tuple[str, tuple[int, int], tuple[int, int], str, float, float]:
    """Say in what letters cells stand.

    The leading is what a table counts with where it cuts a row that is taller than its page:
    reportlab's Table._splitCell takes 1.2 of the size for every line, whatever the style says.
    """
    return ("FONT", first, last, style.fontName, style.fontSize, 1.2 * style.fontSize)


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


def tick_box() -> Flowable:
    """Draw an empty box to tick by hand."""
    return _TickBox()


class _TickBox(Flowable):
    """A square drawn at once: a drawing of one is walked and copied before it is."""

    def __init__(self) -> None:
        super().__init__()
        self.width = self.height = 9

    def draw(self) -> None:
        """Draw the square."""
        self.canv.setStrokeColor(colors.black)
        self.canv.setLineWidth(1)
        self.canv.rect(0.5, 0.5, 8, 8)


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
