"""How what is missing is cut into runs, as if no run stood there yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from sys import maxsize

from hub.domain.keys import in_turn
from hub.domain.planning.netting_types import FOR_STOCK, Link, LotSizes, PlannedRun, Policy
from hub.domain.planning.pools import FOREVER, Line, Wanting


@dataclass(slots=True)
class Draft:
    """A run being put together."""

    batches: int = 0
    quantity: int = 0
    members: dict[str, Wanting] = field(default_factory=dict)
    links: dict[str, int] = field(default_factory=dict)
    given: int = 0
    due: int = FOREVER
    """The day the first of its demands was asked for, as a number."""
    needed: int = FOREVER
    """The day the first of its demands needs it, as a number."""
    used: int = FOREVER
    """The day the first of them uses it, as a number."""
    freshest: int = 0
    """The last best-before day that one of its demands insists on."""
    run_id: int | None = None
    """The stored run it is, if it is one."""

    def give(self, want: Wanting, quantity: int) -> None:
        """Make so much of the run for one demand."""
        key = want.demand.key
        want.left -= quantity
        self.given += quantity
        self.members[key] = want
        self.links[key] = self.links.get(key, 0) + quantity
        self._measure([want])

    def take_back(self, want: Wanting, quantity: int) -> None:
        """Make so much less of the run for one demand, which wants it again."""
        key = want.demand.key
        want.left += quantity
        self.given -= quantity
        self.links[key] -= quantity
        if not self.links[key]:
            del self.links[key], self.members[key]
            self.due = self.needed = self.used = FOREVER
            self.freshest = 0
            self._measure(self.members.values())

    def _measure(self, wants: Iterable[Wanting]) -> None:
        for want in wants:
            self.due = min(self.due, want.due)
            self.needed = min(self.needed, want.needed)
            self.used = min(self.used, want.used)
            self.freshest = max(self.freshest, want.fresh_until)

    @property
    def surplus(self) -> int:
        """What no demand has yet."""
        return self.quantity - self.given

    @property
    def needed_on(self) -> date | None:
        """The first day somebody needs it; None when it is for stock alone."""
        return None if self.needed == FOREVER else date.fromordinal(self.needed)

    @property
    def priority(self) -> int | None:
        """That of its most urgent demand; None when it is for stock alone."""
        asked = [want.demand.priority for want in self.members.values()]
        best = min(asked, default=FOR_STOCK)
        return None if best >= FOR_STOCK else best


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How big runs may be, who may share one, and how long what they make keeps."""

    sizes: LotSizes
    policy: Policy

    @property
    def room(self) -> int:
        """The most one run gives."""
        most = self.sizes.most
        return maxsize if most is None else most * self.sizes.good_yield

    def last_day(self, due: int) -> int:
        """The last day on which somebody may need it who shares a run due on that day."""
        return max(due, self.today) + self.policy.window_days

    def keeps(self, used: int) -> int:
        """The last day on which what is made for that day is good; never made before today."""
        if self.policy.shelf_life_days is None:
            return FOREVER
        made_on = self.today if used == FOREVER else max(used, self.today)
        return made_on + self.policy.shelf_life_days

    def may_share(self, draft: Draft, want: Wanting) -> bool:
        """Say whether what one run makes will be fresh enough for all its demands and one more."""
        freshest = max(draft.freshest, want.fresh_until)
        return freshest <= self.keeps(min(draft.used, want.used))

    def size(self, draft: Draft, quantity: int) -> None:
        """Give a run the batches for a quantity."""
        draft.batches = self.sizes.batches_for(quantity)
        draft.quantity = draft.batches * self.sizes.good_yield

    @property
    def today(self) -> int:
        """Today, as a number."""
        return self.policy.today.toordinal()


