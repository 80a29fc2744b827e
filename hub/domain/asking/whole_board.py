"""The plan of everything as it grows in memory: who got what, which runs are made of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypeVar

from hub.domain.asking.whole_dates import Dated
from hub.domain.asking.whole_plan_types import (
    Coming,
    Coverings,
    Good,
    Held,
    Method,
    Need,
    Run,
    State,
)
from hub.domain.catalogue.recipe import Edges, explode
from hub.domain.planning.keeping import Decided, Holding
from hub.domain.planning.material_days import (
    Begins,
    may_begin_on,
    names_of,
    of_opened,
    of_stored,
    used_on,
)
from hub.domain.planning.netting_types import (
    Awaited,
    Demand,
    Plan,
    PlannedRun,
    Shortage,
    StoredRun,
    Supplies,
)
from hub.domain.planning.pools import NO_PROMISE
from hub.domain.planning.run_rank import First, run_committed_at, run_priority
from hub.domain.planning.substitutes import (
    Alternate,
    Substitution,
    Table,
    Together,
    net_together,
)
from hub.domain.states import Production

Alternates = tuple[Alternate, ...]
Group = tuple[tuple[int, ...], Alternates, Holding]
GivenT = TypeVar("GivenT")


@dataclass(slots=True)
class Memo:
    """What items and orders came to the last time, for plans of one moment.

    The same table gives the same plan, and the same parts the same promise, unasked.
    """

    known: dict[Group, tuple[Mapping[int, Table], Together]] = field(default_factory=dict)
    dated: dict[int, Dated] = field(default_factory=dict)
    in_order: dict[Alternates, tuple[tuple[int, ...], ...]] = field(default_factory=dict)
    """What is planned anew together, and in what order, where a part of the workshop stands."""

    def net(
        self, tables: Mapping[int, Table], *, alternates: Alternates, held: Holding
    ) -> Together:
        """Net items together, unless nothing of it changed since these of their runs were held."""
        group = (tuple(sorted(tables)), alternates, held)
        known = self.known.get(group)
        if known is not None and known[0] == tables:
            return known[1]
        together = net_together(tables, alternates=alternates)
        self.known[group] = (tables, together)
        return together


@dataclass(slots=True, kw_only=True)
class Board:
    """The plan as it grows: runs already decided stand as they will be."""

    state: State
    memo: Memo
    holding: Holding
    """The runs that keep their size this time."""
    begins: Begins
    """When runs are supposed to begin, by name."""
    begin_on: dict[int, date]
    """The same by id, those this plan opened too."""
    wishes: dict[int, list[Demand]]
    promised_at: dict[str, datetime]
    """When whoever a key names was first promised a day."""
    asked_on: dict[str, date]
    """By key: the day it was asked for; of a run's need, by the first order it works for."""
    runs: dict[int, Run]
    makers: dict[int, list[int]]
    """By item: its unfinished runs."""
    needs: dict[int, dict[int, tuple[int, Need]]]
    """By item and need: what runs want of it, and which run."""
    next_run: int
    next_need: int
    held: dict[str, list[Held]] = field(default_factory=lambda: defaultdict(list))
    coming: dict[str, list[Coming]] = field(default_factory=lambda: defaultdict(list))
    awaited: dict[str, list[Awaited]] = field(default_factory=lambda: defaultdict(list))
    short: dict[str, Shortage] = field(default_factory=dict)
    stock_short: dict[int, int] = field(default_factory=dict)
    substitutions: list[Substitution] = field(default_factory=list)
    decided: list[Decided] = field(default_factory=list)

    @classmethod
    def of(cls, state: State, *, holding: Holding, begins: Begins, memo: Memo) -> "Board":
        wishes: dict[int, list[Demand]] = defaultdict(list)
        covered = state.covered
        board = cls(
            state=state,
            memo=memo,
            holding=holding,
            begins=begins,
            begin_on=of_stored(begins),
            wishes=wishes,
            promised_at={},
            asked_on={},
            runs={},
            makers=defaultdict(list),
            needs=defaultdict(dict),
            next_run=1 + max((run.run_id for run in state.runs), default=0),
            next_need=1
            + max((need.need_id for run in state.runs for need in run.needs), default=0),
            held=_growing(covered.held),
            coming=_growing(covered.coming),
            awaited=_growing(covered.awaited),
            short=dict(covered.short),
        )
        for order in state.orders:
            for wish in order.wishes:
                wishes[wish.item_id].append(wish.demand)
                board.asked_on[wish.demand.key] = (
                    wish.demand.asked_on or wish.demand.needed_on
                )
                if wish.demand.committed_at is not None:
                    board.promised_at[wish.demand.key] = wish.demand.committed_at
        for run in sorted(state.runs, key=lambda run: run.run_id):
            board._keep(run)
            board.makers[run.item_id].append(run.run_id)
        return board

    def edges(self) -> Edges:
        """Say what goes into what: by the recipes in force, and by the needs of open runs."""
        if self.state.standing:
            return self.state.standing.edges
        edges: dict[int, set[int]] = defaultdict(set)
        for good in self.state.goods.values():
            if good.method:
                edges[good.item_id] |= {line.item_id for line in good.method.recipe.lines}
        for run in self.state.runs:
            edges[run.item_id] |= {need.item_id for need in run.needs}
        return edges

    def plan(self, group: Iterable[int]) -> None:
        """Net items that may stand in for each other, and let the runs below hear of it."""
        tables = {item_id: self._table(self.state.goods[item_id]) for item_id in group}
        alternates = [each for each in self.state.alternates if each.item_id in tables]
        theirs = (run_id for item_id in tables for run_id in self.makers[item_id])
        held = self.holding.intersection(theirs) if self.holding else self.holding
        together = self.memo.net(tables, alternates=tuple(alternates), held=held)
        self.substitutions += together.substitutions
        for item_id, plan in together.plans.items():
            self._note(plan, item_id=item_id)
            for run_id in plan.dropped:
                self._drop(self.runs[run_id])
            good = self.state.goods[item_id]
            placed = tuple(self._apply(run, good=good) for run in plan.runs)
            self._decide(item_id, tables[item_id], plan=plan, runs=placed)

    def coverings(self) -> Coverings:
        """Say what was decided."""
        return Coverings(
            runs=self.runs,
            held={key: tuple(held) for key, held in self.held.items()},
            coming={key: tuple(coming) for key, coming in self.coming.items()},
            short=self.short,
            substitutions=tuple(self.substitutions),
            awaited={key: tuple(each) for key, each in self.awaited.items()},
            relied_on_since=self._relied_on_since(),
            owed=self.state.covered.owed,
        )

    def _decide(
        self, item_id: int, table: Table, *, plan: Plan, runs: tuple[PlannedRun, ...]
    ) -> None:
        placed = replace(plan, runs=runs)
        names = names_of(plan, item_id=item_id, placed=placed)
        self.begin_on |= of_opened(names, begins=self.begins)
        self.decided.append(Decided(table=table, plan=placed, names=names))

    def _note(self, plan: Plan, *, item_id: int) -> None:
        for given in plan.allocations:
            held = Held(item_id=item_id, lot_id=given.lot_id, quantity=given.quantity)
            self.held[given.demand].append(held)
        for cover in plan.covers:
            coming = Coming(
                item_id=item_id,
                purchase_id=cover.purchase_id,
                quantity=cover.quantity,
                expected_on=cover.expected_on,
            )
            self.coming[cover.demand].append(coming)
        for awaited in plan.awaited:
            self.awaited[awaited.demand].append(awaited)
        self.short |= {short.demand: short for short in plan.shortages}
        if plan.stock_short:
            self.stock_short[item_id] = plan.stock_short

    def _table(self, good: Good) -> Table:
        wanted = self.needs[good.item_id].values()
        demands = [want for want in self.wishes[good.item_id] if want.quantity > 0]
        demands += [
            self._wish(need, run=self.runs[run_id])
            for run_id, need in wanted
            if need.quantity > 0
        ]
        return Table(
            demands=tuple(demands),
            supplies=Supplies(
                lots=good.lots,
                runs=tuple(self._stored(each) for each in self.makers[good.item_id]),
                incoming=good.incoming,
                unchecked=good.unchecked,
            ),
            policy=good.policy,
            open_keys=frozenset(
                need.key
                for run_id, need in wanted
                if self.runs[run_id].state is not Production.RUNNING
            ),
            stood_in=tuple(self.state.stood_in.get(good.item_id, ())),
        )

    def _stored(self, run_id: int) -> StoredRun:
        run = self.runs[run_id]
        return StoredRun(
            run_id=run_id,
            state=run.state,
            batches=run.batches,
            output=run.output,
            links=run.links,
            needed_on=run.needed_on,
            ends_on=run.ready_on,
            is_frozen=run.is_frozen,
            is_held=run_id in self.holding,
        )

    def _wish(self, need: Need, *, run: Run) -> Demand:
        placed_on = run.created_at.date()
        return Demand(
            key=need.key,
            quantity=need.quantity,
            needed_on=run.needed_on or placed_on,
            placed_at=run.created_at,
            priority=run_priority(run.priority, state=run.state),
            committed_at=run_committed_at(
                self.promised_at.get(need.key), released_at=run.released_at
            ),
            asked_on=placed_on,
            works_for_on=self.asked_on.get(need.key),
            used_on=used_on(
                run.run_id,
                begins_on=_may_begin_on(run),
                days=self.begin_on,
                today=self.state.today,
            ),
            run_id=run.run_id,
        )

    def _apply(self, planned: PlannedRun, *, good: Good) -> PlannedRun:
        method = good.method
        if planned.run_id is None:
            if method is None:
                raise RuntimeError("the planner opened a run of an item without a recipe")
            run = self._opened(planned, method=method)
        else:
            run = self.runs[planned.run_id]
            if not planned.is_firm and method is not None:
                run = self._resized(run, planned=planned, method=method)
        run = replace(
            run,
            links=planned.links,
            needed_on=planned.needed_on,
            priority=planned.priority,
            not_before=planned.not_before,
        )
        self._keep(run)
        return replace(planned, run_id=run.run_id)

    def _opened(self, planned: PlannedRun, *, method: Method) -> Run:
        run_id, self.next_run = self.next_run, self.next_run + 1
        item_id = method.recipe.item_id
        self.makers[item_id].append(run_id)
        run = Run(
            run_id=run_id,
            number="",
            item_id=item_id,
            recipe_id=method.recipe_id,
            state=Production.PLANNED,
            batches=0,
            planned=0,
            output=0,
            work=method.work,
            created_at=self.state.now,
        )
        return self._resized(run, planned=planned, method=method)

    def _resized(self, run: Run, *, planned: PlannedRun, method: Method) -> Run:
        size = (planned.batches, planned.quantity, method.recipe_id)
        if (run.batches, run.planned, run.recipe_id) == size:
            return run
        known = {need.item_id: need.need_id for need in run.needs}
        needs: list[Need] = []
        for item_id, quantity in sorted(
            explode(method.recipe, batches=planned.batches).items()
        ):
            need_id = known.get(item_id)
            if need_id is None:
                need_id, self.next_need = self.next_need, self.next_need + 1
            needs.append(Need(need_id=need_id, item_id=item_id, quantity=quantity))
        self._forget(run)
        return replace(
            run,
            recipe_id=method.recipe_id,
            batches=planned.batches,
            planned=planned.quantity,
            output=planned.quantity,
            work=method.work,
            needs=tuple(needs),
        )

    def _relied_on_since(self) -> dict[int, datetime]:
        """Say by run since when somebody relies on it; one that nobody does is left out."""
        found = {
            run_id: run_committed_at(self._promised_by(run), released_at=run.released_at)
            for run_id, run in self.runs.items()
        }
        return {run_id: since for run_id, since in found.items() if since is not None}

    def _promised_by(self, run: Run) -> datetime | None:
        standing = self.state.standing
        if standing and run.item_id not in standing.scope:
            first = standing.works_for.get(run.run_id)
            return first.promised_at if first else None
        days = [self.promised_at.get(link.demand) for link in run.links]
        return min((day for day in days if day is not None), default=None)

    def _asked_by(self, run: Run) -> date | None:
        standing = self.state.standing
        if standing and run.item_id not in standing.scope:
            first = standing.works_for.get(run.run_id)
        else:
            asked = (
                First(
                    self.promised_at.get(link.demand, NO_PROMISE),
                    self.asked_on[link.demand],
                )
                for link in run.links
                if link.demand in self.asked_on
            )
            first = min(asked, default=None)
        return first.asked_on if first else None

    def _keep(self, run: Run) -> None:
        self.runs[run.run_id] = run
        first, asked_on = self._promised_by(run), self._asked_by(run)
        for need in run.needs:
            self.needs[need.item_id][need.need_id] = (run.run_id, need)
            self.promised_at.pop(need.key, None)
            if first is not None:
                self.promised_at[need.key] = first
            self.asked_on.pop(need.key, None)
            if asked_on is not None:
                self.asked_on[need.key] = asked_on

    def _drop(self, run: Run) -> None:
        self._forget(run)
        self.makers[run.item_id].remove(run.run_id)
        del self.runs[run.run_id]

    def _forget(self, run: Run) -> None:
        for need in run.needs:
            del self.needs[need.item_id][need.need_id]


def _may_begin_on(run: Run) -> date | None:
    if run.state is Production.RUNNING:
        return None
    return may_begin_on(run.work, pinned_on=run.pinned_on, not_before=run.not_before)


def _growing(given: Mapping[str, Iterable[GivenT]]) -> dict[str, list[GivenT]]:
    return defaultdict(list, {key: list(many) for key, many in given.items()})
