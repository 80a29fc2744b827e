"""What the owners are written to about, and when the same thing is news again."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What needs somebody; letters are grouped by it."""

    SHORTAGE = "shortage"
    AT_RISK = "at_risk"
    RECONNECT = "reconnect"
    FAILURE = "failure"
    """A message that was given up or waits for a person."""
    REVIEW = "review"


AGAIN_AFTER = timedelta(hours=24)
"""What went away and comes back within that time is not told twice: plans waver."""
NAMED = 10
"""So many things are named in a letter; the rest are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One thing that needs somebody now."""

    kind: Kind
    subject: str
    """Its id and, where it can be so twice, since when: another subject is another letter."""
    name: str
    what: str = ""
    """The kind of news that was not taken, as the outbox calls it."""
    detail: str = ""
    quantity: int = 0
    """Thousandths of `unit`, where something is short; days, where something is late."""
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the owners were told of before."""

    kind: Kind
    subject: str
    gone_at: datetime | None


def news(
    signals: Collection[Signal], *, told: Collection[Told], now: datetime
) -> Mapping[Kind, list[Signal]]:
    """Return what the owners do not know yet, by kind, in the order given."""
    known = {(each.kind, each.subject): each for each in told}
    found: dict[Kind, list[Signal]] = {}
    for signal in signals:
        before = known.get((signal.kind, signal.subject))
        if before is None or is_forgotten(before.gone_at, now=now):
            found.setdefault(signal.kind, []).append(signal)
    return found


def is_forgotten(gone_at: datetime | None, *, now: datetime) -> bool:
    """Say whether something went away so long ago that its coming back is news."""
    return gone_at is not None and gone_at <= now - AGAIN_AFTER
