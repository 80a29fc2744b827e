"""The plan of one item against its production orders: runs opened, resized, dropped, and linked.

A link is never deleted: what a run is no longer to give is taken off `planned`, what it gave stays.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.catalogue.recipe import explode, planned_output
from hub.domain.codes import Series, number
from hub.domain.keys import key_of, owner_of
from hub.domain.planning.explain import Fact, Owner, as_data, explain
from hub.domain.planning.netting_diff import (
    ChangeKind,
    RunChange,
    run_change,
    run_changes,
    run_dropped,
)
from hub.domain.planning.netting_types import Link, Plan, PlannedRun, StoredRun
from hub.domain.states import PRODUCTION_STEPS, Production
from hub.flow.planning.plan_reasons import owners_of
from hub.flow.step import step
from hub.models.catalogue.recipe_steps import steps_of
from hub.models.numbers import next_number
from hub.models.planning.planning_queries import recipe_view
from hub.models.records.history import record
from hub.models.records.items import Recipe
from hub.models.records.production import ProductionLink, ProductionNeed, ProductionOrder

WORDS: Mapping[ChangeKind, str] = {
    ChangeKind.OPENED: "run.opened",
    ChangeKind.GROWN: "run.grew",
    ChangeKind.SHRUNK: "run.shrank",
    ChangeKind.RELINKED: "run.relinked",
    ChangeKind.MOVED: "run.moved",
}
"""What the history calls each change; a dropped run is cancelled."""


@dataclass(slots=True)
class RunWriter:
    """Writes the runs of one item, with the reason for each change, and remembers what moved."""

    session: Session
    recipe: Recipe | None
    stored: Mapping[int, StoredRun]
    """The runs as the plan found them."""
    wanted: Collection[str]
    """Planner's keys of who wants something."""
    why: str
    facts: list[Fact]
    """What is known of why the item is planned."""
    now: datetime
    owners: Mapping[str, Owner] = field(default_factory=dict)
    runs: set[int] = field(default_factory=set)
    """Runs that changed in any way."""
    keys: set[str] = field(default_factory=set)
    """Planner's keys of those whose links changed."""

    def apply(self, plan: Plan) -> Plan:
        """Bring the production orders of the item, their needs and their links to the plan.

        Returns the plan with the ids of the runs it opened.
        """
        placed: list[PlannedRun] = []
        changes = run_changes(self.stored.values(), plan=plan)
        links = [link for each in changes for link in (*each.gained, *each.lost)]
        self.owners = owners_of(self.session, keys={link.demand for link in links})
        for run_id in plan.dropped:
            self._drop(self.session.get_one(ProductionOrder, run_id))
        for planned in plan.runs:
            before = None if planned.run_id is None else self.stored[planned.run_id]
            run = self._sized(planned)
            placed.append(replace(planned, run_id=run.id))
            self._place(run, planned)
            self._link(run, planned.links)
            change = run_change(before, after=planned)
            if change is not None:
                self._tell(run, change, links=planned.links)
        return replace(plan, runs=tuple(placed))

    def _sized(self, planned: PlannedRun) -> ProductionOrder:
        if planned.run_id is not None:
            run = self.session.get_one(ProductionOrder, planned.run_id)
            if not planned.is_firm and self.recipe is not None:
                self._resize(run, self.recipe, batches=planned.batches)
            return run
        if self.recipe is None:
            raise RuntimeError("the planner opened a run of an item without a recipe")
        return self._open(self.recipe, planned)

    def _is_news(self, links: Iterable[Link]) -> bool:
        """Say whether somebody did something to an order of a run that is needed another day.

        Otherwise the day is only the one that we promised ourselves.
        """
        orders = {fact.get("order") for fact in self.facts} - {None}
        if not orders:
            return False
        owners = owners_of(self.session, keys={link.demand for link in links})
        return any(owner.order in orders for owner in owners.values())

    def _tell(
        self, run: ProductionOrder, change: RunChange, *, links: Iterable[Link]
    ) -> None:
        """Write what happened to a run, from what to what: batches, or the day it is needed."""
        if change.kind is ChangeKind.MOVED and not self._is_news(links):
            return
        before = str(change.batches_before) if change.batches_before else ""
        after = str(change.batches_after)
        if change.kind is ChangeKind.MOVED:
            before, after = str(change.needed_before or ""), str(change.needed_after or "")
        self._note(
            run,
            WORDS[change.kind],
            before=before,
            after=after,
            detail=self._explained(run, change),
        )

    def _explained(self, run: ProductionOrder, change: RunChange) -> dict[str, object]:
        return as_data(
            explain(
                change,
                run=run.number,
                owners=self.owners,
                facts=self.facts,
                wanted=self.wanted,
            )
        )

    def _open(self, recipe: Recipe, planned: PlannedRun) -> ProductionOrder:
        run = ProductionOrder(
            number=number(
                Series.PRODUCTION, sequence=next_number(self.session, "production_order")
            ),
            item_id=recipe.item_id,
            recipe_id=recipe.id,
            recipe=snapshot(recipe, steps=steps_of(self.session, recipe)),
            state=Production.PLANNED,
            batches=planned.batches,
            planned=planned.quantity,
            work_centre_id=recipe.work_centre_id,
            created_at=self.now,
        )
        self.session.add(run)
        self.session.flush()
        write_needs(self.session, run, recipe)
        return run

    def _resize(self, run: ProductionOrder, recipe: Recipe, *, batches: int) -> None:
        """Give a planned run its new size and the recipe in force; the same is left alone."""
        output = planned_output(recipe_view(recipe), batches=batches)
        if (run.batches, run.planned, run.recipe_id) == (batches, output, recipe.id):
            return
        if run.recipe_id != recipe.id:
            self._note(run, "run.recipe", after=str(batches))
        self.runs.add(run.id)
        resize(self.session, run, recipe, batches=batches)

    def _drop(self, run: ProductionOrder) -> None:
        """Cancel a planned run nobody needs; its links stay, with nothing left to give."""
        step(
            self.session,
            run,
            table=PRODUCTION_STEPS,
            new=Production.CANCELLED,
            who="system",
            now=self.now,
            why=self.why,
            detail=self._explained(run, run_dropped(self.stored[run.id])),
        )
        self._link(run, ())
        self.runs.add(run.id)

    def _place(self, run: ProductionOrder, planned: PlannedRun) -> None:
        wanted = (planned.needed_on, planned.priority, planned.not_before)
        if (run.needed_on, run.priority, run.not_before) != wanted:
            run.needed_on, run.priority, run.not_before = wanted
            self.runs.add(run.id)

    def _link(self, run: ProductionOrder, links: Iterable[Link]) -> None:
        outstanding = {link.demand: link.quantity for link in links}
        stored = select(ProductionLink).filter_by(production_order_id=run.id)
        known = {
            key_of(demand_id=row.demand_id, need_id=row.need_id): row
            for row in self.session.scalars(stored)
        }
        for key in sorted({*outstanding, *known}):
            row = known.get(key) or ProductionLink(
                production_order_id=run.id, **owner_of(key), planned=0, done=0
            )
            wanted = row.done + outstanding.get(key, 0)
            if row.planned != wanted:
                row.planned = wanted
                self.session.add(row)
                self.keys.add(key)
                self.runs.add(run.id)
        self.session.flush()

    def _note(
        self,
        run: ProductionOrder,
        what: str,
        *,
        before: str = "",
        after: str,
        detail: Mapping[str, object] | None = None,
    ) -> None:
        self.runs.add(run.id)
        record(
            self.session,
            at=self.now,
            who="system",
            subject="production_order",
            subject_id=run.id,
            what=what,
            from_state=before,
            to_state=after,
            why=self.why,
            detail=detail,
        )


