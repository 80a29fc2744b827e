"""Step 4: who gets what, what must be made, what is missing; item by item, top level first.

The decision is `hub.domain.netting.net`, a pure function. Here its inputs are read and its answer
is compared with the stored rows: only differences are written, each with its reason, so a plan
that changes nothing writes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from connectors.protocol import Registration
from connectors.registry import CHANNELS
from hub.domain.netting import net
from hub.domain.netting_types import (
    Demand,
    Kind,
    Link,
    LotSizes,
    Policy,
    StoredRun,
    Supplies,
)
from hub.domain.recipe import good_yield, planning_order
from hub.domain.states import Production
from hub.flow.announce import sync_holds
from hub.flow.phase import refresh_phases
from hub.flow.plan_runs import RunWriter
from hub.flow.plan_stock import apply_allocations, apply_shortages
from hub.flow.promise import refresh_promises
from hub.flow.schedule import reschedule
from hub.flow.stock_levels import restate
from hub.models.items import Item, Recipe
from hub.models.locks import lock_items, lock_orders, lock_planner
from hub.models.planning import Replan
from hub.models.planning_queries import (
    Wish,
    active_recipe,
    component_edges,
    free_lots,
    key_of,
    links_of,
    order_wishes,
    recipe_view,
    run_wishes,
    unfinished_runs,
)
from hub.models.production import ProductionLink, ProductionOrder
from hub.models.touched import orders_touched

CONSOLIDATION_DAYS = 3
"""Orders due within so many days of the first share a run."""


@dataclass(slots=True)
class Touched:
    """The rows a plan changed, from which the orders to refresh are found."""

    demands: set[int] = field(default_factory=set)
    needs: set[int] = field(default_factory=set)
    runs: set[int] = field(default_factory=set)

    def add(self, key: str) -> None:
        """Note the owner of a changed row by its planner's key."""
        kind, _, number = key.partition(":")
        (self.demands if kind == "demand" else self.needs).add(int(number))


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a planning pass took and moved."""

    items: tuple[int, ...]
    orders: tuple[int, ...]
    stock_told: int = 0
    """Messages about stock that are owed now, or rehearsed, and were not before."""


def replan(
    session: Session,
    *,
    now: datetime,
    zone: tzinfo = UTC,
    channels: Mapping[str, Registration] = CHANNELS,
) -> Planned:
    """Plan every marked item anew, and everything below it in the recipes; restate their stock.

    `zone` is the workshop's, in which "today" is meant.
    """
    lock_planner(session)
    marked = set(session.scalars(select(Replan.item_id)))
    if not marked:
        return Planned(items=(), orders=())
    items = planning_order(component_edges(session), items=marked)
    lock_items(session, items)
    taken = session.execute(
        delete(Replan)
        .where(Replan.item_id.in_(marked))
        .returning(Replan.item_id, Replan.why)
    )
    why = {row.item_id: row.why for row in taken}
    today = now.astimezone(zone).date()
    touched = Touched()
    for item_id in items:
        reason = why.get(item_id) or next(iter(why.values()), "")
        plan_item(
            session, item_id=item_id, today=today, touched=touched, why=reason, now=now
        )
    touched.runs |= reschedule(session, local_now=now.astimezone(zone))
    orders = orders_touched(
        session,
        demands=touched.demands,
        needs=touched.needs,
        runs=touched.runs,
        items=marked,
    )
    lock_orders(session, orders)
    refresh_promises(session, order_ids=orders, now=now, zone=zone)
    refresh_phases(session, order_ids=orders, now=now)
    sync_holds(session, order_ids=orders, now=now)
    told = restate(session, item_ids=items, today=today, now=now, channels=channels)
    return Planned(items=tuple(items), orders=tuple(sorted(orders)), stock_told=told)


def plan_item(
    session: Session,
    *,
    item_id: int,
    today: date,
    touched: Touched,
    why: str,
    now: datetime,
) -> None:
    """Net one item and write what changed."""
    item = session.get_one(Item, item_id)
    recipe = active_recipe(session, item_id=item_id)
    runs = unfinished_runs(session, item_id=item_id)
    links = links_of(session, run_ids=[run.id for run in runs])
    stored = [_stored(run, links.get(run.id, [])) for run in runs]
    wishes = [
        *order_wishes(session, item_id=item_id),
        *run_wishes(session, item_id=item_id),
    ]
    plan = net(
        [_demand(wish, item=item) for wish in wishes if wish.quantity > 0],
        supplies=Supplies(
            lots=tuple(free_lots(session, item_id=item_id)), runs=tuple(stored)
        ),
        policy=_policy(item, recipe, today=today),
    )
    changed = [
        *apply_allocations(session, item_id=item_id, plan=plan),
        *apply_shortages(session, item=item, plan=plan, today=today),
    ]
    for key in changed:
        touched.add(key)
    writer = RunWriter(session=session, recipe=recipe, why=why, now=now)
    writer.apply(plan)
    touched.runs |= writer.runs
    for key in writer.keys:
        touched.add(key)


def _demand(wish: Wish, *, item: Item) -> Demand:
    return Demand(
        key=wish.key,
        quantity=wish.quantity,
        needed_on=wish.needed_on or wish.placed_at.date(),
        placed_at=wish.placed_at,
        priority=wish.priority,
        committed_at=wish.committed_at,
        min_remaining_days=item.min_remaining_days if wish.key.startswith("demand:") else 0,
    )


def _stored(run: ProductionOrder, links: Iterable[ProductionLink]) -> StoredRun:
    return StoredRun(
        run_id=run.id,
        state=Production(run.state),
        batches=run.batches,
        output=max(0, run.planned - run.produced),
        links=tuple(
            Link(
                demand=key_of(demand_id=link.demand_id, need_id=link.need_id),
                quantity=link.planned - link.done,
            )
            for link in links
            if link.planned > link.done
        ),
        needed_on=run.needed_on,
        ends_on=run.ready_on,
    )


def _policy(item: Item, recipe: Recipe | None, *, today: date) -> Policy:
    to_stock = item.policy == "make_to_stock"
    return Policy(
        kind=Kind.MAKE if recipe or item.kind in ("product", "intermediate") else Kind.BUY,
        today=today,
        lot_sizes=_lot_sizes(recipe) if recipe else None,
        window_days=CONSOLIDATION_DAYS,
        shelf_life_days=item.shelf_life_days,
        safety_stock=item.safety_stock if to_stock else 0,
        reorder_point=item.reorder_point if to_stock else 0,
    )


def _lot_sizes(recipe: Recipe) -> LotSizes:
    return LotSizes(
        good_yield=good_yield(recipe_view(recipe)),
        min_batches=recipe.min_batches,
        max_batches=recipe.max_batches,
        step_batches=recipe.step_batches,
    )
