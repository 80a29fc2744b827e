"""Where the goods of orders come from: the runs that owe them, and purchases on their way."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.days.material_wait import MaterialWait
from hub.models.making.runs_of_demands import unfinished_runs
from hub.models.materials.material_waits import waits_of_runs
from hub.models.orders.order_facts import runs_below
from hub.models.records.items import WorkCentre
from hub.models.records.production import ProductionOrder
from hub.models.records.purchasing import PurchaseCover, PurchaseLine, PurchaseOrder

RunsOf = dict[int, list[tuple[ProductionOrder, int]]]
"""For each demand, the runs that still owe it something, and how much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """So much of a purchase on its way is for a demand."""

    quantity: int
    ref: str
    expected_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What keeps a run, or one of the runs it uses."""

    waits: tuple[MaterialWait, ...] = ()
    full_until: date | None = None
    """The last day without room for one of them."""
    where: str = ""
    """The work centre that had none, where there is only one it can be."""


def runs_of_demands(session: Session, *, demand_ids: Collection[int]) -> RunsOf:
    """Return the unfinished runs that owe something to these demands."""
    owed: RunsOf = defaultdict(list)
    for link, run in unfinished_runs(session, demand_ids=demand_ids):
        if link.demand_id is not None and link.planned > link.done:
            owed[link.demand_id].append((run, link.planned - link.done))
    return owed


def bought_for_demands(
    session: Session, *, demand_ids: Collection[int]
) -> dict[int, list[Bought]]:
    """Return the purchases on their way that cover these demands themselves."""
    query = (
        select(PurchaseCover, PurchaseLine.expected_on, PurchaseOrder.number)
        .join(PurchaseLine, PurchaseLine.id == PurchaseCover.purchase_line_id)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
        .where(PurchaseCover.demand_id.in_(demand_ids))
        .order_by(PurchaseCover.id)
    )
    bought: dict[int, list[Bought]] = defaultdict(list)
    for cover, expected_on, ref in session.execute(query):
        if cover.demand_id is not None:
            bought[cover.demand_id].append(
                Bought(quantity=cover.quantity, ref=ref, expected_on=expected_on)
            )
    return bought


def what_holds(session: Session, *, run_ids: Collection[int]) -> dict[int, Held]:
    """Return what keeps each of these runs; what keeps a run it uses keeps it as well.

    A running run has what it needs.
    """
    tree = {
        run: {run, *below} for run, below in runs_below(session, run_ids=run_ids).items()
    }
    every = {run for runs in tree.values() for run in runs}
    waits = waits_of_runs(session, run_ids=every)
    full = _full(session, run_ids=every)
    return {run: _held(runs, waits=waits, full=full) for run, runs in tree.items()}


def _held(
    runs: set[int],
    *,
    waits: dict[int, list[MaterialWait]],
    full: dict[int, tuple[date, str]],
) -> Held:
    rooms = [full[run] for run in runs if run in full]
    full_until, where = max(rooms, default=(None, ""))
    return Held(
        waits=tuple(wait for run in sorted(runs) for wait in waits.get(run, ())),
        full_until=full_until,
        where=where,
    )


def _full(session: Session, *, run_ids: Collection[int]) -> dict[int, tuple[date, str]]:
    query = (
        select(ProductionOrder, WorkCentre.name)
        .outerjoin(WorkCentre, WorkCentre.id == ProductionOrder.work_centre_id)
        .where(
            ProductionOrder.id.in_(run_ids),
            ProductionOrder.full_until.is_not(None),
            ProductionOrder.state != "running",
        )
    )
    full: dict[int, tuple[date, str]] = {}
    for run, name in session.execute(query):
        if run.full_until is not None:
            full[run.id] = (run.full_until, "" if _has_steps(run) else name or "")
    return full


def _has_steps(run: ProductionOrder) -> bool:
    steps = run.recipe.get("steps")
    return isinstance(steps, list) and len(steps) > 1
