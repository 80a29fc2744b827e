"""Which of our goods a word nobody knows may mean: to choose from, and never decided by."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from rapidfuzz import fuzz, process

from hub.domain.mail.mail_known import Sold
from hub.domain.mail.review_lines import Suggested

MOST = 3
LEAST = 60
"""Per cent of likeness below which nothing is suggested."""


class Goods:
    """Everything we sell, to be searched for what resembles some words."""

    def __init__(self, catalogue: Iterable[Sold]) -> None:
        self._sold = tuple(catalogue)
        self._codes = [each.sku.casefold() for each in self._sold]
        self._titles = [each.title.casefold() for each in self._sold]

    def like(self, *, sku: str, title: str) -> tuple[Suggested, ...]:
        """Return up to three goods whose code or name resembles what was written, best first."""
        by_code = _alike(sku, self._codes, scorer=fuzz.ratio)
        by_name = _alike(title or sku, self._titles, scorer=fuzz.token_set_ratio)
        ranked = sorted(
            by_code.keys() | by_name.keys(),
            key=lambda at: (
                -max(by_code.get(at, 0), by_name.get(at, 0)),
                self._sold[at].sku,
            ),
        )
        chosen: dict[str, Suggested] = {}
        for at in ranked:
            is_code = by_code.get(at, 0) >= by_name.get(at, 0)
            item, why = self._sold[at].sku, "similar_code" if is_code else "similar_name"
            chosen.setdefault(item, Suggested(item=item, why=why))
            if len(chosen) == MOST:
                break
        return tuple(chosen.values())


def _alike(
    words: str, choices: Sequence[str], *, scorer: Callable[..., float]
) -> Mapping[int, float]:
    """Return how much each choice resembles some words, by its place, where it does at all."""
    if not words:
        return {}
    found = process.extract(
        words.casefold(), choices, scorer=scorer, score_cutoff=LEAST, limit=None
    )
    return {at: score for _, score, at in found}
