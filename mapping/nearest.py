"""Which of thousands of known things share the rarest words with what somebody asks about."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

KeyT = TypeVar("KeyT")
AskT = TypeVar("AskT")

FEW = 64
"""So many are simply all compared."""
MOST = 24
"""Of more so many are compared, those that share the rarest words."""
ENOUGH = 600
"""Once so many were looked at, words that are commoner tell nothing new."""


def nearest(
    known: Sequence[tuple[KeyT, str]], *, asked: Mapping[AskT, str]
) -> dict[AskT, list[KeyT]]:
    """Return, for each that is asked about, what is known that may resemble it.

    Words are those of `mapping.listing.search_words`, parted by blanks. It looks once at all that
    is known, and then only at what shares a word.
    """
    if len(known) <= FEW:
        return {each: [key for key, _ in known] for each in asked}
    wanted = {word for words in asked.values() for word in words.split()}
    held: dict[str, list[int]] = defaultdict(list)
    for place, (_, words) in enumerate(known):
        for word in wanted.intersection(words.split()):
            held[word].append(place)
    return {
        each: [known[place][0] for place in _best(words.split(), held)]
        for each, words in asked.items()
    }


def _best(words: Iterable[str], held: Mapping[str, list[int]]) -> list[int]:
    weight: dict[int, float] = defaultdict(float)
    looked = 0
    for places in sorted((held[each] for each in {*words} if each in held), key=len):
        if looked > ENOUGH:
            break
        looked += len(places)
        share = 1 / len(places)
        for place in places[: ENOUGH * 4]:
            weight[place] += share
    return sorted(weight, key=weight.__getitem__, reverse=True)[:MOST]
