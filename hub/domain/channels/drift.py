"""Where what a channel shows differs from what we hold, found by comparing and by nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

SETTLING = timedelta(minutes=1)
"""A channel's view this much younger than what we told it must show what we told it."""


class Kind(StrEnum):
    """What differs."""

    ORDER = "order"
    """A version of an order that we have not read."""
    FULFILMENT = "fulfilment"
    """Pieces we told as sent, which the channel does not show as sent."""
    CANCEL = "cancel"
    """An order cancelled here and open there."""
    STOCK = "stock"
    """A listing that shows other pieces than we told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """An order as we hold it: what was told of it, by the channel's line ids."""

    is_cancelled: bool
    told: Mapping[str, int] = field(default_factory=dict)
    """Pieces that the channel took from us as sent."""
    told_at: datetime | None = None
    """When it took the last of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """An order as the channel shows it."""

    is_cancelled: bool
    is_over: bool
    """Nothing more of it is to be sent: archived, refunded, or every piece is sent."""
    seen_at: datetime
    """The moment for which this is surely true: its time of change, or when we asked."""
    sent: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that differs, in words for a person."""

    kind: Kind
    ours: str
    theirs: str


def compare_order(ours: Ours, *, theirs: Theirs) -> tuple[Difference, ...]:
    """Find what differs between our view of an order and the channel's.

    A view from before the channel can have taken what we told says nothing about it.
    """
    found = []
    if ours.is_cancelled and not theirs.is_cancelled and not theirs.is_over:
        found.append(Difference(kind=Kind.CANCEL, ours="cancelled", theirs="open"))
    if shows_what_was_told(ours, theirs=theirs):
        told, sent = sum(ours.told.values()), _sent(ours, theirs)
        if sent < told:
            found.append(
                Difference(kind=Kind.FULFILMENT, ours=f"{told} sent", theirs=f"{sent} sent")
            )
    return tuple(found)


def shows_what_was_told(ours: Ours, *, theirs: Theirs) -> bool:
    """Say whether the channel's view is young enough to show everything we told."""
    return ours.told_at is None or theirs.seen_at >= ours.told_at + SETTLING


def _sent(ours: Ours, theirs: Theirs) -> int:
    """Count the pieces we told that the channel shows; more of another line does not make up."""
    return sum(min(told, theirs.sent.get(line, 0)) for line, told in ours.told.items())


def compare_stock(*, told: int | None, shown: int | None) -> Difference | None:
    """Find whether a listing shows other pieces than it was told; None while either is unknown."""
    if told is None or shown is None or told == shown:
        return None
    return Difference(kind=Kind.STOCK, ours=str(told), theirs=str(shown))
