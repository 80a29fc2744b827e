"""What an incoming version of an order does to the one we hold."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from hub.domain.states import Intent
from mapping.canonical import Line, LineKind, Order, Release

NEVER = datetime.min.replace(tzinfo=UTC)
A_HUNDRED_YEARS = 36_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """Which of two statements about one order is the newer one."""

    updated_at: datetime
    """The channel's own time of the last change."""
    content_hash: str
    read_at: datetime | None = None
    """When we asked the channel ourselves; None for what it sent us."""


def is_newer(stored: Version | None, *, incoming: Version) -> bool:
    """Say whether the incoming version replaces the stored one.

    The channel's time decides. Two different statements of the same moment happen,
    because channels count in seconds: then what we asked for ourselves beats what was
    sent, a later question an earlier one, and at last the hash decides. This orders any
    two versions, so whatever the order of arrival everybody ends with the same one.
    Equal versions are not newer, so a message delivered twice changes nothing.
    """
    return stored is None or _order(incoming) > _order(stored)


def _order(version: Version) -> tuple[datetime, datetime, str]:
    return (version.updated_at, version.read_at or NEVER, version.content_hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """How much of a line was ordered, taken back and sent, in pieces."""

    ordered: int
    cancelled: int
    fulfilled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLine:
    """A line as we hold it."""

    external_id: str
    kind: LineKind
    pieces: Pieces
    shipped: int
    """Pieces that left in our own parcels."""
    sku: str = ""
    product_id: str = ""
    variant_id: str = ""
    personalisation: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChange:
    """One line before and after."""

    external_id: str
    before: Pieces
    after: Pieces
    is_relisted: bool = False
    """It sells something else now, so it must be mapped again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesChange:
    """What a new version does to the lines of an order."""

    added: tuple[Line, ...]
    changed: tuple[LineChange, ...]
    gone: tuple[LineChange, ...]
    """Lines the channel no longer names: nothing more of them is wanted."""


def without_echo(known: Iterable[KnownLine], *, incoming: Order) -> Order:
    """Take back what a channel concludes from a parcel of ours that held a part of an order.

    Such a channel knows no pieces: told of our first parcel it says that everything left. Once
    some of an order left from here, we know better than it what is still to be sent.
    """
    shipped = {line.external_id: line.shipped for line in known}
    if not any(shipped.values()):
        return incoming
    lines = (
        replace(line, fulfilled=min(line.fulfilled, shipped.get(line.external_id, 0)))
        for line in incoming.lines
    )
    return replace(incoming, lines=tuple(lines))


def compare_lines(known: Iterable[KnownLine], *, incoming: Order) -> LinesChange:
    """Say which lines are new, which changed and which are gone.

    A line that is gone counts as cancelled but for what has left already, because its
    links to runs and parcels must stay readable; it may come back in a later version.
    """
    held = {line.external_id: line for line in known}
    named = {line.external_id for line in incoming.lines}
    changes = [
        _line_change(held[line.external_id], incoming=line)
        for line in incoming.lines
        if line.external_id in held
    ]
    gone = [_gone(line) for line in held.values() if line.external_id not in named]
    return LinesChange(
        added=tuple(line for line in incoming.lines if line.external_id not in held),
        changed=tuple(change for change in changes if _is_change(change)),
        gone=tuple(change for change in gone if _is_change(change)),
    )


def _line_change(known: KnownLine, *, incoming: Line) -> LineChange:
    after = Pieces(
        ordered=incoming.ordered,
        cancelled=incoming.cancelled,
        fulfilled=incoming.fulfilled,
    )
    return LineChange(
        external_id=known.external_id,
        before=known.pieces,
        after=after,
        is_relisted=_is_relisted(known, incoming=incoming),
    )


def _is_relisted(known: KnownLine, *, incoming: Line) -> bool:
    """Say whether a line sells something else now.

    A product deleted in the shop takes its ids off every line that sold it: that is no reason
    to forget what the line means.
    """
    is_deleted = not (incoming.product_id or incoming.variant_id)
    if is_deleted and (known.product_id or known.variant_id):
        known = replace(known, product_id="", variant_id="")
    return _sells(known) != _sells(incoming)


def _sells(line: KnownLine | Line) -> tuple[object, ...]:
    return (
        line.kind,
        line.sku,
        line.product_id,
        line.variant_id,
        line.personalisation,
    )


def _gone(line: KnownLine) -> LineChange:
    pieces = line.pieces
    sent = max(pieces.fulfilled, line.shipped)
    after = Pieces(
        ordered=pieces.ordered,
        cancelled=max(pieces.ordered - sent, 0),
        fulfilled=pieces.fulfilled,
    )
    return LineChange(external_id=line.external_id, before=pieces, after=after)


def _is_change(change: LineChange) -> bool:
    return change.is_relisted or change.before != change.after


def next_intent(current: Intent, *, incoming: Order) -> Intent:
    """Say what is meant to happen with an order after a new version of it.

    Cancelling is final on either side. A hold that a person set stays until a person
    lifts it. What the channel archived is closed, and open again if it reopens it.
    """
    if incoming.cancelled_at is not None or incoming.release is Release.CANCELLED:
        return Intent.CANCELLED
    if current in {Intent.CANCELLED, Intent.ON_HOLD}:
        return current
    return Intent.CLOSED if incoming.closed_at is not None else Intent.OPEN


def day_asked(said: date | None, *, today: date) -> date | None:
    """Say for which day an order is wanted; none, where that is not within a hundred years.

    Programs write 0001-01-01 or 9999-12-31 where nobody said a day: to wait for that is to wait
    for ever.
    """
    if said is None or abs((said - today).days) > A_HUNDRED_YEARS:
        return None
    return said
