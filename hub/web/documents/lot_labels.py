"""Labels of a lot, for a printer of labels or on sheets: its name and code, to read and scan."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from hub.models.shipping.paper_views import Labelled
from hub.web.documents.fonts import BOLD, PLAIN, known_letters, set_in_font
from hub.web.documents.frame import Look, best_before, qr
from hub.web.wording.formats import write_quantity
from hub.web.wording.language import gettext

PAD = 2 * mm
QR_SIZE = 17 * mm
BAR_HEIGHT = 6 * mm
MOST_LABELS = 240
CODE_SIZES = (9.0, 8.0, 7.0, 6.0)
"""In points: a code that is read aloud is as large as it can be on one line."""
ONE = "label"
"""Labels of a lot are all the same: drawn once, and put in every place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What labels are printed on: the paper, how many lie on it, and where the first one does."""

    page: tuple[float, float]
    label: tuple[float, float]
    columns: int = 1
    rows: int = 1
    left: float = 0
    top: float = 0
    pitch: float = 0
    """From one column to the next; rows touch each other."""


SIZES: Mapping[str, Stock] = {
    "62x29": Stock(page=(62 * mm, 29 * mm), label=(62 * mm, 29 * mm)),
    "a4": Stock(
        page=A4, label=(63.5 * mm, 33.9 * mm), columns=3, rows=8, left=7.25 * mm,
        top=12.9 * mm, pitch=66 * mm,
    ),
}  # fmt: skip
"""A roll of 62 x 29 mm, and sheets of 3 x 8 labels of 63.5 x 33.9 mm as most makers sell them."""


def lot_labels_pdf(found: Labelled, *, size: str, count: int, look: Look) -> bytes:
    """Draw so many equal labels of a lot."""
    known_letters()
    stock = SIZES[size]
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=stock.page, invariant=1)
    canvas.setTitle(set_in_font(f"{gettext('Label')} {found.lot.code}"))
    a_page = stock.columns * stock.rows
    canvas.beginForm(ONE)
    _label(canvas, found, stock=stock, look=look)
    canvas.endForm()
    for number in range(count):
        place = number % a_page
        if number and not place:
            canvas.showPage()
        row, column = divmod(place, stock.columns)
        x = stock.left + column * stock.pitch
        y = stock.page[1] - stock.top - (row + 1) * stock.label[1]
        canvas.saveState()
        canvas.translate(x, y)
        canvas.doForm(ONE)
        canvas.restoreState()
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def is_for_bars(code: str) -> bool:
    """Say whether a code can be written as Code 128: plain letters, and not too many."""
    return code.isascii() and code.isprintable() and 0 < len(code) <= 24


def _label(canvas: Canvas, found: Labelled, *, stock: Stock, look: Look) -> None:
    wide, high = stock.label
    text_width = wide - QR_SIZE - 3 * PAD
    top = high - PAD
    drawing = qr(found.lot.code, size=QR_SIZE)
    renderPDF.draw(drawing, canvas, wide - QR_SIZE - PAD, top - QR_SIZE)
    line = _writer(canvas, x=PAD, top=top)
    for part in _broken(set_in_font(found.item.name), BOLD, 8, text_width)[:2]:
        line(part, BOLD, 8)
    code = set_in_font(found.lot.code)
    size = _largest(code, width=text_width)
    for part in _broken(code, BOLD, size, text_width):
        line(part, BOLD, size)
    for words in _words(found, look=look):
        line(_fitted(set_in_font(words), PLAIN, 6, text_width), PLAIN, 6)
    if is_for_bars(found.lot.code):
        _bars(canvas, found.lot.code, x=PAD, y=PAD, most=wide - 2 * PAD)


def _words(found: Labelled, *, look: Look) -> list[str]:
    allergens = ", ".join(str(each) for each in found.item.allergens)
    words = [
        best_before(found.lot.best_before),
        write_quantity(found.on_hand, found.item.unit),
        gettext("Allergens: %(names)s", names=allergens) if allergens else "",
        look.name,
    ]
    return [each for each in words if each]


def _writer(canvas: Canvas, *, x: float, top: float) -> Callable[[str, str, float], None]:
    at = top

    def line(text: str, font: str, size: float) -> None:
        nonlocal at
        at -= size * 1.15
        canvas.setFont(font, size)
        canvas.drawString(x, at, text)

    return line


def _largest(code: str, *, width: float) -> float:
    """Choose the largest letters that keep a code on one line, else the smallest there are."""
    fitting = (size for size in CODE_SIZES if stringWidth(code, BOLD, size) <= width)
    return next(fitting, CODE_SIZES[-1])


def _broken(text: str, font: str, size: float, width: float) -> list[str]:
    """Break a text into lines: between words, and a word that is wider than a line within it."""
    lines: list[str] = []
    for line in simpleSplit(text, font, size, width):
        rest = line
        while stringWidth(rest, font, size) > width:
            most = next(
                n for n in range(len(rest), 0, -1)
                if n == 1 or stringWidth(rest[:n], font, size) <= width
            )  # fmt: skip
            lines.append(rest[:most])
            rest = rest[most:]
        lines.append(rest)
    return lines


def _fitted(text: str, font: str, size: float, width: float) -> str:
    """Return as much of a text as one line holds."""
    lines = _broken(text, font, size, width)
    if len(lines) <= 1:
        return "".join(lines)
    return f"{_broken(text, font, size, width - stringWidth(' …', font, size))[0]} …"


def _bars(canvas: Canvas, code: str, *, x: float, y: float, most: float) -> None:
    bars = Code128(code, barHeight=BAR_HEIGHT, barWidth=0.33 * mm, quiet=False)
    if bars.width > most:
        thin = 0.33 * mm * most / bars.width
        bars = Code128(code, barHeight=BAR_HEIGHT, barWidth=thin, quiet=False)
    bars.drawOn(canvas, x, y)
