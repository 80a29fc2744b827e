"""What a change would do: which orders and runs move, by how much, and how much money waits."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from hub.domain.asking.whole_plan_types import Order, Outcome, State
from hub.domain.days.schedule import Slot
from hub.domain.states import Production

UNDATED_DAYS = 90
"""How late an order counts that nobody can date: worse than any delay people still wait out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedOrder:
    """An order that would leave on another day."""

    order_id: int
    number: str
    """Empty for one that is only asked about."""
    before: date | None
    """None: nobody knows when."""
    after: date | None
    committed_on: date | None
    days_late: int
    """After the day it was to be there; of an order without a day, UNDATED_DAYS."""
    is_newly_at_risk: bool
    currency: str
    total_minor: int | None

    @property
    def days(self) -> int | None:
        """Count the days it moves: later is positive. None where a day is not known."""
        if self.before is None or self.after is None:
            return None
        return (self.after - self.before).days

    @property
    def is_later(self) -> bool:
        """Whether it leaves later; one that loses its day does, one that gets one does not."""
        return self.after is None if self.days is None else self.days > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedRun:
    """A stored run that would be ready on another day, or no more be made."""

    run_id: int
    number: str
    before: date | None
    after: date | None
    batches_before: int
    batches_after: int
    """0: it would be dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What a change would do to everybody."""

    orders: tuple[MovedOrder, ...]
    """Those that move; the latest first."""
    runs: tuple[MovedRun, ...]
    runs_opened: int
    """Runs more than before that nobody planned yet; fewer is negative."""

    @property
    def late_days(self) -> int:
        """Add up how late those that move would be."""
        return sum(order.days_late for order in self.orders)

    @property
    def money_at_risk(self) -> dict[str, int]:
        """Add up the orders newly at risk, by currency, in minor units."""
        money: dict[str, int] = defaultdict(int)
        for order in self.orders:
            if order.is_newly_at_risk and order.total_minor:
                money[order.currency] += order.total_minor
        return dict(money)


Targets = Mapping[int, date | None]
"""By order: the day it was to be there."""


def targets(state: State, *, before: Outcome) -> dict[int, date | None]:
    """Say when each order is to be there: as it was promised, else as it stands before."""
    return {
        order.order_id: order.committed_on or _day(before, order.order_id)
        for order in state.orders
    }


def days_late(day: date | None, *, target: date | None) -> int:
    """Count the days something is late for its target; nothing is late for no target."""
    if target is None:
        return 0
    return UNDATED_DAYS if day is None else max(0, (day - target).days)


def late_days(outcome: Outcome, *, to: Targets) -> dict[int, int]:
    """Say by how many days each order is late; those in time are left out."""
    late = {
        order_id: days_late(_day(outcome, order_id), target=to.get(order_id))
        for order_id in outcome.promises
    }
    return {order_id: days for order_id, days in late.items() if days}


def effects(
    before: Outcome,
    after: Outcome,
    *,
    orders: Iterable[Order],
    to: Targets,
    others: Iterable[MovedOrder] = (),
) -> Effects:
    """Compare two plans: the orders that move, those of them newly late, and the runs.

    `others` are those that neither plan knows and that move all the same.
    """
    moved = [*others, *_moved_orders(before, after, orders=orders, to=to)]
    return Effects(
        orders=tuple(sorted(moved, key=lambda each: (-each.days_late, each.order_id))),
        runs=tuple(_moved_runs(before, after)),
        runs_opened=_unstored(after) - _unstored(before),
    )


def _moved_orders(
    before: Outcome, after: Outcome, *, orders: Iterable[Order], to: Targets
) -> Iterator[MovedOrder]:
    for order in orders:
        number = order.order_id
        if number not in after.promises:
            continue
        was, will_be = _day(before, number), _day(after, number)
        is_new = number not in before.promises
        if is_new or was != will_be:
            yield moved_order(
                order, before=was, after=will_be, target=to.get(number), is_new=is_new
            )


def moved_order(
    order: Order,
    *,
    before: date | None,
    after: date | None,
    target: date | None,
    is_new: bool = False,
) -> MovedOrder:
    """Say what it is for an order to leave on another day; a new one had no day to keep."""
    late = days_late(after, target=target)
    return MovedOrder(
        order_id=order.order_id,
        number=order.number,
        before=before,
        after=after,
        committed_on=order.committed_on,
        days_late=late,
        is_newly_at_risk=late > 0 and (is_new or not days_late(before, target=target)),
        currency=order.currency,
        total_minor=order.total_minor,
    )


def _day(outcome: Outcome, order_id: int) -> date | None:
    found = outcome.promises.get(order_id)
    return found.earliest_on if found else None


def _moved_runs(before: Outcome, after: Outcome) -> Iterable[MovedRun]:
    for run_id, run in sorted(before.cover.runs.items()):
        if not run.number:
            continue
        then = after.cover.runs.get(run_id)
        moved = MovedRun(
            run_id=run_id,
            number=run.number,
            before=_ready(before, run_id),
            after=_ready(after, run_id) if then else None,
            batches_before=run.batches,
            batches_after=then.batches if then else 0,
        )
        if (moved.before, moved.batches_before) != (moved.after, moved.batches_after):
            yield moved


def _ready(outcome: Outcome, run_id: int) -> date | None:
    slot = outcome.schedule.get(str(run_id))
    return slot.ready_on if isinstance(slot, Slot) else None


def _unstored(outcome: Outcome) -> int:
    return sum(
        not run.number and run.state is Production.PLANNED
        for run in outcome.cover.runs.values()
    )
