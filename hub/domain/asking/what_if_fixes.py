"""What would help: each remedy is tried by planning the changed workshop with it, and ranked."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import Protocol

from hub.domain.asking.what_if import Targets, late_days
from hub.domain.asking.whole_board import Memo
from hub.domain.asking.whole_dates import Making, making_of
from hub.domain.asking.whole_plan import plan_everything
from hub.domain.asking.whole_plan_types import Order, Outcome, Run, State
from hub.domain.catalogue.recipe import RecipeCircle

MOST_TRIED = 3
"""Of one kind, so that an answer does not keep a person waiting."""
MOST_SHOWN = 8


class FixKind(StrEnum):
    """What a person could do."""

    SUBSTITUTE = "substitute"
    """Allow another item in place of one that is missing."""
    EXPEDITE = "expedite"
    """Have a purchase come sooner by so many days."""
    BUY_SOONER = "buy_sooner"
    """Find somebody who brings a missing material sooner than usual."""
    PRIORITY = "priority"
    """Let one order go first; others lose by it."""
    SPLIT = "split"
    """Send what is ready of an order, the rest later."""
    SMALLER_RUN = "smaller_run"
    """Make now what the materials suffice for."""
    OPEN_DAY = "open_day"
    """Work on a day on which a work centre is shut."""


Moved = tuple[int, date | None, date | None]
"""An order, its day without a remedy and its day with it; None: nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """One remedy and what it comes to."""

    kind: FixKind
    about: Mapping[str, int]
    """What it does, as ids and numbers; days are proleptic ordinals (date.toordinal)."""
    saves_days: int
    """Late days it takes off the orders in trouble, less what it makes any other order later.

    Of an order that is split, its late days in proportion to the lines that leave in time.
    """
    helped: tuple[int, ...]
    """Orders in trouble that are less late with it."""
    harmed: tuple[int, ...] = ()
    """Orders that are later than without it."""
    moved: tuple[Moved, ...] = field(default=(), compare=False)
    """The days of those it helps and harms, the former first."""

    @property
    def id(self) -> str:
        """Name it in one word that says all that applying it needs."""
        return ":".join([self.kind, *map(str, self.about.values())])

    @property
    def touches(self) -> int:
        """Count what it disturbs: the thing itself and those who lose."""
        return 1 + len(self.harmed)


class Planner(Protocol):
    """Plans one changed workshop after the other."""

    @property
    def met(self) -> Mapping[int, Order]:
        """Orders by id that were in no state asked about, and that some plan would move."""

    def plan(self, state: State) -> Outcome:
        """Plan a workshop.

        :raises RecipeCircle: an item would be made of itself, or of what may stand in for it.
        """

    def alike(
        self, one: Outcome, other: Outcome, *, to: Targets
    ) -> tuple[Outcome, Outcome, Targets]:
        """Date whoever may move from the one plan to the other in both, and say their targets."""


