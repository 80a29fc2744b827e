"""Finds the codes and words of our goods wherever they stand in a mail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.domain.mail_known import Known
from hub.domain.mail_meaning import NOBODY
from hub.domain.mail_words import squash, tokens
from mapping.listing import sku_key

SHORTEST = 4
"""Codes shorter than this are looked for as whole words only: they stand in too many others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a text, or a row of a table."""

    part: str
    start: int
    end: int
    text: str


class Names:
    """Everything that names one of our goods, to be found in any text."""

    def __init__(self, known: Known) -> None:
        aliases = (known.customer or NOBODY).aliases
        keys = {*known.catalogue, *aliases}
        self._means: Mapping[str, object] = {
            key: (aliases.get(key) or known.catalogue[key]).holds for key in keys
        }
        squashed = {squash(key): key for key in keys}
        self._words = {
            plain: key
            for plain, key in squashed.items()
            if len(plain) < SHORTEST or plain.isdigit()
        }
        self._parts = {
            plain: key
            for plain, key in squashed.items()
            if plain and plain not in self._words
        }

    def among(self, lines: Sequence[Line]) -> dict[int, set[str]]:
        """Return which lines (by index) speak of which goods (SKU keys)."""
        found: dict[int, set[str]] = {}
        plain = [squash(line.text) for line in lines]
        everything = "\n".join(plain)
        for name, key in self._parts.items():
            if name in everything:
                for index, text in enumerate(plain):
                    if name in text:
                        found.setdefault(index, set()).add(key)
        if self._words:
            for index, line in enumerate(lines):
                for word in tokens(line.text) & self._words.keys():
                    found.setdefault(index, set()).add(self._words[word])
        return found

    def of_cell(self, cell: str) -> object:
        """Return what a cell names; None where it is none of our codes or words."""
        return self._means.get(sku_key(cell))


def names_in(text: str, known: Known) -> set[str]:
    """Return the SKU keys of our goods that a text speaks of."""
    line = Line(part="", start=0, end=len(text), text=text)
    return Names(known).among([line]).get(0, set())
