"""What a listing means in our items: the one sure answer, or ranked suggestions with reasons.

Nothing here guesses. A SKU that means two different things is nobody's answer, and a
suggestion waits for a person, however likely it looks.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from rapidfuzz import fuzz

from mapping.bundle import Component, Components, tidy, times
from mapping.canonical import ListingRef
from mapping.listing import barcode_key, sku_key
from mapping.units import UnitProblem

ONE_PIECE = 1000
SAME_BARCODE = 95
"""Behind the same SKU, which people choose themselves, and before all that only resembles."""
SAME_STEM = 70
DECIDED_BEFORE = 3
"""What a person said counts so much more than what an item is called."""
ALIKE = 60
"""Titles that resemble each other by less than this many per cent are not suggested."""

_PACK = re.compile(
    r"\b(?:pack|set|box|caja|lote)\s*(?:of|de)\s*([0-9]{1,3})\b"
    r"|\b([0-9]{1,3})\s*-?\s*(?:pack|pk|pcs)\b"
    r"|(?<![0-9] )\bx ?([0-9]{1,3})\b"
    r"|\b([0-9]{1,3}) ?x\b(?! ?[0-9])"
)
"""Ways to say how many are in it, in words made of plain tokens; "10 x 20 cm" is a size."""
_TOKEN = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"[0-9]+")


class How(StrEnum):
    """What made a listing's meaning certain."""

    LISTING = "listing"
    ACCOUNT_SKU = "account_sku"
    SKU_ANYWHERE = "sku_anywhere"


class Why(StrEnum):
    """What keeps a listing's meaning open."""

    NO_MAPPING = "no_mapping"
    SKU_MEANS_TWO_THINGS = "sku_means_two_things"


