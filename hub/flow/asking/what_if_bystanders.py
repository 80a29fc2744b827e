"""Who waits for runs that a question moves, though nothing of theirs is asked about."""

from collections.abc import Collection, Iterable, Set
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from hub.domain.asking.bystanders import (
    Bystander,
    Passing,
    moved_by,
    moved_runs,
    passing,
    ready_days,
)
from hub.domain.asking.what_if import MovedOrder
from hub.domain.asking.whole_plan_types import Outcome, State
from hub.domain.days.material_wait import MaterialWait, arrives_on
from hub.flow.planning.planning_state import orders_named
from hub.models.planning.bystander_rows import bought_by_order, runs_by_order
from hub.models.planning.habits import habits_of
from hub.models.planning.lead_times import lead_days
from hub.models.planning.planning_rows import unmapped_by_order

Waits = tuple[date | None, ...]


@dataclass(slots=True, kw_only=True)
class Bystanders:
    """Finds who passes to another day from one plan to another; of a run it asks once."""

    session: Session
    today: date
    asked: set[int] = field(default_factory=set)
    """The runs whose orders are known."""
    runs: dict[int, frozenset[int]] = field(default_factory=dict)
    """By order: the runs that owe it something."""
    waits: dict[int, Waits] = field(default_factory=dict)
    """By order: when what is bought for it is there, as far as anybody had to know."""

    def passing(self, one: Outcome, other: Outcome, *, state: State) -> list[Passing]:
        """Return those not in a state of which a part stands whose last goods move."""
        before, after = ready_days(one.schedule), ready_days(other.schedule)
        scope = state.standing.scope if state.standing else frozenset[int]()
        runs = {
            run_id
            for run_id in moved_runs(before, after)
            if one.cover.runs[run_id].item_id not in scope
        }
        stand = {run.run_id for run in state.runs if run.item_id not in scope}
        self._ask(runs - self.asked, among=stand)
        here = {order.order_id for order in state.orders}
        among = {
            order_id: theirs
            for order_id, theirs in self.runs.items()
            if order_id not in here and not runs.isdisjoint(theirs)
        }
        by_runs = (Bystander(order_id=each, runs=runs) for each, runs in among.items())
        found = [each.order_id for each in passing(by_runs, before=before, after=after)]
        self._wait({*found} - self.waits.keys())
        whole = (
            Bystander(order_id=each, runs=among[each], waits=self.waits[each])
            for each in found
        )
        return list(passing(whole, before=before, after=after))

    def moved(self, found: Collection[Passing], *, state: State) -> tuple[MovedOrder, ...]:
        """Say of those that pass what they are called, and on which days they are there."""
        if not found:
            return ()
        orders = orders_named(
            self.session,
            order_ids=[each.order_id for each in found],
            habits=habits_of(self.session),
        )
        named = {order.order_id: order for order in orders}
        return tuple(moved_by(found, orders=named, state=state))

    def _ask(self, run_ids: Set[int], *, among: Collection[int]) -> None:
        """Read whom runs serve; a finished one may have the id that a plan gives to a new one."""
        if not run_ids:
            return
        self.asked |= run_ids
        for order_id, theirs in runs_by_order(self.session, run_ids=run_ids).items():
            self.runs[order_id] = frozenset(theirs.intersection(among))

    def _wait(self, order_ids: Set[int]) -> None:
        """Read what else they wait for; a line nobody can read has no day."""
        if not order_ids:
            return
        bought = bought_by_order(self.session, order_ids=order_ids)
        unread = unmapped_by_order(self.session, order_ids=order_ids)
        items = {item_id for many in bought.values() for item_id, _ in many}
        lead = lead_days(self.session, item_ids=items) if items else {}
        for order_id in order_ids:
            arrive = (
                self._arrives_on(expected_on, lead[item_id])
                for item_id, expected_on in bought.get(order_id, ())
            )
            self.waits[order_id] = (*arrive, *_no_days(unread.get(order_id, ())))

    def _arrives_on(self, expected_on: date | None, lead: int | None) -> date | None:
        wait = MaterialWait(expected_on=expected_on, lead_days=lead)
        return arrives_on(wait, today=self.today)


def _no_days(unread: Iterable[object]) -> Waits:
    return tuple(None for _ in unread)
