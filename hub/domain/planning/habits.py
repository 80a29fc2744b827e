"""How a workshop plans and ships: what it decides once, and every plan and promise keeps to."""

from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """The workshop's habits; the defaults are those of a shop that has not said anything."""

    country: str = ""
    """Two letters; its public holidays are kept. Empty: none."""
    region: str = ""
    window_days: int = 3
    """Orders due within so many days of the first share a run."""
    freeze_days: int = 0
    """A planned run that starts within so many days is not resized; 0 freezes none."""
    shipping_weekdays: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    """Monday is 0."""
    cut_off: time | None = None
    pack_days: int = 0
    transit_days: int | None = None
    """Where no country and method fit."""
    offer_days: int = 14
    """What can be made within so many days may be sold."""
    lot_pattern: str = ""
