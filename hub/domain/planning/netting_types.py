"""What netting reads and what it answers, for one item.

All quantities are thousandths of the item's base unit. `key`s are the caller's own words
(for example "demand:17" or "need:4"); netting only compares them.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from hub.domain.states import Production
from hub.domain.stock.allocation import FreeLot

FOR_STOCK = 1_000_000_000
"""The priority of what only fills up stock: after everything that somebody waits for."""


class Kind(StrEnum):
    """How the workshop gets more of an item."""

    MAKE = "make"
    BUY = "buy"


class ShortReason(StrEnum):
    """Why nothing covers a quantity."""

    NO_RECIPE = "no_recipe"
    """It is made here, but nobody wrote down how."""
    NO_STOCK = "no_stock"
    """It is bought, and neither in stock nor expected."""
    TOO_OLD = "too_old"
    """It is bought, and what is in stock will be too old on the day."""
    SHELF_LIFE = "shelf_life"
    """Even freshly made it would not keep as long as this demand asks."""


class ImpossibleLotSize(ValueError):
    """No number of batches satisfies the minimum, the maximum and the step together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """A quantity of the item that somebody needs, less what is already firmly theirs.

    Firm is what was packed for an order or picked for a run: the caller leaves it out
    here and out of `FreeLot.free`.
    """

    key: str
    quantity: int
    needed_on: date
    """The committed day, else the requested one, else the day it was placed."""
    placed_at: datetime
    priority: int = 100
    """Smaller goes first; a person raises it."""
    committed_at: datetime | None = None
    """When a date was promised: at equal priority, first promised is first served, and
    before all without a promise, so that a later order takes nothing from a promise."""
    asked_on: date | None = None
    """The day the buyer asked for, else the day it was placed; `needed_on` if not given. Who was
    promised a day at one moment is served in this order, and demands asked for within a window
    share runs: a promise of ours reorders nobody and moves nobody from run to run."""
    works_for_on: date | None = None
    """Of a run's need: the day that the first of the orders it works for, on whatever level, asked
    for. Runs that were opened and promised at one moment are served in this order."""
    used_on: date | None = None
    """The day the run it is for begins, as far as is known: until then it must be good, and no
    longer. None for a buyer, to whom goods must be good on the day they need them."""
    run_id: int | None = None
    """That run; None for a buyer."""
    min_remaining_days: int = 0


class Link(NamedTuple):
    """So much of a run is for one demand; a tuple, because a question reads thousands."""

    demand: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """An open production order as it stands."""

    run_id: int
    state: Production
    batches: int
    output: int
    """The good yield still to come out of it; what is already in a lot is not counted."""
    links: tuple[Link, ...] = ()
    """What of `output` was meant for whom."""
    needed_on: date | None = None
    ends_on: date | None = None
    is_frozen: bool = False
    """Planned, but too near its start to be changed, or pinned by a person."""
    is_held: bool = False
    """Planned, and not changed because a promise needs it (hub/domain/planning/keeping.py)."""

    @property
    def is_firm(self) -> bool:
        """Whether its size and existence are given."""
        return self.is_frozen or self.is_held or self.state is not Production.PLANNED


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """What is still to come of one line of a purchase order."""

    purchase_id: int
    quantity: int
    expected_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchecked:
    """A lot that lies in the house and waits for its quality check: nobody may take of it yet."""

    lot_id: int
    quantity: int
    best_before: date | None = None
    made_for: tuple[Link, ...] = ()
    """What its run is still to give to whom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplies:
    """Everything that can cover a demand of the item."""

    lots: tuple[FreeLot, ...] = ()
    runs: tuple[StoredRun, ...] = ()
    incoming: tuple[Incoming, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LotSizes:
    """How big a run may be.

    :raises ImpossibleLotSize: no size is possible.
    """

    good_yield: int
    """What one batch gives after the expected loss."""
    min_batches: int = 1
    max_batches: int | None = None
    step_batches: int = 1

    def __post_init__(self) -> None:
        """Refuse sizes that no run could have."""
        if self.good_yield < 1 or self.min_batches < 1 or self.step_batches < 1:
            raise ImpossibleLotSize("Yield, minimum and step of a run must be above zero.")
        if self.most is not None and self.most < self.raised(self.min_batches):
            raise ImpossibleLotSize(
                f"No multiple of {self.step_batches} batches lies between "
                f"{self.min_batches} and {self.max_batches}."
            )

    @property
    def most(self) -> int | None:
        """The biggest number of batches a run can really have."""
        if self.max_batches is None:
            return None
        return self.max_batches // self.step_batches * self.step_batches

    def raised(self, batches: int) -> int:
        """Raise a number of batches to the minimum and to a whole step."""
        wanted = max(batches, self.min_batches)
        return -(-wanted // self.step_batches) * self.step_batches

    def batches_for(self, quantity: int) -> int:
        """Count the batches that give at least `quantity`, not looking at the maximum."""
        return self.raised(-(-quantity // self.good_yield))


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How the workshop wants the item planned."""

    kind: Kind
    today: date
    lot_sizes: LotSizes | None = None
    """From the active recipe; None when there is none."""
    window_days: int = 0
    """Orders due within so many days of the first share a run."""
    shelf_life_days: int | None = None
    safety_stock: int = 0
    reorder_point: int = 0
    stock_up_to: int = 0
    """Once free stock is below safety stock or reorder point, refill to at least this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """So much of a lot is softly held for a demand."""

    demand: str
    lot_id: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRun:
    """A run as it should be after netting."""

    run_id: int | None
    """The stored run it continues, or None when it is to be opened."""
    is_firm: bool
    batches: int
    quantity: int
    """Good output still to come."""
    needed_on: date | None
    """The first day somebody needs it; None when it is for stock alone."""
    priority: int | None
    """Of its most urgent demand; None when it is for stock alone, through other runs too."""
    links: tuple[Link, ...]
    not_before: date | None = None
    """Made before that day, it would be too old for one of its demands; None when it may be
    made at once."""

    @property
    def surplus(self) -> int:
        """What no demand claims: it goes to stock."""
        return self.quantity - sum(link.quantity for link in self.links)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """So much of a demand is covered by a purchase on its way."""

    demand: str
    purchase_id: int
    quantity: int
    expected_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """So much of a demand is covered by a lot that waits for its quality check."""

    demand: str
    lot_id: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """So much of a demand is covered by nothing."""

    demand: str
    quantity: int
    reason: ShortReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The whole answer for one item; equal inputs give the equal plan."""

    allocations: tuple[Allocation, ...] = ()
    runs: tuple[PlannedRun, ...] = ()
    """Firm runs as they are (their links may have changed), then the others, by need."""
    dropped: tuple[int, ...] = ()
    """Stored planned runs that nobody needs any more."""
    covers: tuple[Cover, ...] = ()
    awaited: tuple[Awaited, ...] = ()
    shortages: tuple[Shortage, ...] = ()
    stock_short: int = 0
    """What is missing to the wanted free stock and cannot be planned as a run."""
