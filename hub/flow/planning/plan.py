"""Step 4: who gets what, what must be made, what is missing; top level first.

Item by item, and those that may stand in for each other together. The decisions are
`hub.domain.planning.substitutes.net_together` over `hub.domain.planning.netting.net`, and
`hub.domain.planning.keeping` over the plan of all of them: pure functions. Their inputs are read
and their answer is compared with the stored rows (hub/flow/planning/plan_pass.py): only differences
are written, each with its reason, so a plan that changes nothing writes nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from connectors.protocol import Registration
from connectors.registry import CHANNELS
from hub.domain.planning.planning_groups import groups_of, planning_groups
from hub.domain.planning.substitutes import Alternate
from hub.flow.phase import refresh_phases
from hub.flow.planning.offer import refresh_makeable
from hub.flow.planning.plan_pass import plan_items
from hub.flow.planning.plan_reasons import Mark, Reasons
from hub.flow.planning.promise import refresh_promises
from hub.flow.stock.sent_by_hand import take_out_sent
from hub.flow.telling.announce import sync_holds
from hub.flow.telling.stock_levels import restate
from hub.models.locks import lock_items, lock_orders, lock_planner
from hub.models.planning.planning_queries import component_edges
from hub.models.planning.substitution_queries import alternates_in_use
from hub.models.planning.touched import holders_named, orders_touched, runs_named
from hub.models.records.planning import Replan


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
    local_now = now.astimezone(zone)
    today = local_now.date()
    take_out_sent(session, item_ids=items, now=now)
    touched = plan_items(
        session,
        groups=groups,
        alternates=alternates,
        reasons=reasons,
        now=now,
        local_now=local_now,
    )
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
