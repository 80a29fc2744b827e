"""What is known laid out by its words: what may resemble a listing, found among thousands."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from heapq import nlargest

from mapping.canonical import ListingRef
from mapping.listing import barcode_key, search_words
from mapping.match import Known, Suggestion, suggest

FEW = 64
"""So many are simply all compared."""
MOST = 32
"""Of the rest so many are compared, those that share the rarest words."""
ENOUGH = 1500
"""Once so many were looked at, words that are commoner tell nothing new."""
_TOKEN = re.compile(r"[^\W_]+")


class Memory:
    """All whose meaning is known. Made once for a page; asked once for each listing on it."""

    def __init__(self, known: Iterable[tuple[Known, str]]) -> None:
        """Lay out what is known; with each its words as `search_words` folds them."""
        self._known: list[Known] = []
        self._held: dict[str, list[int]] = defaultdict(list)
        for place, (each, words) in enumerate(known):
            self._known.append(each)
            for token in {*_TOKEN.findall(words), *_barcode(each.barcode)}:
                self._held[token].append(place)

    def __len__(self) -> int:
        """Count what is known."""
        return len(self._known)

    def suggest(
        self, ref: ListingRef, *, barcode: str = "", most: int = 5
    ) -> tuple[Suggestion, ...]:
        """Rank what a listing might mean, best first, as `mapping.match.suggest` does."""
        return suggest(
            ref, known=self._near(ref, barcode=barcode), barcode=barcode, most=most
        )

    def _near(self, ref: ListingRef, *, barcode: str) -> Sequence[Known]:
        if len(self._known) <= FEW:
            return self._known
        words = search_words(ref.title, ref.variant_title, ref.sku)
        tokens = {*_TOKEN.findall(words), *_barcode(barcode)}
        held = sorted((self._held[each] for each in tokens if each in self._held), key=len)
        weight: dict[int, float] = defaultdict(float)
        looked = 0
        for places in held:
            if looked > ENOUGH:
                break
            share = 1 / len(places)
            looked += len(places)
            for place in places:
                weight[place] += share
        best = nlargest(MOST, weight, key=lambda place: (weight[place], -place))
        return [self._known[place] for place in best]


def _barcode(barcode: str) -> tuple[str, ...]:
    key = barcode_key(barcode) if barcode else ""
    return (key,) if key else ()
