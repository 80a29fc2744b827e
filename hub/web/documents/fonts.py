"""The letters documents are set in: Bitstream Vera, free to use, which reportlab brings."""

import unicodedata
from functools import cache

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

PLAIN, BOLD = "Vera", "VeraBd"
MISSING = "?"


@cache
def known_letters() -> frozenset[str]:
    """Register the fonts, once, and say which letters both have; a line may end too."""
    faces = []
    for name in (PLAIN, BOLD):
        font = TTFont(name, f"{name}.ttf")
        pdfmetrics.registerFont(font)
        faces.append(frozenset(map(chr, font.face.charToGlyph)))
    return frozenset.intersection(*faces) | {"\n"}


def width_of(text: str, *, font: str, size: float) -> float:
    """Say how many points wide a text will be."""
    known_letters()
    return pdfmetrics.stringWidth(text, font, size)


def set_in_font(text: str) -> str:
    """Write a text with the letters there are.

    A letter the font lacks loses its accent (Wałęsa becomes Wałesa), and what has none becomes a
    question mark: a name is then told by the order's number, and the tables have it whole.
    """
    written = unicodedata.normalize("NFC", text)
    if known_letters().issuperset(written):
        return written
    return "".join(map(_letter, written))


def _letter(letter: str) -> str:
    if letter in known_letters():
        return letter
    bare = unicodedata.normalize("NFKD", letter)
    found = "".join(each for each in bare if each in known_letters())
    return found or ("" if unicodedata.combining(letter) else MISSING)
