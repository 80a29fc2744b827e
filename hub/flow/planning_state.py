"""The whole workshop as one value in memory, for plans that change nothing stored.

Read with the same rules as the stored plan (hub/flow/plan_inputs.py), a table at a time.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.habits import Habits
from hub.domain.keys import need_key
from hub.domain.netting_types import Incoming
from hub.domain.states import Production
from hub.domain.transit import Ways, transit_days
from hub.domain.whole_plan_types import Good, Held, Method, Need, Order, Run, State, Wish
from hub.domain.work import Work, work_of
from hub.flow.calendars import centre_calendars, shipping_days
from hub.flow.plan_inputs import demand_of, policy_of, stored_run
from hub.flow.schedule import day_of
from hub.models.completion_queries import last_given
from hub.models.habits import habits_of
from hub.models.items import Item, Recipe, WorkCentre
from hub.models.lead_times import lead_days
from hub.models.planning_queries import (
    incoming_by_item,
    lots_by_item,
    order_wishes,
    recipe_view,
)
from hub.models.planning_rows import (
    OpenOrder,
    active_recipes,
    all_unfinished,
    alternates_not_allowed,
    firmly_held,
    links_by_run,
    needs_by_run,
    open_orders,
    order_of_demand,
    purchase_numbers,
)
from hub.models.production import ProductionLink, ProductionNeed, ProductionOrder
from hub.models.recipe_parts import RecipeStep
from hub.models.recipe_steps import steps_by_recipe
from hub.models.substitution_queries import alternates_in_use
from hub.models.unchecked import unchecked_by_item, unchecked_codes
from hub.models.workshop import Transit

Firm = Mapping[str, tuple[Held, ...]]


def planning_state(session: Session, *, now: datetime, zone: tzinfo) -> State:
    """Read everything a plan is made from; the same few queries for any number of items."""
    local_now = now.astimezone(zone)
    habits = habits_of(session)
    firm = firmly_held(session)
    incoming = incoming_by_item(session)
    return State(
        local_now=local_now,
        goods=_goods(session, habits=habits, incoming=incoming, local_now=local_now),
        runs=_runs(session, habits=habits, firm=firm, local_now=local_now),
        orders=_orders(session, habits=habits, firm=firm),
        alternates=tuple(alternates_in_use(session)),
        forbidden=tuple(alternates_not_allowed(session)),
        centres=centre_calendars(session, today=local_now.date()),
        places={centre.id: centre.name for centre in session.scalars(select(WorkCentre))},
        shipping=shipping_days(session, habits=habits, today=local_now.date()),
        purchases=purchase_numbers(
            session,
            line_ids=[each.purchase_id for many in incoming.values() for each in many],
        ),
        lot_codes=unchecked_codes(session),
    )


def _goods(
    session: Session,
    *,
    habits: Habits,
    incoming: Mapping[int, list[Incoming]],
    local_now: datetime,
) -> dict[int, Good]:
    items = session.scalars(select(Item).order_by(Item.id)).all()
    recipes = active_recipes(session)
    steps = steps_by_recipe(session, recipe_ids=[each.id for each in recipes.values()])
    lots, unchecked = lots_by_item(session), unchecked_by_item(session)
    days = lead_days(session, item_ids=[item.id for item in items])
    goods: dict[int, Good] = {}
    for item in items:
        recipe = recipes.get(item.id)
        goods[item.id] = Good(
            item_id=item.id,
            code=item.code,
            policy=policy_of(item, recipe, habits=habits, today=local_now.date()),
            method=_method(recipe, steps.get(recipe.id, ())) if recipe else None,
            lots=tuple(lots.get(item.id, ())),
            incoming=tuple(incoming.get(item.id, ())),
            unchecked=tuple(unchecked.get(item.id, ())),
            lead_days=days[item.id],
        )
    return goods


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


def _orders(session: Session, *, habits: Habits, firm: Firm) -> tuple[Order, ...]:
    items = {item.id: item for item in session.scalars(select(Item))}
    order_of = order_of_demand(session)
    wishes: dict[int, list[Wish]] = defaultdict(list)
    for wish in order_wishes(session):
        wishes[order_of[wish.key]].append(
            Wish(
                item_id=wish.item_id,
                demand=demand_of(wish, item=items[wish.item_id]),
                firm=firm.get(wish.key, ()),
            )
        )
    ways = {(way.country, way.method): way.days for way in session.scalars(select(Transit))}
    return tuple(
        _order(each, wishes=wishes[each.order.id], ways=ways, habits=habits)
        for each in open_orders(session)
    )


def _order(
    found: OpenOrder, *, wishes: Iterable[Wish], ways: Ways, habits: Habits
) -> Order:
    order = found.order
    return Order(
        order_id=order.id,
        number=order.number,
        wishes=tuple(wishes),
        unmapped=found.unmapped,
        priority=order.priority,
        committed_on=order.promised_on,
        transit_days=transit_days(
            ways,
            country=found.country,
            method=order.ship_method,
            usual=habits.transit_days,
        ),
        currency=order.currency,
        total_minor=order.total_minor,
    )


def _runs(
    session: Session, *, habits: Habits, firm: Firm, local_now: datetime
) -> tuple[Run, ...]:
    runs = all_unfinished(session)
    made = _Runs(
        habits=habits,
        firm=firm,
        local_now=local_now,
        needs=needs_by_run(session),
        links=links_by_run(session),
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
    needs: Mapping[int, list[ProductionNeed]]
    links: Mapping[int, list[ProductionLink]]
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

    def _need(self, need: ProductionNeed) -> Need:
        firm = self.firm.get(need_key(need.id), ())
        own = sum(held.quantity for held in firm if held.item_id == need.item_id)
        return Need(
            need_id=need.id,
            item_id=need.item_id,
            quantity=max(0, need.needed - need.consumed - own),
            firm=firm,
        )
