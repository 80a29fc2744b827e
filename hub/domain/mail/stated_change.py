"""A change that one line of a mail states whole: of this, from so many to so many."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hub.domain.mail.mail_quantity import PACKS
from hub.domain.mail.mail_words import fold

_NUMBER = r"(?<![\w.,-])([0-9]{1,6})(?![\w-]|[.,]\d)"
_WORD = r"(?: (?!a\b|to\b)([^\W\d]+))?"
_FORWARDS = re.compile(rf"\b(?:de|from) {_NUMBER}{_WORD} (?:a|to) {_NUMBER}{_WORD}")
_ARROW = re.compile(rf"{_NUMBER}() ?(?:->|=>|→) ?{_NUMBER}{_WORD}")
_INSTEAD = re.compile(
    rf"{_NUMBER}{_WORD}(?:,)? (?:en vez de|en lugar de|instead of) {_NUMBER}{_WORD}"
)

_NOT = re.compile(r"\b(?:no|not|don'?t|never|nunca|sin)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedChange:
    """What a line says is to be changed, and to what."""

    sku: str
    """As the order writes it."""
    was: int
    becomes: int
    """Pieces."""


def stated_change(text: str, *, ordered: Mapping[str, int]) -> StatedChange | None:
    """Read a change that leaves nothing to guess.

    None unless the line names exactly one of the SKUs `ordered`, says once from how many to how
    many pieces, denies nothing, and the order still has the number the line starts from.
    """
    said = fold(text)
    named = [sku for sku in ordered if sku and _names(said, sku)]
    steps = list(_steps(said))
    if len(named) != 1 or len(steps) != 1 or _NOT.search(said):
        return None
    was, becomes = steps[0]
    if ordered[named[0]] != was:
        return None
    return StatedChange(sku=named[0], was=was, becomes=becomes)


def _names(said: str, sku: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(fold(sku))}(?![\w-])", said) is not None


def _steps(said: str) -> Iterator[tuple[int, int]]:
    """Yield every (from, to) of pieces; packs are nobody's pieces."""
    for pattern, is_forwards in ((_FORWARDS, True), (_ARROW, True), (_INSTEAD, False)):
        for first, of_first, second, of_second in pattern.findall(said):
            if {of_first, of_second} & PACKS:
                continue
            pair = int(first), int(second)
            yield pair if is_forwards else (pair[1], pair[0])
