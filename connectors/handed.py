"""Whole messages a channel's box hands over, and where each lies in it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A whole message a channel's list hands over, and where it lies there."""

    message_id: str
    """The same for the same message, however often and by whichever way it comes."""
    body: bytes
    folder: str
    validity: int
    """Numbers in a folder mean something only together with this (UIDVALIDITY)."""
    number: int
    size: int
    """Bytes as the channel counts them; `body` may be the headers alone (`is_whole`)."""
    is_whole: bool = True
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedPage:
    """Some messages of a list, and where the next ones begin."""

    messages: tuple[Handed, ...]
    cursor: str
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """Where a message lies after it was filed."""

    folder: str
    """The folder's own full name there."""
    validity: int | None
    number: int | None
    """Both None where the channel does not tell."""
