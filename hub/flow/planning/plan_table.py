"""What the planner reads to net one item, and what writing its plan needs to know again."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from sqlalchemy.orm import Session

from hub.domain.planning.habits import Habits
from hub.domain.planning.material_days import Days, used_on
from hub.domain.planning.netting_types import StoredRun, Supplies
from hub.domain.planning.substitutes import Substitution, Table
from hub.flow.planning.plan_inputs import demand_of, owed, policy_of, stored_run
from hub.models.planning.planning_queries import (
    Wish,
    active_recipe,
    free_lots,
    incoming_lines,
    links_of,
    order_wishes,
    run_wishes,
    unfinished_runs,
)
from hub.models.planning.unchecked import unchecked_by_item
from hub.models.records.items import Item, Recipe

NOWHERE: Days = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTable:
    """One item on the planner's table."""

    item: Item
    recipe: Recipe | None
    stored: tuple[StoredRun, ...]
    table: Table

    @property
    def wanted(self) -> set[str]:
        """The planner's keys of all who want some of it."""
        return {demand.key for demand in self.table.demands}


def lay(
    session: Session,
    *,
    item_id: int,
    habits: Habits,
    today: date,
    open_keys: Collection[str] = (),
    stood_in: Iterable[Substitution] = (),
    held: Collection[int] = (),
    begins: Days = NOWHERE,
) -> ItemTable:
    """Read all that netting one item looks at.

    `open_keys` name who may take another item where this one is short, `stood_in` says what did
    in the last plan. `held` are the runs that
    keep their size this time, and `begins` says by run where it is supposed to begin later than
    it could.
    """
    item = session.get_one(Item, item_id)
    recipe = active_recipe(session, item_id=item_id)
    runs = unfinished_runs(session, item_id=item_id)
    links = links_of(session, run_ids=[run.id for run in runs])
    as_stored = (
        stored_run(run, owed(links.get(run.id, [])), habits=habits, today=today)
        for run in runs
    )
    stored = tuple(replace(run, is_held=run.run_id in held) for run in as_stored)
    wishes = [
        *order_wishes(session, item_id=item_id),
        *(
            replace(wish, begins_on=_used_on(wish, begins=begins, today=today))
            for wish in run_wishes(session, item_id=item_id)
        ),
    ]
    table = Table(
        demands=tuple(
            demand_of(wish, item_keeps=item.min_remaining_days)
            for wish in wishes
            if wish.quantity > 0
        ),
        supplies=Supplies(
            lots=tuple(free_lots(session, item_id=item_id)),
            runs=stored,
            incoming=tuple(incoming_lines(session, item_id=item_id)),
            unchecked=tuple(
                unchecked_by_item(session, item_ids=[item_id]).get(item_id, ())
            ),
        ),
        policy=policy_of(item, recipe, habits=habits, today=today),
        open_keys=frozenset(open_keys),
        stood_in=tuple(stood_in),
    )
    return ItemTable(item=item, recipe=recipe, stored=stored, table=table)


def _used_on(wish: Wish, *, begins: Days, today: date) -> date:
    return used_on(wish.run_id or 0, begins_on=wish.begins_on, days=begins, today=today)
