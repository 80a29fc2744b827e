"""What a person does at a channel to let us in, told in every language we speak.

The text lives with its channel (`connectors/<channel>/guide.py`), so that a new channel brings
its own. It is data: it holds no addresses of ours, only the names of what a page fills in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Shows(StrEnum):
    """What a step shows to be copied letter by letter; the page knows it, the guide does not."""

    SCOPES = "scopes"
    """The permissions the channel's spec names, one by one and all together."""
    CALLBACK = "callback"
    """Where the channel's own page sends its owner back to."""
    WEBHOOK = "webhook"
    """Where it sends its messages to; known once the connection is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One sentence or a few, in each language of the pages."""

    en: str
    es: str

    def spoken(self, language: str) -> str:
        """Return them in a language; in English where there is no such."""
        return self.es if language == "es" else self.en

    def all(self) -> Mapping[str, str]:
        """Return them by language."""
        return {"en": self.en, "es": self.es}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do there: where to press, what to tick, what to copy."""

    words: Words
    shows: Shows | None = None
    copies: tuple[str, ...] = ()
    """Fixed text to be pasted there, such as the names of events."""
    between: str = ","
    """What stands between the scopes when all are copied at once."""
    after: bool = False
    """True: it is done once the connection is made, because it needs its address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One of several ways in, and for whom it is."""

    title: Words
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """How to let us in; the first way is the one most people want."""

    about: Words
    """One line for the page on which a channel is chosen."""
    ways: tuple[Way, ...]
    page: str = ""
    """The page of theirs on which it begins."""