def resize(session: Session, run: ProductionOrder, recipe: Recipe, *, batches: int) -> None:
    """Give a run so many batches of a recipe, and the needs that go with them."""
    run.batches = batches
    run.planned = planned_output(recipe_view(recipe), batches=batches)
    run.recipe_id = recipe.id
    run.recipe = snapshot(recipe, steps=steps_of(session, recipe))
    run.work_centre_id = recipe.work_centre_id
    write_needs(session, run, recipe)


def write_needs(session: Session, run: ProductionOrder, recipe: Recipe) -> None:
    """Write how much of each item a run needs for its batches; what it no longer needs is 0."""
    wanted = explode(recipe_view(recipe), batches=run.batches)
    stored = select(ProductionNeed).filter_by(production_order_id=run.id)
    known = {need.item_id: need for need in session.scalars(stored)}
    for item_id in sorted({*wanted, *known}):
        need = known.get(item_id) or ProductionNeed(
            production_order_id=run.id, item_id=item_id, needed=0, consumed=0
        )
        need.needed = wanted.get(item_id, 0)
        session.add(need)
    session.flush()


def snapshot(recipe: Recipe, *, steps: list[dict[str, object]]) -> dict[str, object]:
    """Freeze a recipe as a run will remember it (`steps`: hub/models/catalogue/recipe_steps.py)."""
    return {
        "version": recipe.version,
        "batch_size": recipe.batch_size,
        "loss_bp": recipe.loss_bp,
        "setup_minutes": recipe.setup_minutes,
        "batch_minutes": recipe.batch_minutes,
        "rest_days": recipe.rest_days,
        "steps": steps,
        "lines": [
            {"item_id": line.item_id, "quantity": line.quantity, "waste_bp": line.waste_bp}
            for line in recipe.lines
        ],
    }
