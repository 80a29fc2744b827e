"""The workshop in memory as far as a question touches it: the rest stands as it is planned.

A question about some items can move only these, what goes into them and what may stand in for
them: that is planned anew, of the base as of the changed workshop. All other items keep what the
stored plan gave them. Only the runs are all here, for they share work centres; orders are here
where they want something that is planned anew, and others once a run of theirs would move.
tests/flow/planning/test_standing_state.py holds the answers against those of the whole workshop.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.asking.whole_plan_types import Good, Order, Standing, State
from hub.domain.catalogue.recipe import Edges, below
from hub.domain.keys import number_of
from hub.domain.planning.planning_groups import groups_of
from hub.domain.planning.substitutes import Alternate
from hub.flow.planning.calendars import centre_calendars, shipping_days
from hub.flow.planning.planning_state import (
    IS_FIRM,
    goods_named,
    goods_of,
    lines_coming,
    orders_of,
    runs_of,
)
from hub.models.planning.commitments import firsts_of
from hub.models.planning.habits import habits_of
from hub.models.planning.planning_queries import component_edges
from hub.models.planning.planning_rows import (
    alternates_not_allowed,
    held_by_owner,
    orders_wanting,
    purchase_numbers,
)
from hub.models.planning.standing_covers import (
    covered_demands,
    covered_runs,
    joined,
    owed_to,
)
from hub.models.planning.substitution_queries import alternates_in_use, standing_in
from hub.models.planning.unchecked import unchecked_codes
from hub.models.records.items import WorkCentre
from hub.models.records.planning import Replan
from hub.models.records.stock import Reservation


def standing_state(
    session: Session, *, item_ids: Collection[int], now: datetime, zone: tzinfo
) -> State:
    """Read what a plan of these items is made from, and how all others are planned.

    Items that are to be planned anew anyway are planned with them. What is read grows with the
    open runs and with who wants these items, not with the orders of the workshop.
    """
    local_now = now.astimezone(zone)
    today, habits = local_now.date(), habits_of(session)
    allowed, forbidden = alternates_in_use(session), alternates_not_allowed(session)
    edges = component_edges(session)
    marked = session.scalars(select(Replan.item_id))
    scope = scope_of({*item_ids, *marked}, edges=edges, pairs=[*allowed, *forbidden])
    picked = held_by_owner(
        session, IS_FIRM, Reservation.need_id.is_not(None), Reservation.item_id.in_(scope)
    )
    runs = runs_of(session, habits=habits, firm=picked, local_now=local_now, scope=scope)
    orders = orders_of(
        session, order_ids=orders_wanting(session, item_ids=scope), habits=habits
    )
    others = [run.run_id for run in runs if run.item_id not in scope]
    state = State(
        local_now=local_now,
        goods=goods_of(session, habits=habits, today=today, item_ids=scope),
        runs=runs,
        alternates=tuple(allowed),
        stood_in=standing_in(session, item_ids=scope),
        forbidden=tuple(forbidden),
        centres=centre_calendars(session, today=today),
        places={centre.id: centre.name for centre in session.scalars(select(WorkCentre))},
        shipping=shipping_days(session, habits=habits, today=today),
        purchases={},
        lot_codes=unchecked_codes(session),
        standing=Standing(
            scope=scope,
            edges=edges,
            works_for=firsts_of(session, run_ids=others),
            covered=covered_runs(session, but=scope),
        ),
    )
    return with_orders(session, state, orders)


def scope_of(
    item_ids: Iterable[int], *, edges: Edges, pairs: Iterable[Alternate]
) -> frozenset[int]:
    """Add to items all that goes into them and all that may stand in for any of it."""
    groups = groups_of(each.pair for each in pairs)
    heads = {groups.head(item_id) for item_id in item_ids}
    found = below(groups.contracted(edges), items=heads)
    return frozenset(item for head in found for item in groups.members(head))


def with_orders(session: Session, state: State, orders: Collection[Order]) -> State:
    """Let orders join a state of which a part stands, with what stands for them."""
    standing = state.standing
    if standing is None:
        raise RuntimeError("orders join only a state of which a part stands")
    together = {order.order_id: order for order in (*state.orders, *orders)}
    demands, scope = demands_of(orders), standing.scope
    others = {run.run_id for run in state.runs if run.item_id not in scope}
    theirs = covered_demands(session, demand_ids=demands, but=scope)
    owed = owed_to(session, demand_ids=demands, run_ids=others)
    grown = joined(standing.covered, replace(theirs, owed=owed))
    state = replace(
        state,
        orders=tuple(together[each] for each in sorted(together)),
        standing=replace(standing, covered=grown),
    )
    goods = {**state.goods, **_named(session, state)}
    lines = [each.purchase_id for many in grown.coming.values() for each in many]
    lines += lines_coming(goods.values())
    return replace(state, goods=goods, purchases=purchase_numbers(session, line_ids=lines))


def demands_of(orders: Iterable[Order]) -> list[int]:
    """Name the demands of orders by their ids."""
    return [number_of(wish.demand.key) for order in orders for wish in order.wishes]


def _named(session: Session, state: State) -> dict[int, Good]:
    """Read what items are called of which orders and runs wait for more."""
    waited_for = {*state.covered.coming, *state.covered.awaited, *state.covered.short}
    spoken_of = {
        need.item_id for run in state.runs for need in run.needs if need.key in waited_for
    }
    spoken_of |= {wish.item_id for order in state.orders for wish in order.wishes}
    spoken_of |= {each.item_id for many in state.covered.coming.values() for each in many}
    unknown = spoken_of - state.goods.keys()
    if not unknown:
        return {}
    return goods_named(session, item_ids=unknown, today=state.today)
