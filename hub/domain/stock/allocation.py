"""Which lots are taken: first expired, first out, and never a lot that is too old."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeLot:
    """What is still free in one lot; quarantined and recalled lots are never handed in."""

    lot_id: int
    free: int
    """Thousandths of the base unit that nobody firmly holds."""
    received_at: datetime
    best_before: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """So much of one lot."""

    lot_id: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """What the lots give, and what they cannot."""

    picks: tuple[Pick, ...]
    short: int


def first_expired_first(lots: Iterable[FreeLot]) -> list[FreeLot]:
    """Sort lots by best before, then by arrival; a lot that never expires comes last."""
    return sorted(
        lots,
        key=lambda lot: (lot.best_before or date.max, lot.received_at, lot.lot_id),
    )


def is_fresh(
    best_before: date | None, *, used_on: date, min_remaining_days: int = 0
) -> bool:
    """Say whether goods are still good enough on the day they are used or sent.

    On its best-before day itself a lot is still good.
    """
    if best_before is None:
        return True
    return best_before >= used_on + timedelta(days=min_remaining_days)


def pick_lots(
    lots: Iterable[FreeLot], *, needed: int, used_on: date, min_remaining_days: int = 0
) -> Picked:
    """Pick the lots that expire first until `needed` thousandths are covered.

    Lots too old on `used_on` are never picked; whatever the rest cannot cover comes
    back as `short`, so a shortage is an answer, not an error.
    """
    picks: list[Pick] = []
    for lot in first_expired_first(lots):
        taken = min(needed, lot.free)
        if taken <= 0 or not is_fresh(
            lot.best_before, used_on=used_on, min_remaining_days=min_remaining_days
        ):
            continue
        picks.append(Pick(lot_id=lot.lot_id, quantity=taken))
        needed -= taken
    return Picked(picks=tuple(picks), short=max(needed, 0))
