"""Webhooks on their way out of a pretend shop: what happened, and the message it became."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, with its body frozen at that moment."""

    id: str
    topic: str
    body: dict[str, object]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A message ready to leave."""

    url: str
    topic: str
    event_id: str
    webhook_id: str
    body: bytes
    headers: dict[str, str] = field(repr=False)


class Listener(Protocol):
    """A wish to be told of a topic. One whose owner is `api` ends when it cannot be told."""

    id: int
    topic: str
    owner: str
    failures: int


def fresh_uuid(rng: Random) -> str:
    """Make a UUID from the shop's own dice, so that a seed repeats a day."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))
