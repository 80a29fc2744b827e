"""The plan of everything at once, in memory: the same decisions as the stored plan, no database.

What is stored is planned item by item by hub/flow/planning/plan.py. Here the same pure functions
run over one frozen value, so that a question ("what if?") is a plan of a changed value and touches
nothing. tests/flow/planning/test_planning_state.py holds the two against each other.
"""

from dataclasses import dataclass
from functools import partial

from hub.domain.asking.whole_board import Board, Memo
from hub.domain.asking.whole_dates import placed_runs, promised, runs_to_place
from hub.domain.asking.whole_plan_types import (
    Coverings,
    Outcome,
    State,
)
from hub.domain.catalogue.recipe import Edges
from hub.domain.days.schedule import Schedule
from hub.domain.planning.keeping import Holding, Tried, keep_days
from hub.domain.planning.material_days import Begins, keep_fresh
from hub.domain.planning.planning_groups import groups_of, planning_groups


def plan_everything(state: State, *, memo: Memo | None = None) -> Outcome:
    """Net every item, users first, place every run in the calendar, and date every order.

    `memo` remembers from one plan to the next, so that a plan of a state that differs in little
    costs little. Where a part of the state stands, only the rest is netted; runs are placed and
    orders dated all the same.

    :raises RecipeCircle: an item would be made of itself, or of what may stand in for it.
    """
    trials = _Trials(state=state, memo=memo or Memo())
    keep_days(trials.attempt, undo=trials.undo)
    return trials.outcome()


def _groups(state: State, *, edges: Edges, memo: Memo) -> tuple[tuple[int, ...], ...]:
    """Say what is planned together, in order: that of the whole workshop, whatever stands.

    What stands does not change from plan to plan, and neither does what goes into what.
    """
    if state.standing is None:
        return _in_order(state, edges=edges)
    scope = state.standing.scope
    if not scope:
        return ()
    if state.alternates not in memo.in_order:
        memo.in_order[state.alternates] = tuple(
            group for group in _in_order(state, edges=edges) if not scope.isdisjoint(group)
        )
    return memo.in_order[state.alternates]


def _in_order(state: State, *, edges: Edges) -> tuple[tuple[int, ...], ...]:
    items = {*state.goods, *edges} | {item for into in edges.values() for item in into}
    groups = groups_of((each.item_id, each.substitute_id) for each in state.alternates)
    return planning_groups(edges, items=items, groups=groups)


@dataclass(slots=True, kw_only=True)
class _Trials:
    """Plans the same state again and again, each time from nothing; the last one stands."""

    state: State
    memo: Memo
    last: "tuple[Board, Coverings, Schedule] | None" = None

    def attempt(self, held: Holding) -> Tried:
        """Plan with these runs held at their size, for the days on which runs begin."""
        return keep_fresh(partial(self._attempt, held), undo=self.undo)

    def _attempt(self, held: Holding, begins: Begins) -> Tried:
        board = Board.of(self.state, holding=held, begins=begins, memo=self.memo)
        for group in _groups(self.state, edges=board.edges(), memo=self.memo):
            board.plan(group)
        cover = board.coverings()
        runs = runs_to_place(self.state, cover)
        schedule = placed_runs(runs, state=self.state)
        self.last = (board, cover, schedule)
        return Tried(held=held, decided=tuple(board.decided), runs=runs, placed=schedule)

    def undo(self) -> None:
        """Forget the last attempt."""
        self.last = None

    def outcome(self) -> Outcome:
        """Date every order by the attempt that stands."""
        if self.last is None:
            raise RuntimeError("nothing was planned")
        board, cover, schedule = self.last
        return Outcome(
            cover=cover,
            stock_short=board.stock_short,
            schedule=schedule,
            promises=promised(self.state, cover, schedule=schedule, known=self.memo.dated),
        )
