"""A workshop as planning sees it, held in memory whole, and what a plan of all of it comes to.

All quantities are thousandths of the item's base unit. Keys ("demand:17", "need:4") are those
of the stored plan; what a plan in memory opens gets ids above those of all unfinished runs.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from hub.domain.catalogue.recipe import Recipe
from hub.domain.days.capacity import Calendar
from hub.domain.days.promise import Promise, ShippingDays
from hub.domain.days.schedule import Schedule
from hub.domain.days.work import Work
from hub.domain.keys import need_key
from hub.domain.planning.netting_types import (
    Awaited,
    Demand,
    Incoming,
    Link,
    Policy,
    Shortage,
    Unchecked,
)
from hub.domain.planning.run_rank import First
from hub.domain.planning.substitutes import Alternate, Substitution
from hub.domain.states import Production
from hub.domain.stock.allocation import FreeLot


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """How an item is made now."""

    recipe_id: int
    recipe: Recipe
    work: tuple[Work, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """An item: how it is planned, what there is of it, and what is on its way."""

    item_id: int
    code: str
    policy: Policy
    method: Method | None = None
    lots: tuple[FreeLot, ...] = ()
    incoming: tuple[Incoming, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    """Its lots that wait for their quality check."""
    lead_days: int | None = None
    """How long more of it takes, bought today; None when nobody knows."""
    min_remaining_days: int = 0
    """How long it still keeps, at least, when it leaves for a buyer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """So much of a lot is somebody's."""

    item_id: int
    lot_id: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a run still needs of one item, less what was picked for it."""

    need_id: int
    item_id: int
    quantity: int
    firm: tuple[Held, ...] = ()
    """What was picked for it and not used yet."""
    key: str = field(init=False, compare=False, repr=False)
    """As the planner names it: written once, for every plan asks for it many times."""

    def __post_init__(self) -> None:
        """Write its name."""
        object.__setattr__(self, "key", need_key(self.need_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """An unfinished run, stored or opened by a plan in memory."""

    run_id: int
    number: str
    """Empty for a run that is not stored."""
    item_id: int
    recipe_id: int
    state: Production
    batches: int
    planned: int
    """The good yield of all its batches."""
    output: int
    """What is still to come of it."""
    work: tuple[Work, ...]
    needs: tuple[Need, ...] = ()
    links: tuple[Link, ...] = ()
    needed_on: date | None = None
    priority: int | None = None
    created_at: datetime
    released_at: datetime | None = None
    begun_on: date | None = None
    """The day it was started, for a running one."""
    resumed_on: date | None = None
    """The day its last part came out, for a running one that gave something."""
    ready_on: date | None = None
    """As the last plan placed it."""
    pinned_on: date | None = None
    not_before: date | None = None
    """Ready before that day, what it makes would be too old."""
    is_frozen: bool = False

    @property
    def key(self) -> str:
        """Name it as the schedule does."""
        return str(self.run_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an order line still wants of an item."""

    item_id: int
    demand: Demand
    """What is left to plan for; its quantity may be 0."""
    firm: tuple[Held, ...] = ()
    """What is firmly its own: packed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An open order that may be worked on."""

    order_id: int
    number: str
    wishes: tuple[Wish, ...]
    unmapped: tuple[tuple[str, int], ...] = ()
    """Lines of which nobody knows what they are: the words for it, and the pieces."""
    priority: int = 100
    committed_on: date | None = None
    transit_days: int | None = None
    currency: str = ""
    total_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """So much of a purchase on its way is somebody's."""

    item_id: int
    purchase_id: int
    quantity: int
    expected_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """So much of what a run makes is somebody's."""

    run_id: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """What the stored plan gives to whom, by the planner's keys."""

    held: Mapping[str, tuple[Held, ...]] = field(default_factory=dict)
    coming: Mapping[str, tuple[Coming, ...]] = field(default_factory=dict)
    awaited: Mapping[str, tuple[Awaited, ...]] = field(default_factory=dict)
    short: Mapping[str, Shortage] = field(default_factory=dict)
    owed: Mapping[str, tuple[Owed, ...]] = field(default_factory=dict)
    """What runs owe to orders; what they owe to other runs the runs say themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is planned already and stands, so that only a part of the workshop is planned anew."""

    scope: frozenset[int]
    """The items that are planned anew, with all below them and all that stands in for them."""
    edges: Mapping[int, AbstractSet[int]]
    """What goes into what, in the whole workshop."""
    works_for: Mapping[int, First]
    """By run of another item: whoever of those it works for stands first."""
    covered: Covered
    """What other items give to whom; who is in no order and no run here is left out.

    The runs of other items do not say themselves what they owe to orders: there are thousands of
    links, and of most nobody asks.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything a plan is made from, at one moment."""

    local_now: datetime
    """In the workshop's time zone."""
    goods: Mapping[int, Good]
    runs: tuple[Run, ...] = ()
    orders: tuple[Order, ...] = ()
    alternates: tuple[Alternate, ...] = ()
    """Those the planner may use."""
    stood_in: Mapping[int, Sequence[Substitution]] = field(default_factory=dict)
    """By item: what the stored plan lets stand in for it at runs that have not started."""
    forbidden: tuple[Alternate, ...] = ()
    """Those a person would have to allow first."""
    centres: Mapping[int, Calendar]
    places: Mapping[int, str]
    """For each work centre, its name."""
    shipping: ShippingDays
    purchases: Mapping[int, str]
    """For each purchase line on its way, the number of its order."""
    lot_codes: Mapping[int, str] = field(default_factory=dict)
    """For each lot that waits for its quality check, its code."""
    down: Mapping[int, frozenset[date]] = field(default_factory=dict)
    """For each work centre, the days on which it cannot be worked at, whoever wanted to."""
    standing: Standing | None = None
    """None where everything is planned anew. Else the goods of other items say only what they
    are called and how long they take, and orders that want nothing of the scope may be missing."""

    @property
    def covered(self) -> Covered:
        """What the part that stands gives to whom."""
        return self.standing.covered if self.standing else Covered()

    @property
    def today(self) -> date:
        """The workshop's day."""
        return self.local_now.date()

    @property
    def now(self) -> datetime:
        """The moment, in UTC."""
        return self.local_now.astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverings:
    """What covers whom: the decisions of a plan, before any of it has a day."""

    runs: Mapping[int, Run]
    """All unfinished runs as they should be, by id."""
    held: Mapping[str, tuple[Held, ...]]
    """By the key of whom it is for."""
    coming: Mapping[str, tuple[Coming, ...]]
    short: Mapping[str, Shortage]
    substitutions: tuple[Substitution, ...]
    awaited: Mapping[str, tuple[Awaited, ...]] = field(default_factory=dict)
    """What lots give that wait for their quality check."""
    relied_on_since: Mapping[int, datetime] = field(default_factory=dict)
    """By run: when the first of those it works for was promised a day, or it was released."""
    owed: Mapping[str, tuple[Owed, ...]] = field(default_factory=dict)
    """What runs owe beside their links, where a part of the workshop stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The plan of everything; equal states give equal outcomes."""

    cover: Coverings
    stock_short: Mapping[int, int]
    """By item: what is missing to the wanted stock and cannot be planned as a run."""
    schedule: Schedule
    promises: Mapping[int, Promise]
    """By order; an order of which nothing is left to send has none."""
