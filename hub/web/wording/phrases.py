"""Sentences known by their English words, whatever is filled in, said in the page's language."""

import re
from collections.abc import Callable, Iterable
from functools import cache

from hub.web.wording.language import gettext

HOLE = re.compile(r"%\\\((\w+)\\\)s")

Part = Callable[[str, str], str]
"""Says what is filled in, by its name, where that is words of ours too."""


def as_it_is(_name: str, value: str) -> str:
    """Say what is filled in as it came."""
    return value


def say(message: str, *, among: Iterable[str], part: Part = as_it_is) -> str | None:
    """Return a sentence in the language of the page; None for one that is not among these.

    They are tried in their order: what is said more exactly comes before what would also fit.
    """
    for known in among:
        if found := _shape(known).fullmatch(message):
            filled = {name: part(name, value) for name, value in found.groupdict().items()}
            return gettext(known, **filled)
    return None


def is_known(message: str, *, among: Iterable[str]) -> bool:
    """Say whether a sentence is among these."""
    return any(_shape(known).fullmatch(message) for known in among)


@cache
def _shape(known: str) -> re.Pattern[str]:
    return re.compile(HOLE.sub(r"(?P<\1>.+?)", re.escape(known)), re.DOTALL)
