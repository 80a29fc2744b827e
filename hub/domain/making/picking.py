"""What may be used or sent of what is held, and how many whole pieces that makes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from hub.domain.stock.allocation import FreeLot, Picked, is_fresh, pick_lots


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLot:
    """So much of a lot is held for one demand or one need."""

    lot_id: int
    quantity: int
    """Thousandths of the base unit."""
    received_at: datetime
    best_before: date | None = None
    is_available: bool = True
    """False when the lot was put aside (quarantined or recalled)."""
    is_firm: bool = False
    """Already picked: it lies in the pot or in the box."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What one piece takes of an item, and how much of that item is held for it."""

    per_piece: int
    held: int


def is_usable(held: HeldLot, *, used_on: date, min_remaining_days: int = 0) -> bool:
    """Say whether what is held may be used on a day: neither put aside nor too old."""
    return held.is_available and is_fresh(
        held.best_before, used_on=used_on, min_remaining_days=min_remaining_days
    )


def pick_held(held: Iterable[HeldLot], *, needed: int) -> Picked:
    """Pick from what is held, first expired first, until `needed` is covered.

    Whether a lot may be used at all is decided before; a lot that comes in here is used
    whatever its age.
    """
    lots = [
        FreeLot(
            lot_id=each.lot_id,
            free=each.quantity,
            received_at=each.received_at,
            best_before=each.best_before,
        )
        for each in held
    ]
    return pick_lots(lots, needed=needed, used_on=date.min)


def pieces_ready(covers: Iterable[Cover], *, wanted: int) -> int:
    """Count the whole pieces that could leave now, at most `wanted`.

    A piece of a kit leaves when everything in it is held, never a part of it; a line that
    asks for nothing has no piece to send.
    """
    possible = [cover.held // cover.per_piece for cover in covers]
    return max(0, min(wanted, *possible)) if possible else 0
