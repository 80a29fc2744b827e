"""Orders that a question does not touch: what they wait for stands, but runs may have another day.

An order that wants nothing of what is planned anew keeps what it was given: so much of a lot, a
purchase, a run. Its date moves only with the day on which a run that it waits for is ready. So it
is dated by these days alone: thousands of orders, of which few move.
tests/domain/asking/test_bystanders.py holds that against the dates of a whole plan.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from hub.domain.asking.what_if import MovedOrder, moved_order
from hub.domain.asking.whole_plan_types import Order, State
from hub.domain.days.promise import comes_on
from hub.domain.days.schedule import Schedule, Slot

ReadyOn = Mapping[int, date | None]
"""By run: the day its output can be used; None where nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bystander:
    """An order that waits for runs whatever is asked; what it holds in stock is there anyway."""

    order_id: int
    runs: frozenset[int]
    """Those that owe it something: at least one."""
    waits: tuple[date | None, ...] = ()
    """When what is bought for it is there; None where nobody knows."""

    def ready_on(self, days: ReadyOn) -> date | None:
        """Say when the last of its goods comes in; None where nobody knows."""
        last: date | None = None
        for day in (*(days[run_id] for run_id in self.runs), *self.waits):
            if day is None:
                return None
            last = day if last is None else max(last, day)
        return last


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """A bystander whose last goods come in on another day."""

    order_id: int
    before: date | None
    after: date | None


def ready_days(schedule: Schedule) -> dict[int, date | None]:
    """Say when each run of a plan is ready."""
    return {
        int(key): slot.ready_on if isinstance(slot, Slot) else None
        for key, slot in schedule.items()
    }


def moved_runs(before: ReadyOn, after: ReadyOn) -> set[int]:
    """Name the runs of both plans that are ready on another day."""
    return {run for run, day in before.items() if run in after and after[run] != day}


def passing(
    among: Iterable[Bystander], *, before: ReadyOn, after: ReadyOn
) -> Iterator[Passing]:
    """Find those whose last goods come in on another day, and both days."""
    for each in among:
        was, will_be = each.ready_on(before), each.ready_on(after)
        if was != will_be:
            yield Passing(order_id=each.order_id, before=was, after=will_be)


def moved_by(
    found: Collection[Passing], *, orders: Mapping[int, Order], state: State
) -> Iterator[MovedOrder]:
    """Say which of these the buyer has on another day; one that moves within a weekend has not."""
    for each in found:
        order = orders[each.order_id]
        before, after = (
            _comes_on(day, order, state=state) for day in (each.before, each.after)
        )
        if before != after:
            target = order.committed_on or before
            yield moved_order(order, before=before, after=after, target=target)


def _comes_on(ready_on: date | None, order: Order, *, state: State) -> date | None:
    return comes_on(
        ready_on,
        local_now=state.local_now,
        shipping=state.shipping,
        transit_days=order.transit_days,
    )
