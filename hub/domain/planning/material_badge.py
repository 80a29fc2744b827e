"""Where a material of a run stands, in the one word its card shows."""

from dataclasses import dataclass
from enum import StrEnum


class Badge(StrEnum):
    """Where a material stands; what keeps a run from its start comes first."""

    EXPIRED = "expired"
    QUARANTINE = "quarantine"
    SHORT = "short"
    UNPLANNED = "unplanned"
    COMING = "coming"
    MADE = "made"
    IN_STOCK = "in_stock"
    RESERVED = "reserved"


WORST_FIRST: tuple[Badge, ...] = tuple(Badge)
"""Of several materials, the card shows the first of these."""

HOLDS_UP = frozenset({Badge.EXPIRED, Badge.QUARANTINE, Badge.SHORT, Badge.UNPLANNED})
"""What somebody has to do something about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of one material of a run; thousandths of the material."""

    missing: int
    """What is neither used nor reserved for it."""
    short: int = 0
    """What nothing covers."""
    is_too_old: bool = False
    """Whether it is short because what there is of it has expired."""
    held_expired: int = 0
    """What is reserved for it in lots that have expired since."""
    held_aside: int = 0
    """What is reserved for it in lots that were put aside since."""
    awaits_check: int = 0
    """What is to come for it out of lots that wait for their quality check."""
    lies_aside: int = 0
    """What there is of the material in quarantine, for whomever."""
    is_coming: bool = False
    is_made: bool = False
    free: int = 0
    """What of the material may be used and is spoken for by nobody."""


def badge_of(standing: Standing) -> Badge:
    """Say in one word where a material stands."""
    if standing.held_expired:
        return Badge.EXPIRED
    if standing.held_aside:
        return Badge.QUARANTINE
    if standing.missing <= 0:
        return Badge.RESERVED
    if standing.short:
        return _why_short(standing)
    if standing.awaits_check:
        return Badge.QUARANTINE
    return _on_its_way(standing)


def _why_short(standing: Standing) -> Badge:
    if standing.is_too_old:
        return Badge.EXPIRED
    if standing.lies_aside >= standing.short:
        return Badge.QUARANTINE
    return Badge.SHORT


def _on_its_way(standing: Standing) -> Badge:
    if standing.is_coming:
        return Badge.COMING
    if standing.is_made:
        return Badge.MADE
    return Badge.IN_STOCK if standing.free >= standing.missing else Badge.UNPLANNED
