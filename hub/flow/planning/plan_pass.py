"""One planning pass: item after item netted and written, placed in the calendar, and tried again.

What is tried lies in a savepoint, and is taken back where another plan keeps more promises
(hub/domain/planning/keeping.py).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from sqlalchemy.orm import Session, SessionTransaction

from hub.domain.keys import is_demand, need_key, number_of
from hub.domain.planning.habits import Habits
from hub.domain.planning.keeping import Decided, Holding, Tried, keep_days
from hub.domain.planning.material_days import (
    Begins,
    keep_fresh,
    names_of,
    of_opened,
    of_stored,
)
from hub.domain.planning.netting_types import Plan
from hub.domain.planning.substitutes import Alternate, Substitution, net_together
from hub.flow.planning.plan_covers import apply_checks, apply_purchases
from hub.flow.planning.plan_reasons import Reasons
from hub.flow.planning.plan_runs import RunWriter
from hub.flow.planning.plan_stock import apply_allocations, apply_shortages
from hub.flow.planning.plan_substitutes import apply_substitutions
from hub.flow.planning.plan_table import ItemTable, lay
from hub.flow.planning.schedule import reschedule
from hub.models.planning.habits import habits_of
from hub.models.planning.substitution_queries import standing_in, unstarted_needs


@dataclass(slots=True)
class Touched:
    """The rows a plan changed, from which the orders to refresh are found."""

    demands: set[int] = field(default_factory=set)
    needs: set[int] = field(default_factory=set)
    runs: set[int] = field(default_factory=set)

    def add(self, key: str) -> None:
        """Note the owner of a changed row by its planner's key."""
        (self.demands if is_demand(key) else self.needs).add(number_of(key))


def plan_items(
    session: Session,
    *,
    groups: Sequence[Collection[int]],
    alternates: Collection[Alternate],
    reasons: Reasons,
    now: datetime,
    local_now: datetime,
) -> Touched:
    """Net groups of items, write what changes, and place all runs; return what was touched.

    No promised order's goods come later by it where a plan that holds the runs of the plan
    before spares them that. `local_now` is `now` in the workshop's time zone.
    """
    trials = _Trials(
        session=session,
        groups=groups,
        alternates=alternates,
        reasons=reasons,
        now=now,
        local_now=local_now,
        habits=habits_of(session),
    )
    keep_days(trials.attempt, undo=trials.undo)
    return trials.accepted()


@dataclass(slots=True, kw_only=True)
class _Trials:
    """Plans the same items again and again, each time from what is stored."""

    session: Session
    groups: Sequence[Collection[int]]
    alternates: Collection[Alternate]
    reasons: Reasons
    now: datetime
    local_now: datetime
    habits: Habits
    savepoint: SessionTransaction | None = None
    touched: Touched = field(default_factory=Touched)

    def attempt(self, held: Holding) -> Tried:
        """Plan with these runs held at their size, for the days on which runs begin."""
        return keep_fresh(partial(self._attempt, held), undo=self.undo)

    def _attempt(self, held: Holding, begins: Begins) -> Tried:
        """Plan once, in a savepoint of its own."""
        self.savepoint, self.touched = self.session.begin_nested(), Touched()
        pass_ = _Pass(
            session=self.session,
            reasons=self.reasons,
            habits=self.habits,
            held=held,
            begins=begins,
            touched=self.touched,
            today=self.local_now.date(),
            now=self.now,
        )
        for group in self.groups:
            pass_.plan(group, alternates=self.alternates)
        pass_.substitute()
        found = reschedule(self.session, local_now=self.local_now)
        self.touched.runs |= found.changed
        return Tried(
            held=held,
            decided=tuple(pass_.decided),
            runs=found.runs,
            placed=found.placed,
        )

    def undo(self) -> None:
        """Take the last attempt back."""
        if self.savepoint is not None:
            self.savepoint.rollback()

    def accepted(self) -> Touched:
        """Let the last attempt stand, and say what it touched."""
        if self.savepoint is not None:
            self.savepoint.commit()
        return self.touched


@dataclass(slots=True, kw_only=True)
class _Pass:
    """One pass over groups of items, and what it has to remember between them."""

    session: Session
    reasons: Reasons
    habits: Habits
    held: Holding
    begins: Begins
    """When runs are supposed to begin, by name."""
    touched: Touched
    today: date
    now: datetime
    items: list[int] = field(default_factory=list)
    decided: list[Decided] = field(default_factory=list)
    found: list[Substitution] = field(default_factory=list)
    begin_on: dict[int, date] = field(default_factory=dict)
    """The same by id, those this pass opened too."""

    def __post_init__(self) -> None:
        """Note the runs that are stored."""
        self.begin_on = of_stored(self.begins)

    def plan(self, group: Collection[int], *, alternates: Collection[Alternate]) -> None:
        """Net items that may stand in for each other, and write what changed."""
        free = unstarted_needs(self.session, item_ids=group) if len(group) > 1 else ()
        open_keys = [need_key(need_id) for need_id in free]
        stood_in = standing_in(self.session, item_ids=group) if open_keys else {}
        tables = {
            item_id: lay(
                self.session,
                item_id=item_id,
                habits=self.habits,
                today=self.today,
                open_keys=open_keys,
                stood_in=stood_in.get(item_id, ()),
                held=self.held,
                begins=self.begin_on,
            )
            for item_id in group
        }
        together = net_together(
            {item_id: each.table for item_id, each in tables.items()},
            alternates=alternates,
        )
        for item_id, laid in tables.items():
            decided = together.plans[item_id]
            plan = self._write(laid, plan=decided)
            names = names_of(decided, item_id=item_id, placed=plan)
            self.begin_on |= of_opened(names, begins=self.begins)
            self.decided.append(Decided(table=laid.table, plan=plan, names=names))
        self.found += together.substitutions
        self.items += group

    def substitute(self) -> None:
        """Write which items stand in for others, once all are netted."""
        changed = apply_substitutions(
            self.session, item_ids=self.items, found=self.found, now=self.now
        )
        for key in changed:
            self.touched.add(key)

    def _write(self, laid: ItemTable, *, plan: Plan) -> Plan:
        """Write what changed of one item; return its plan with the ids of new runs."""
        item = laid.item
        if item.stock_short != plan.stock_short:
            item.stock_short = plan.stock_short
        changed = [
            *apply_allocations(self.session, item_id=item.id, plan=plan),
            *apply_purchases(self.session, item_id=item.id, plan=plan),
            *apply_checks(self.session, item_id=item.id, plan=plan),
            *apply_shortages(self.session, item=item, plan=plan, today=self.today),
        ]
        writer = RunWriter(
            session=self.session,
            recipe=laid.recipe,
            stored={run.run_id: run for run in laid.stored},
            wanted=laid.wanted,
            why=self.reasons.why(item.id),
            facts=self.reasons.facts(item.id),
            now=self.now,
        )
        placed = writer.apply(plan)
        self.touched.runs |= writer.runs
        for key in (*changed, *writer.keys):
            self.touched.add(key)
        return placed