@dataclass(slots=True)
class Whole:
    """Plans whole workshops, in which every order has its day."""

    memo: Memo = field(default_factory=Memo)
    met: Mapping[int, Order] = field(default_factory=dict)

    def plan(self, state: State) -> Outcome:
        return plan_everything(state, memo=self.memo)

    def alike(
        self, one: Outcome, other: Outcome, *, to: Targets
    ) -> tuple[Outcome, Outcome, Targets]:
        return one, other, to


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A changed workshop, and the orders that came into trouble by it."""

    base: State
    """As it really is."""
    state: State
    """With what was asked about."""
    after: Outcome
    to: Targets
    late: Mapping[int, int]
    """Late days by order, only of those that are later than they would be without the change."""
    planner: Planner = field(default_factory=Whole)

    @property
    def orders(self) -> list[Order]:
        """The orders in trouble, the latest first."""
        found = [order for order in self.state.orders if order.order_id in self.late]
        return sorted(found, key=lambda each: (-self.late[each.order_id], each.order_id))

    def with_fix(
        self, kind: FixKind, *, about: Mapping[str, int], state: State
    ) -> Fix | None:
        """Plan the workshop with a remedy; None if it saves nothing or cannot be planned."""
        try:
            fixed = self.planner.plan(state)
        except RecipeCircle:
            return None
        after, fixed, to = self.planner.alike(self.after, fixed, to=self.to)
        was, now = late_days(after, to=to), late_days(fixed, to=to)
        helped = [order for order in _fewer(now, than=was) if order in self.late]
        harmed = _fewer(was, than=now)
        saves = sum(was.get(order, 0) - now.get(order, 0) for order in (*helped, *harmed))
        if saves <= 0:
            return None
        return Fix(
            kind=kind,
            about=about,
            saves_days=saves,
            helped=tuple(helped),
            harmed=harmed,
            moved=tuple(
                (order, _day(after, order), _day(fixed, order))
                for order in (*helped, *harmed)
            ),
        )


def _day(outcome: Outcome, order_id: int) -> date | None:
    found = outcome.promises.get(order_id)
    return found.earliest_on if found else None


def _fewer(days: Mapping[int, int], *, than: Mapping[int, int]) -> tuple[int, ...]:
    return tuple(sorted(order for order in than if days.get(order, 0) < than[order]))


Remedy = Callable[[Trouble, "Behind"], Iterable[Fix | None]]


def fixes(trouble: Trouble, *, remedies: Iterable[Remedy]) -> tuple[Fix, ...]:
    """Try every remedy; most late days saved first, then what disturbs least."""
    if not trouble.late:
        return ()
    behind = Behind.of(trouble)
    found = [
        fix
        for remedy in remedies
        for fix in remedy(trouble, behind)
        if fix is not None and fix.saves_days > 0
    ]
    ranked = sorted(found, key=lambda fix: (-fix.saves_days, fix.touches, fix.id))
    return tuple(islice(ranked, MOST_SHOWN))


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What stands behind orders in trouble: the runs they wait for, and what these lack."""

    keys: frozenset[str]
    """Of their own demands, and of the needs of the runs they wait for."""
    runs: tuple[Run, ...]
    lacking: tuple[int, ...]
    """Items that are short, or still to come, for any of them; most wanted first."""
    lines: tuple[int, ...]
    """Purchase lines any of them waits for."""

    @classmethod
    def of(cls, trouble: Trouble) -> "Behind":
        """Walk down from the orders to all that is made and bought for them."""
        cover = trouble.after.cover
        keys = {wish.demand.key for order in trouble.orders for wish in order.wishes}
        runs = {run.run_id: run for run in _below(keys, making=making_of(cover))}
        keys |= {need.key for run in runs.values() for need in run.needs}
        coming = [each for key in sorted(keys) for each in cover.coming.get(key, ())]
        weight: dict[int, int] = {}
        for run in runs.values():
            for need in run.needs:
                if need.key in cover.short or need.key in cover.coming:
                    weight[need.item_id] = weight.get(need.item_id, 0) + 1
        return cls(
            keys=frozenset(keys),
            runs=tuple(runs[run_id] for run_id in sorted(runs)),
            lacking=tuple(sorted(weight, key=lambda item: (-weight[item], item))),
            lines=tuple(sorted({each.purchase_id for each in coming})),
        )


def _below(keys: Iterable[str], *, making: Making) -> Iterator[Run]:
    seen: set[int] = set()
    waiting = sorted(keys)
    while waiting:
        for run, _ in making.get(waiting.pop(), ()):
            if run.run_id not in seen:
                seen.add(run.run_id)
                waiting += [need.key for need in run.needs]
                yield run


def trouble_of(
    base: State,
    state: State,
    *,
    before: Outcome,
    after: Outcome,
    to: Targets,
    planner: Planner,
) -> Trouble:
    """Find the orders that a change makes late, or later."""
    was, now = late_days(before, to=to), late_days(after, to=to)
    late = {order: days for order, days in now.items() if days > was.get(order, 0)}
    return Trouble(base=base, state=state, after=after, to=to, late=late, planner=planner)
