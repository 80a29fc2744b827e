"""Finds the codes and words of our goods wherever they stand in a mail."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hub.domain.mail.mail_known import Known
from hub.domain.mail.mail_meaning import NOBODY
from hub.domain.mail.mail_words import squash, words_of
from mapping.listing import sku_key

SHORTEST = 4
"""Codes shorter than this are looked for as whole words only: they stand in too many others."""
_LONGEST_TITLE = 12
"""Words of a title that are looked at: names of goods have fewer."""


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
        self._whole = squashed
        self._lengths: dict[str, set[int]] = {}
        for plain in self._parts:
            self._lengths.setdefault(plain[:SHORTEST], set()).add(len(plain))

    def among(self, lines: Sequence[Line]) -> dict[int, set[str]]:
        """Return which lines (by index) speak of which goods (SKU keys)."""
        found = ((index, self.within(line.text)) for index, line in enumerate(lines))
        return {index: named for index, named in found if named}

    def within(self, text: str) -> set[str]:
        """Return the goods (SKU keys) a text speaks of.

        It is walked once, however many goods there are: what begins like one of our names is
        looked up at the lengths such names have.
        """
        plain, found = squash(text), set()
        for at in range(len(plain) - SHORTEST + 1):
            for length in self._lengths.get(plain[at : at + SHORTEST], ()):
                key = self._parts.get(plain[at : at + length])
                if key is not None:
                    found.add(key)
        if self._words:
            found |= {self._words[word] for word in words_of(text) if word in self._words}
        return found

    def another_in(self, title: str, *, beside: Iterable[str]) -> bool:
        """Say whether some words of a title name other goods than the names beside it do.

        A title that is wholly one of our names was compared with them when it was looked up.
        """
        if self.of_cell(title) is not None:
            return False
        several = words_of(title)[:_LONGEST_TITLE]
        runs = (
            "".join(several[start:end])
            for start in range(len(several))
            for end in range(start + 1, len(several) + 1)
        )
        named = {self._whole[run] for run in runs if run in self._whole}
        own = set(map(self.of_cell, beside))
        return any(self._means[each] not in own for each in named)

    def of_cell(self, cell: str) -> object:
        """Return what a cell names; None where it is none of our codes or words."""
        return self._means.get(sku_key(cell))
