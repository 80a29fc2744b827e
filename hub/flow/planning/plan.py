"""Step 4: who gets what, what must be made, what is missing; top level first.

Item by item, and those that may stand in for each other together. The decision is
`hub.domain.planning.substitutes.net_together` over `hub.domain.planning.netting.net`, pure
functions. Here their
inputs are read and their answer is compared with the stored rows: only differences are written,
each with its reason, so a plan that changes nothing writes nothing.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from connectors.protocol import Registration
from connectors.registry import CHANNELS
from hub.domain.keys import is_demand, need_key, number_of
from hub.domain.planning.netting_types import Plan
from hub.domain.planning.planning_groups import groups_of, planning_groups
from hub.domain.planning.substitutes import Alternate, Substitution, net_together
from hub.flow.phase import refresh_phases
from hub.flow.planning.offer import refresh_makeable
from hub.flow.planning.plan_covers import apply_checks, apply_purchases
from hub.flow.planning.plan_reasons import Mark, Reasons
from hub.flow.planning.plan_runs import RunWriter
from hub.flow.planning.plan_stock import apply_allocations, apply_shortages
from hub.flow.planning.plan_substitutes import apply_substitutions
from hub.flow.planning.plan_table import ItemTable, lay
from hub.flow.planning.promise import refresh_promises
from hub.flow.planning.schedule import reschedule
from hub.flow.stock.sent_by_hand import take_out_sent
from hub.flow.telling.announce import sync_holds
from hub.flow.telling.stock_levels import restate
from hub.models.locks import lock_items, lock_orders, lock_planner
from hub.models.planning.habits import habits_of
from hub.models.planning.planning_queries import component_edges
from hub.models.planning.substitution_queries import alternates_in_use, unstarted_needs
from hub.models.planning.touched import holders_named, orders_touched, runs_named
from hub.models.records.planning import Replan


@dataclass(slots=True)
class Touched:
    """The rows a plan changed, from which the orders to refresh are found."""

    demands: set[int] = field(default_factory=set)
    needs: set[int] = field(default_factory=set)
    runs: set[int] = field(default_factory=set)

    def add(self, key: str) -> None:
        """Note the owner of a changed row by its planner's key."""
        (self.demands if is_demand(key) else self.needs).add(number_of(key))


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

    What may stand in for an item is planned with it. `zone` is the workshop's, in which "today"
    is meant.
    """
    lock_planner(session)
    marked = set(session.scalars(select(Replan.item_id)))
    if not marked:
        return Planned(items=(), orders=())
    alternates = alternates_in_use(session)
    groups = planned_with(session, items=marked, alternates=alternates)
    items = [item_id for group in groups for item_id in group]
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
    pass_ = _Pass(session=session, reasons=reasons, touched=touched, today=today, now=now)
    pass_.plan(groups, alternates=alternates)
    touched.runs |= reschedule(session, local_now=now.astimezone(zone))
    touched.runs |= runs_named(session, numbers=reasons.named("run"))
    touched.demands |= holders_named(session, codes=reasons.named("lot"), item_ids=marked)
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
    offered = {*items, *refresh_makeable(session, today=today, now=now)}
    told = restate(session, item_ids=offered, today=today, now=now, channels=channels)
    return Planned(items=tuple(items), orders=tuple(sorted(orders)), stock_told=told)


def planned_with(
    session: Session, *, items: Collection[int], alternates: Collection[Alternate]
) -> tuple[tuple[int, ...], ...]:
    """Return everything that is planned with these items, in the order it is planned in."""
    return planning_groups(
        component_edges(session),
        items=items,
        groups=groups_of(each.pair for each in alternates),
    )


@dataclass(slots=True, kw_only=True)
class _Pass:
    """One planning pass over groups of items, and what it has to remember between them."""

    session: Session
    reasons: Reasons
    touched: Touched
    today: date
    now: datetime

    def plan(
        self, groups: Iterable[Collection[int]], *, alternates: Collection[Alternate]
    ) -> None:
        """Net group after group and write what changed."""
        habits = habits_of(self.session)
        found: list[Substitution] = []
        planned: list[int] = []
        for group in groups:
            free = unstarted_needs(self.session, item_ids=group) if len(group) > 1 else ()
            open_keys = [need_key(need_id) for need_id in free]
            tables = {
                item_id: lay(
                    self.session,
                    item_id=item_id,
                    habits=habits,
                    today=self.today,
                    open_keys=open_keys,
                )
                for item_id in group
            }
            together = net_together(
                {item_id: each.table for item_id, each in tables.items()},
                alternates=alternates,
            )
            for item_id, table in tables.items():
                self._write(table, plan=together.plans[item_id])
            found += together.substitutions
            planned += group
        for key in apply_substitutions(
            self.session, item_ids=planned, found=found, now=self.now
        ):
            self.touched.add(key)

    def _write(self, table: ItemTable, *, plan: Plan) -> None:
        """Write what changed of one item."""
        item = table.item
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
            recipe=table.recipe,
            stored={run.run_id: run for run in table.stored},
            wanted=table.wanted,
            why=self.reasons.why(item.id),
            facts=self.reasons.facts(item.id),
            now=self.now,
        )
        writer.apply(plan)
        self.touched.runs |= writer.runs
        for key in (*changed, *writer.keys):
            self.touched.add(key)