class Hint(StrEnum):
    """What speaks for a suggestion."""

    SAME_SKU = "same_sku"
    SAME_BARCODE = "same_barcode"
    SKU_STEM = "sku_stem"
    TITLE = "title"
    PACK = "pack"
    DECIDED = "decided"
    """A person said so of something alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The listing means this; empty components mean that nothing is made for it."""

    components: Components
    how: How


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """A person has to say what the listing means."""

    why: Why
    candidates: tuple[Components, ...] = ()
    """The answers that contradict each other, where there are several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Something whose meaning is known: another listing, or an item by its own code and name."""

    components: Components
    sku: str
    title: str
    variant_title: str = ""
    barcode: str = ""
    said_by: str = ""
    """Who said so, where a person did: user:<id>."""
    said_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One thing that speaks for a suggestion: which hint, and the words or number it rests on."""

    hint: Hint
    about: str
    who: str = ""
    at: datetime | None = None
    """Who said it and when, of what a person decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What a listing might mean, and why."""

    components: Components
    reasons: tuple[Reason, ...]
    score: int
    """From 0 to 100, only to rank by."""


def match(
    ref: ListingRef,
    *,
    own: Components | None,
    same_account: Iterable[Components],
    anywhere: Iterable[Components],
) -> Matched | Unmatched:
    """Say what a listing means: its own mapping, else its SKU's in the account, else anywhere.

    `own` is what a person said of this very listing. `same_account` holds what the account's
    other listings with the same `sku_key` mean; `anywhere` the same of every account, and the
    item whose own code it is. Answers that differ are never chosen between, and then no wider
    circle is asked. Without a SKU only `own` counts.
    """
    if own is not None:
        return Matched(components=tidy(own), how=How.LISTING)
    if not sku_key(ref.sku):
        return Unmatched(why=Why.NO_MAPPING)
    for how, known in ((How.ACCOUNT_SKU, same_account), (How.SKU_ANYWHERE, anywhere)):
        answers = {tidy(components): None for components in known}
        if len(answers) > 1:
            return Unmatched(why=Why.SKU_MEANS_TWO_THINGS, candidates=tuple(answers))
        for components in answers:
            return Matched(components=components, how=how)
    return Unmatched(why=Why.NO_MAPPING)


def own_code(item_id: int, *, base: str) -> Components | None:
    """Say what an item's own code means as a SKU: one piece of it.

    None where pieces do not apply: nobody knows how many grams a listing of soap base holds.
    """
    return (Component(item_id=item_id, quantity=ONE_PIECE),) if base == "each" else None


def suggest(
    ref: ListingRef, *, known: Iterable[Known], barcode: str = "", most: int = 5
) -> tuple[Suggestion, ...]:
    """Rank what a listing might mean by what is known already, best first, with the reasons.

    `barcode` is the listing's own, as its channel's catalogue states it. The same one elsewhere is
    a strong hint and no more: shops copy them from product to product.

    A thing whose numbers disagree is never suggested: 100 ml is not 10 ml, however alike the
    words. A listing that says it is a pack is suggested as that many of the single piece.
    The answer does not depend on the order of `known`.
    """
    best: dict[Components, Suggestion] = {}
    for candidate in known:
        found = _weigh(ref, candidate, barcode=barcode)
        if found and found.components:
            held = best.get(found.components)
            best[found.components] = max(held, found, key=_rank) if held else found
    return tuple(sorted(best.values(), key=_rank, reverse=True)[:most])


def _rank(suggestion: Suggestion) -> tuple[int, tuple[tuple[int, int], ...], str]:
    what = tuple((-c.item_id, -c.quantity) for c in suggestion.components)
    return suggestion.score, what, "".join(reason.about for reason in suggestion.reasons)


def _weigh(ref: ListingRef, known: Known, *, barcode: str) -> Suggestion | None:
    if sku_key(ref.sku) and sku_key(ref.sku) == sku_key(known.sku):
        same = (Reason(hint=Hint.SAME_SKU, about=known.sku), *_decided(known))
        return Suggestion(components=tidy(known.components), reasons=same, score=100)
    packed = _pieces_more(ref, known)
    reasons, score = _likeness(ref, known, barcode=barcode)
    if packed is None or not reasons:
        return None
    if packed > 1:
        reasons = (*reasons, Reason(hint=Hint.PACK, about=str(packed)))
    try:
        components = tidy(times(known.components, pieces=packed))
    except UnitProblem:
        return None
    decided = _decided(known)
    bonus = DECIDED_BEFORE if decided else 0
    return Suggestion(
        components=components, reasons=(*reasons, *decided), score=min(99, score + bonus)
    )


def _decided(known: Known) -> tuple[Reason, ...]:
    if not known.said_by:
        return ()
    about = " · ".join(filter(None, (known.title, known.variant_title))) or known.sku
    return (Reason(hint=Hint.DECIDED, about=about, who=known.said_by, at=known.said_at),)


def _likeness(
    ref: ListingRef, known: Known, *, barcode: str
) -> tuple[tuple[Reason, ...], int]:
    reasons, scores = [], [0]
    if barcode_key(barcode) and barcode_key(barcode) == barcode_key(known.barcode):
        reasons.append(Reason(hint=Hint.SAME_BARCODE, about=known.barcode.strip()))
        scores.append(SAME_BARCODE)
    stem = _stem(ref.sku, known.sku)
    if stem:
        reasons.append(Reason(hint=Hint.SKU_STEM, about=stem))
        scores.append(SAME_STEM)
    alike = _alike(
        _title(ref.title, ref.variant_title), _title(known.title, known.variant_title)
    )
    if alike >= ALIKE:
        reasons.append(Reason(hint=Hint.TITLE, about=known.title))
        scores.append(alike * 9 // 10)
    return tuple(reasons), max(scores)


def _stem(sku: str, other: str) -> str:
    """Return the shorter SKU when the other goes on where it ends: LAV-100ML and LAV-100ML-X6."""
    shorter, longer = sorted((_tokens(sku), _tokens(other)), key=len)
    is_stem = bool(shorter) and len(shorter) < len(longer)
    return "-".join(shorter) if is_stem and longer[: len(shorter)] == shorter else ""


def _pieces_more(ref: ListingRef, known: Known) -> int | None:
    """Say how many of the known thing the listing holds; None when their numbers disagree."""
    pack, sizes = counted(_all_words(ref))
    other, other_sizes = counted(_all_words(known))
    if other not in {pack, 1}:
        return None
    if sizes and other_sizes and not (sizes <= other_sizes or sizes >= other_sizes):
        return None
    return pack // other


@lru_cache(maxsize=16_384)
def counted(words: str) -> tuple[int, frozenset[str]]:
    """Say how many words speak of, and which other numbers stand among them.

    It remembers: one thing is held against all that resemble it.
    """
    pack = _pack(words)
    return pack, frozenset(_NUMBER.findall(words)) - {str(pack)}


def _pack(words: str) -> int:
    found = _PACK.search(words)
    return max(1, int(next(filter(None, found.groups())))) if found else 1


def _all_words(said: ListingRef | Known) -> str:
    return f"{_title(said.title, said.variant_title)} {' '.join(_tokens(said.sku))}"


def _title(title: str, variant_title: str) -> str:
    return " ".join(_tokens(f"{title} {variant_title}"))


@lru_cache(maxsize=16_384)
def _tokens(text: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(text.casefold()))


def _alike(title: str, other: str) -> int:
    """Say how much of two titles is the same, in per cent; 0 below ALIKE."""
    if not title or not other:
        return 0
    return int(fuzz.ratio(title, other, score_cutoff=ALIKE))
