"""Step 4: who gets what, what must be made, what is missing; item by item, top level first.

The decision is `hub.domain.netting.net`, a pure function. Here its inputs are read and its answer
is compared with the stored rows: only differences are written, each with its reason, so a plan
that changes nothing writes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from connectors.protocol import Registration
from connectors.registry import CHANNELS
from hub.domain.netting import net
from hub.domain.netting_types import Supplies
from hub.domain.recipe import planning_order
from hub.flow.announce import sync_holds
from hub.flow.phase import refresh_phases
from hub.flow.plan_inputs import demand_of, policy_of, stored_run
from hub.flow.plan_purchases import apply_covers
from hub.flow.plan_reasons import Mark, Reasons
from hub.flow.plan_runs import RunWriter
from hub.flow.plan_stock import apply_allocations, apply_shortages
from hub.flow.promise import refresh_promises
from hub.flow.schedule import reschedule
from hub.flow.sent_by_hand import take_out_sent
from hub.flow.stock_levels import restate
from hub.models.habits import habits_of
from hub.models.items import Item
from hub.models.locks import lock_items, lock_orders, lock_planner
from hub.models.planning import Replan
from hub.models.planning_queries import (
    active_recipe,
    component_edges,
    free_lots,
    incoming_lines,
    links_of,
    order_wishes,
    run_wishes,
    unfinished_runs,
)
from hub.models.touched import orders_touched


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
        .returning(Replan.id, Replan.item_id, Replan.why, Replan.cause)
    )
    reasons = Reasons(
        tuple(
            Mark(item_id=row.item_id, why=row.why, cause=row.cause) for row in sorted(taken)
        )
    )
    today = now.astimezone(zone).date()
    touched = Touched()
    take_out_sent(session, item_ids=items, now=now)
    for item_id in items:
        plan_item(
            session,
            item_id=item_id,
            today=today,
            touched=touched,
            reasons=reasons,
            now=now,
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
    reasons: Reasons,
    now: datetime,
) -> None:
    """Net one item and write what changed."""
    item = session.get_one(Item, item_id)
    recipe = active_recipe(session, item_id=item_id)
    habits = habits_of(session)
    runs = unfinished_runs(session, item_id=item_id)
    links = links_of(session, run_ids=[run.id for run in runs])
    stored = tuple(
        stored_run(run, links.get(run.id, []), habits=habits, today=today) for run in runs
    )
    wishes = [
        *order_wishes(session, item_id=item_id),
        *run_wishes(session, item_id=item_id),
    ]
    plan = net(
        [demand_of(wish, item=item) for wish in wishes if wish.quantity > 0],
        supplies=Supplies(
            lots=tuple(free_lots(session, item_id=item_id)),
            runs=stored,
            incoming=tuple(incoming_lines(session, item_id=item_id)),
        ),
        policy=policy_of(item, recipe, habits=habits, today=today),
    )
    if item.stock_short != plan.stock_short:
        item.stock_short = plan.stock_short
    changed = [
        *apply_allocations(session, item_id=item_id, plan=plan),
        *apply_covers(session, item_id=item_id, plan=plan),
        *apply_shortages(session, item=item, plan=plan, today=today),
    ]
    for key in changed:
        touched.add(key)
    writer = RunWriter(
        session=session,
        recipe=recipe,
        stored={run.run_id: run for run in stored},
        wanted={wish.key for wish in wishes if wish.quantity > 0},
        why=reasons.why(item_id),
        facts=reasons.facts(item_id),
        now=now,
    )
    writer.apply(plan)
    touched.runs |= writer.runs
    for key in writer.keys:
        touched.add(key)
