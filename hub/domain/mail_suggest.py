"""Which of our goods a word nobody knows may mean: to choose from, and never decided by."""

from collections.abc import Iterable

from rapidfuzz import fuzz

from hub.domain.mail_known import Sold
from hub.domain.review_lines import Suggested

MOST = 3
LEAST = 60
"""Per cent of likeness below which nothing is suggested."""


def suggest(*, sku: str, title: str, catalogue: Iterable[Sold]) -> tuple[Suggested, ...]:
    """Return up to three goods whose code or name resembles what was written, best first."""
    ranked = sorted(
        (_weigh(each, sku=sku, title=title) for each in catalogue),
        key=lambda weighed: (-weighed[0], weighed[1].item),
    )
    chosen: dict[str, Suggested] = {}
    for score, suggested in ranked:
        if score >= LEAST and len(chosen) < MOST:
            chosen.setdefault(suggested.item, suggested)
    return tuple(chosen.values())


def _weigh(sold: Sold, *, sku: str, title: str) -> tuple[float, Suggested]:
    code, words = sku.casefold(), (title or sku).casefold()
    by_code = fuzz.ratio(code, sold.sku.casefold()) if code else 0
    by_name = fuzz.token_set_ratio(words, sold.title.casefold()) if sold.title else 0
    why = "similar_code" if by_code >= by_name else "similar_name"
    return max(by_code, by_name), Suggested(item=sold.sku, why=why)
