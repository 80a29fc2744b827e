"""Lines of a mail that only say again what its order lines say: repeats, and counts of pieces."""

from collections.abc import Collection, Iterable

from hub.domain.mail.mail_quantity import PIECES
from hub.domain.mail.mail_words import fold, tokens

_SUMS = frozenset(["total", "totales", "suma", "subtotal", "sum"])


class Said:
    """What the lines that were understood say, to be asked whether it holds another line."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._lines = [tokens(text) for text in texts]
        self._with: dict[str, list[int]] = {}
        for number, words in enumerate(self._lines):
            for word in words:
                self._with.setdefault(word, []).append(number)

    def holds(self, text: str) -> bool:
        """Say whether a line says nothing but what one of them says."""
        words = tokens(text)
        if not words:
            return bool(self._lines)
        having = min((self._with.get(word, []) for word in words), key=len)
        return any(words <= self._lines[number] for number in having)


def counts_pieces(text: str) -> bool:
    """Say whether a line says how many pieces there are in all: "Total unidades: 18"."""
    words = _words(text)
    return _adds_up(words) and any(word in PIECES for word in words)


def is_sum(text: str, *, of: Collection[int]) -> bool:
    """Say whether a line only counts what was ordered: "Total: 18 uds".

    `of` has what each part of the mail orders in all.
    """
    words = _words(text)
    numbers = [word for word in words if any(c.isdigit() for c in word)]
    return _adds_up(words) and len(numbers) == 1 and numbers[0] in map(str, of)


def _words(text: str) -> list[str]:
    return fold(text).replace(":", " ").replace("=", " ").split()


def _adds_up(words: list[str]) -> bool:
    return any(word in _SUMS for word in words[:2])