@dataclass(slots=True)
class Waiters:
    """Demands in two lines, by rank and by the day they are needed."""

    by_rank: Line
    by_due: Line
    _rank_places: dict[str, int]
    _due_places: dict[str, int]

    @classmethod
    def of(cls, wanting: Sequence[Wanting]) -> "Waiters":
        """Line up demands that come in rank order."""
        by_due = sorted(wanting, key=lambda want: want.due)  # rank breaks ties
        return cls(
            by_rank=Line(wanting),
            by_due=Line(by_due),
            _rank_places={want.demand.key: n for n, want in enumerate(wanting)},
            _due_places={want.demand.key: n for n, want in enumerate(by_due)},
        )

    def settle(self, want: Wanting) -> None:
        """Write down that what a demand wants has changed."""
        self.by_rank.settle(self._rank_places[want.demand.key])
        self.by_due.settle(self._due_places[want.demand.key])


def cut_runs(wanting: Sequence[Wanting], *, rules: Rules) -> list[Draft]:
    """Open runs until nobody in `wanting` (in rank order) wants anything.

    The earliest due demand opens a run; demands due within the window join it until it is full;
    what rounding up to whole batches leaves over goes to the next in rank, before another run
    is opened. Filling each run from the earliest due, at the last day that serves it, opens as
    few runs as the window and the maximum allow. Takes n log n steps for n demands.
    """
    waiters = Waiters.of(wanting)
    drafts: list[Draft] = []
    for first, seed in enumerate(waiters.by_due.wants):
        while seed.left:
            draft = _open(waiters, first=first, rules=rules)
            share_surplus(draft, waiters=waiters, rules=rules)
            drafts.append(draft)
    return drafts


def _open(waiters: Waiters, *, first: int, rules: Rules) -> Draft:
    """Gather those inside the window of the demand at `first`, the earliest due first."""
    draft, line = Draft(), waiters.by_due
    last_day = rules.last_day(line.wants[first].due)
    place: int | None = first
    while place is not None and line.wants[place].due <= last_day:
        want = line.wants[place]
        quantity = min(want.left, rules.room - draft.given)
        if not quantity:
            break
        if place == first or rules.may_share(draft, want):
            draft.give(want, quantity)
            waiters.settle(want)
        place = line.first(keeps=rules.keeps(draft.used), start=place + 1)
    rules.size(draft, draft.given)
    return draft


def share_surplus(draft: Draft, *, waiters: Waiters, rules: Rules) -> None:
    """Give what no demand has of a run to whoever comes next in rank."""
    start = 0
    while draft.surplus:
        place = waiters.by_rank.first(keeps=rules.keeps(draft.used), start=start)
        if place is None:
            return
        want = waiters.by_rank.wants[place]
        if rules.may_share(draft, want):
            draft.give(want, min(want.left, draft.surplus))
            waiters.settle(want)
        start = place + 1


def kept_until(made_on: date, *, policy: Policy) -> date | None:
    """Say the best before of what is made on a day; the last there is where days run out."""
    if policy.shelf_life_days is None:
        return None
    return date.fromordinal(min(made_on.toordinal() + policy.shelf_life_days, FOREVER))


def stock_runs(missing: int, *, rules: Rules) -> list[Draft]:
    """Open runs for stock alone.

    They stand apart from the orders' runs, so that materials and hours of stock never
    come before those of an order.
    """
    drafts: list[Draft] = []
    while missing > 0:
        drafts.append(Draft())
        rules.size(drafts[-1], min(missing, rules.room))
        missing -= drafts[-1].quantity
    return drafts


def not_before(freshest: int, *, policy: Policy) -> date | None:
    """Say from which day on goods may be made that are to keep until a day; None: from today."""
    if policy.shelf_life_days is None:
        return None
    made_on = freshest - policy.shelf_life_days
    return date.fromordinal(made_on) if made_on > policy.today.toordinal() else None


def settled(draft: Draft, *, policy: Policy) -> PlannedRun:
    """Write a draft down as a planned run."""
    return PlannedRun(
        run_id=draft.run_id,
        is_firm=False,
        batches=draft.batches,
        quantity=draft.quantity,
        needed_on=draft.needed_on,
        priority=draft.priority,
        links=as_links(draft.links),
        not_before=not_before(draft.freshest, policy=policy),
    )


def as_links(links: dict[str, int]) -> tuple[Link, ...]:
    """Write links down in the order of their keys."""
    return tuple(
        Link(demand=key, quantity=links[key]) for key in sorted(links, key=in_turn)
    )
