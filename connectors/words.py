"""Foreign words made fit to show and to log: short, one line, no secrets, no people."""

import re
from collections.abc import Iterable
from functools import cached_property

LONGEST = 200

_MAIL_ADDRESS = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+")
_TOKEN_LIKE = re.compile(r"(?<![\w-])(?=[\w-]*\d)[\w-]{20,}(?![\w-])")
_QUERY_STRING = re.compile(r"(https?://[^\s?#]+)[?#]\S*")


def plain_words(text: str, *, hide: Iterable[str] = ()) -> str:
    """Cut what a channel said down to at most 200 safe characters.

    Mail addresses, query strings and anything that looks like a token (20 characters or
    more with a digit among them) are blotted out, as is every string named in `hide`.
    """
    for secret in filter(None, hide):
        text = text.replace(secret, "…")
    text = _QUERY_STRING.sub(r"\1", text)
    text = _MAIL_ADDRESS.sub("…", text)
    text = _TOKEN_LIKE.sub("…", text)
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


class Phrasebook:
    """What a channel is known to say when it refuses: of its answers only this is ever shown.

    An answer may hold anything: what we sent, a buyer's street, another shop's token. So it is
    never quoted. It is searched for whole phrases and names (fields, scopes, codes) the channel's
    documents have, and what is found is said in our own copy of them.
    """

    def __init__(self, *, phrases: Iterable[str], names: Iterable[str] = ()) -> None:
        self._phrases = tuple(sorted(phrases, key=len, reverse=True))
        self._names = frozenset(names)

    def known(self, said: str) -> str:
        """Return the phrases and names a text holds, in our copy; nothing of it otherwise."""
        left, found = " ".join(said.split()).casefold(), list[str]()
        for phrase in self._phrases:
            if phrase.casefold() in left:
                found.append(phrase)
                left = left.replace(phrase.casefold(), "\n")
        names = {self._by_case.get(word, "") for word in _NAME.findall(left)} - {""}
        parts = (". ".join(found), ", ".join(sorted(names)))
        told = ": ".join(filter(None, parts))
        return told if len(told) <= LONGEST else told[: LONGEST - 1].rstrip() + "…"

    @cached_property
    def _by_case(self) -> dict[str, str]:
        return {name.casefold(): name for name in self._names}


_NAME = re.compile(r"\w+")
