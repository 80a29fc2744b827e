"""Texts set in lines that fit where they stand on paper; whatever they hold, none is markup."""

from collections.abc import Iterator, Sequence

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable

from hub.web.documents.fonts import set_in_font, width_of


class Text(Flowable):
    """A text of its own, set in the letters and at the distances of a style.

    reportlab's Paragraph reads markup, of which we have none, and breaks its lines anew each time
    it is measured, cut and drawn: fifty packing slips took twice as long with it.
    """

    def __init__(self, text: str, style: ParagraphStyle) -> None:
        super().__init__()
        self.text, self.style = text, style
        self.lines: Sequence[str] = ()

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Break the text into lines as wide as there is room, and say how much room it takes."""
        self.lines = broken(self.text, style=self.style, width=width).split("\n")
        self.width, self.height = width, len(self.lines) * self.style.leading
        return self.width, self.height

    def split(self, width: float, height: float) -> list[Flowable]:
        """Cut the text after the last line there is room for; give nothing if there is for none."""
        self.wrap(width, height)
        fitting = int(height // self.style.leading)
        if not fitting:
            return []
        parts = (self.lines[:fitting], self.lines[fitting:])
        return [Text("\n".join(part), self.style) for part in parts if part]

    def draw(self) -> None:
        """Set line below line."""
        style, at = self.style, self.height - self.style.fontSize
        self.canv.setFont(style.fontName, style.fontSize)
        self.canv.setFillColor(style.textColor)
        for line in self.lines:
            self.canv.drawString(0, at, line)
            at -= style.leading


def broken(text: str, *, style: ParagraphStyle, width: float) -> str:
    """Write a text in the letters there are, in lines no wider than so many points.

    Lines break between words; a word that is too long for a line of its own breaks anywhere.
    """
    lines = set_in_font(text).split("\n")
    return "\n".join(part for line in lines for part in _parts(line, style, width))


def _parts(line: str, style: ParagraphStyle, width: float) -> Iterator[str]:
    words = [word for word in line.split(" ") if word]
    if _fits(whole := " ".join(words), style, width):
        yield whole
        return
    begun = ""
    for word in words:
        longer = f"{begun} {word}" if begun else word
        if _fits(longer, style, width):
            begun = longer
            continue
        if begun:
            yield begun
        *full, begun = _pieces(word, style, width)
        yield from full
    yield begun


def _pieces(word: str, style: ParagraphStyle, width: float) -> list[str]:
    """Cut a word into pieces that fit; a place too narrow for a letter still gets one a line."""
    if _fits(word, style, width):
        return [word]
    pieces = [""]
    for letter in word:
        if pieces[-1] and not _fits(pieces[-1] + letter, style, width):
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _fits(text: str, style: ParagraphStyle, width: float) -> bool:
    return width_of(text, font=style.fontName, size=style.fontSize) <= width
