"""The whole workshop as one value in memory, for plans that change nothing stored.

Read with the same rules as the stored plan (hub/flow/planning/plan_inputs.py), a table at a time.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.asking.whole_plan_types import (
    Good,
    Held,
    Method,
    Need,
    Order,
    Run,
    State,
    Wish,
)
from hub.domain.days.transit import transit_days
from hub.domain.days.work import Work, work_of
from hub.domain.keys import need_key, number_of
from hub.domain.planning.habits import Habits
from hub.domain.planning.netting_types import Kind, Link, Policy
from hub.domain.states import Production
from hub.flow.planning.calendars import centre_calendars, shipping_days
from hub.flow.planning.plan_inputs import demand_of, policy_of, stored_run
from hub.flow.planning.schedule import day_of
from hub.models.by_id import in_parts
from hub.models.catalogue.recipe_steps import steps_by_recipe
from hub.models.making.completion_queries import last_given
from hub.models.planning.habits import habits_of
from hub.models.planning.lead_times import lead_days
from hub.models.planning.planning_queries import Wish as Wanted
from hub.models.planning.planning_queries import (
    incoming_by_item,
    lots_by_item,
    order_wishes,
    recipe_view,
)
from hub.models.planning.planning_rows import (
    NeedRow,
    active_recipes,
    all_unfinished,
    alternates_not_allowed,
    held_by_owner,
    links_by_run,
    needs_by_run,
    open_orders,
    purchase_numbers,
    unmapped_by_order,
)
from hub.models.planning.substitution_queries import (
    alternates_in_use,
    standing_in,
    stood_in,
)
from hub.models.planning.unchecked import unchecked_by_item, unchecked_codes
from hub.models.records.items import Item, Recipe, WorkCentre
from hub.models.records.production import ProductionOrder
from hub.models.records.recipe_parts import RecipeStep
from hub.models.records.stock import Reservation
from hub.models.records.workshop import Transit

Firm = Mapping[str, tuple[Held, ...]]
IS_FIRM = Reservation.is_firm.is_(True)


def planning_state(session: Session, *, now: datetime, zone: tzinfo) -> State:
    """Read everything a plan is made from; the same few queries for any number of items."""
    local_now = now.astimezone(zone)
    habits = habits_of(session)
    firm = held_by_owner(session, IS_FIRM)
    goods = goods_of(session, habits=habits, today=local_now.date())
    return State(
        local_now=local_now,
        goods=goods,
        runs=runs_of(session, habits=habits, firm=firm, local_now=local_now),
        orders=_every_order(session, habits=habits, firm=firm),
        alternates=tuple(alternates_in_use(session)),
        stood_in=standing_in(session),
        forbidden=tuple(alternates_not_allowed(session)),
        centres=centre_calendars(session, today=local_now.date()),
        places={centre.id: centre.name for centre in session.scalars(select(WorkCentre))},
        shipping=shipping_days(session, habits=habits, today=local_now.date()),
        purchases=purchase_numbers(session, line_ids=lines_coming(goods.values())),
        lot_codes=unchecked_codes(session),
    )


def lines_coming(goods: Iterable[Good]) -> list[int]:
    """Name the purchase lines that are on their way."""
    return [each.purchase_id for good in goods for each in good.incoming]


def goods_of(
    session: Session,
    *,
    habits: Habits,
    today: date,
    item_ids: Collection[int] | None = None,
) -> dict[int, Good]:
    """Read how every item, or each of these, is planned, and what there is of it."""
    if item_ids is not None and not item_ids:
        return {}
    query = select(Item).order_by(Item.id)
    if item_ids is not None:
        query = query.where(Item.id.in_(item_ids))
    items = session.scalars(query).all()
    recipes = active_recipes(session, item_ids=item_ids)
    steps = steps_by_recipe(session, recipe_ids=[each.id for each in recipes.values()])
    lots = lots_by_item(session, item_ids=item_ids)
    incoming = incoming_by_item(session, item_ids=item_ids)
    unchecked = unchecked_by_item(session, item_ids=item_ids)
    days = lead_days(session, item_ids=[item.id for item in items])
    goods: dict[int, Good] = {}
    for item in items:
        recipe = recipes.get(item.id)
        goods[item.id] = Good(
            item_id=item.id,
            code=item.code,
            policy=policy_of(item, recipe, habits=habits, today=today),
            method=_method(recipe, steps.get(recipe.id, ())) if recipe else None,
            lots=tuple(lots.get(item.id, ())),
            incoming=tuple(incoming.get(item.id, ())),
            unchecked=tuple(unchecked.get(item.id, ())),
            lead_days=days[item.id],
            min_remaining_days=item.min_remaining_days,
        )
    return goods


def goods_named(
    session: Session, *, item_ids: Collection[int], today: date
) -> dict[int, Good]:
    """Read what items are called and how long they take; not what there is of them.

    They stand as they are planned, so how they would be planned is not asked either.
    """
    days = lead_days(session, item_ids=item_ids)
    called = select(Item.id, Item.code).where(Item.id.in_(item_ids))
    stands = Policy(kind=Kind.BUY, today=today)
    return {
        item_id: Good(item_id=item_id, code=code, policy=stands, lead_days=days[item_id])
        for item_id, code in session.execute(called)
    }


def _method(recipe: Recipe, steps: Sequence[RecipeStep]) -> Method:
    return Method(
        recipe_id=recipe.id,
        recipe=recipe_view(recipe),
        work=tuple(_work(step) for step in steps) or (_work(recipe),),
    )


def _work(step: RecipeStep | Recipe) -> Work:
    return Work(
        work_centre=step.work_centre_id,
        setup_minutes=step.setup_minutes,
        batch_minutes=step.batch_minutes,
        rest_days=step.rest_days,
        name=step.name if isinstance(step, RecipeStep) else "",
    )


def _every_order(session: Session, *, habits: Habits, firm: Firm) -> tuple[Order, ...]:
    """Read every order of which something is still to be sent, whatever it is."""
    wishes = order_wishes(session)
    unmapped = unmapped_by_order(session)
    return _orders(session, wishes=wishes, unmapped=unmapped, habits=habits, firm=firm)


def orders_of(
    session: Session, *, order_ids: Collection[int], habits: Habits
) -> tuple[Order, ...]:
    """Read those of these orders that may be worked on and have something to be sent."""
    if not order_ids:
        return ()
    wishes = [
        wish
        for some in in_parts(order_ids)
        for wish in order_wishes(session, order_ids=some)
    ]
    unmapped = unmapped_by_order(session, order_ids=order_ids)
    demands = [number_of(wish.key) for wish in wishes]
    firm: dict[str, tuple[Held, ...]] = {}
    for some in in_parts(demands):
        firm |= held_by_owner(session, IS_FIRM, Reservation.demand_id.in_(some))
    return _orders(session, wishes=wishes, unmapped=unmapped, habits=habits, firm=firm)


def _orders(
    session: Session,
    *,
    wishes: Collection[Wanted],
    unmapped: Mapping[int, Iterable[tuple[str, int]]],
    habits: Habits,
    firm: Firm,
) -> tuple[Order, ...]:
    keeps = _keeping_days(session, item_ids={wish.item_id for wish in wishes})
    found: dict[int, list[Wish]] = defaultdict(list)
    for wish in wishes:
        demand = demand_of(wish, item_keeps=keeps[wish.item_id])
        held = firm.get(wish.key, ())
        found[wish.order_id or 0].append(
            Wish(item_id=wish.item_id, demand=demand, firm=held)
        )
    named = orders_named(session, order_ids={*found, *unmapped}, habits=habits)
    return tuple(
        replace(
            order,
            wishes=tuple(found[order.order_id]),
            unmapped=tuple(unmapped.get(order.order_id, ())),
        )
        for order in named
    )


def orders_named(
    session: Session, *, order_ids: Collection[int], habits: Habits
) -> tuple[Order, ...]:
    """Read what those of these orders that may be worked on are called, and where they go.

    Not what they want: their wishes are left out.
    """
    rows = select(Transit.country, Transit.method, Transit.days)
    ways = {(country, method): days for country, method, days in session.execute(rows)}
    return tuple(
        Order(
            order_id=order.order_id,
            number=order.number,
            wishes=(),
            priority=order.priority,
            committed_on=order.promised_on,
            transit_days=transit_days(
                ways,
                country=order.country,
                method=order.ship_method,
                usual=habits.transit_days,
            ),
            currency=order.currency,
            total_minor=order.total_minor,
        )
        for order in open_orders(session, order_ids=order_ids)
    )


def _keeping_days(session: Session, *, item_ids: Collection[int]) -> dict[int, int]:
    """Say how many days each item is to keep when it leaves the house."""
    query = select(Item.id, Item.min_remaining_days).where(Item.id.in_(item_ids))
    return {item_id: days for item_id, days in session.execute(query)}


def runs_of(
    session: Session,
    *,
    habits: Habits,
    firm: Firm,
    local_now: datetime,
    scope: Collection[int] | None = None,
) -> tuple[Run, ...]:
    """Read every unfinished run; `firm` is what was picked for them, or the part that counts.

    With a scope, runs of other items say only what they owe to runs.
    """
    runs = all_unfinished(session)
    needs = needs_by_run(session)
    started = [need.id for run in runs if run.started_at for need in needs.get(run.id, ())]
    made = _Runs(
        habits=habits,
        firm=firm,
        local_now=local_now,
        needs=needs,
        instead=stood_in(session, need_ids=started),
        links=links_by_run(session, of_items=scope),
        given_at=last_given(
            session, run_ids=[run.id for run in runs if run.state == "running"]
        ),
    )
    return tuple(made.run(run) for run in runs)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Runs:
    habits: Habits
    firm: Firm
    local_now: datetime
    needs: Mapping[int, list[NeedRow]]
    instead: Mapping[int, int]
    """What stands in for needs of runs that have started: given, like what was picked."""
    links: Mapping[int, list[Link]]
    given_at: Mapping[int, datetime]

    def run(self, run: ProductionOrder) -> Run:
        stored = stored_run(
            run,
            self.links.get(run.id, ()),
            habits=self.habits,
            today=self.local_now.date(),
        )
        return Run(
            run_id=run.id,
            number=run.number,
            item_id=run.item_id,
            recipe_id=run.recipe_id,
            state=Production(run.state),
            batches=run.batches,
            planned=run.planned,
            output=stored.output,
            work=work_of(run.recipe, work_centre=run.work_centre_id),
            needs=tuple(map(self._need, self.needs.get(run.id, ()))),
            links=stored.links,
            needed_on=run.needed_on,
            priority=run.priority,
            created_at=run.created_at,
            released_at=run.released_at,
            begun_on=self._begun_on(run),
            resumed_on=day_of(
                self.given_at.get(run.id),
                zone=self.local_now.tzinfo,
                today=self.local_now.date(),
            ),
            ready_on=run.ready_on,
            pinned_on=run.pinned_on,
            not_before=run.not_before,
            is_frozen=stored.is_frozen,
        )

    def _begun_on(self, run: ProductionOrder) -> date | None:
        if run.started_at is None:
            return None
        started_at = run.started_at.astimezone(self.local_now.tzinfo)
        return min(started_at.date(), self.local_now.date())

    def _need(self, need: NeedRow) -> Need:
        firm = self.firm.get(need_key(need.id), ())
        own = sum(held.quantity for held in firm if held.item_id == need.item_id)
        own += self.instead.get(need.id, 0)
        return Need(
            need_id=need.id,
            item_id=need.item_id,
            quantity=max(0, need.needed - need.consumed - own),
            firm=firm,
        )
