"""What can still be made of everything the shops sell, kept beside each item for who offers it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.domain.days.capacity import Calendar
from hub.domain.planning.offering import HowMade, Means, Work, makeable
from hub.flow.planning.calendars import centre_calendars
from hub.flow.planning.plan_inputs import lot_sizes
from hub.flow.replan import mark
from hub.models.catalogue.item_figures import free_now, planned_for_stock
from hub.models.catalogue.recipe_steps import steps_by_recipe
from hub.models.locks import lock_free_items
from hub.models.planning.habits import habits_of
from hub.models.planning.offers import items_on_offer, recipes_below
from hub.models.planning.planning_queries import recipe_view
from hub.models.records.completions import ProductionSlot
from hub.models.records.items import Item, Recipe
from hub.models.records.production import ProductionOrder
from hub.models.records.recipe_parts import RecipeStep

Steps = Mapping[int, Sequence[RecipeStep]]


def refresh_makeable(session: Session, *, today: date, now: datetime) -> set[int]:
    """Work out anew what can be made of all that is sold; return the items where it changed.

    Only what would be ready within the workshop's `offer_days` counts, resting included. The
    caller holds the planner's lock. An item that somebody works on meanwhile is left to the next
    plan: it may not be waited for behind the locks of orders.
    """
    found = _makeable(session, today=today)
    query = select(Item.id, Item.makeable).where(Item.id.in_(found) | (Item.makeable > 0))
    known = {item_id: makeable for item_id, makeable in session.execute(query)}
    other = {item_id for item_id, last in known.items() if last != found.get(item_id, 0)}
    changed = lock_free_items(session, other)
    for item_id in changed:
        made = update(Item).where(Item.id == item_id)
        session.execute(made.values(makeable=found.get(item_id, 0)))
    if busy := other - changed:
        mark(session, item_ids=busy, why="what can be made of it changed", now=now)
    return changed


def _makeable(session: Session, *, today: date) -> dict[int, int]:
    days = habits_of(session).offer_days
    sold = items_on_offer(session) if days else set()
    recipes = {recipe.item_id: recipe for recipe in recipes_below(session, item_ids=sold)}
    steps = steps_by_recipe(session, recipe_ids=[recipe.id for recipe in recipes.values()])
    waits = {item_id: _wait(item_id, recipes=recipes, steps=steps) for item_id in sold}
    in_time = {item_id for item_id in sold & recipes.keys() if waits[item_id] < days}
    if not in_time:
        return {}
    last = today + timedelta(days=days - max(waits[item_id] for item_id in in_time))
    parts = {line.item_id for recipe in recipes.values() for line in recipe.lines}
    means = Means(
        free=free_now(session, item_ids=parts | sold, on=today),
        made={
            item_id: HowMade(
                recipe=recipe_view(recipe),
                sizes=lot_sizes(recipe),
                work=tuple(_work(recipe, steps=steps)),
            )
            for item_id, recipe in recipes.items()
            if item_id in in_time or item_id not in sold
        },
        minutes=_free_minutes(session, today=today, last=last),
    )
    return makeable(sold, means=means)


def _wait(item_id: int, *, recipes: Mapping[int, Recipe], steps: Steps) -> int:
    """Count the days an item and the parts made for it lie: resting, and a day for each level."""
    recipe = recipes.get(item_id)
    if recipe is None:
        return 0
    own = sum(step.rest_days for step in steps.get(recipe.id, ())) or recipe.rest_days
    made = [line.item_id for line in recipe.lines if line.item_id in recipes]
    parts = (1 + _wait(part, recipes=recipes, steps=steps) for part in made)
    return own + max(parts, default=0)


def _work(recipe: Recipe, *, steps: Steps) -> Iterable[Work]:
    for step in steps.get(recipe.id) or (recipe,):
        if step.work_centre_id is not None:
            yield Work(
                work_centre=step.work_centre_id,
                setup=step.setup_minutes,
                per_batch=step.batch_minutes,
            )


def _free_minutes(session: Session, *, today: date, last: date) -> dict[int, int]:
    """Count what the calendar of each work centre has left until a day, that day included.

    The hours of what is planned for stock alone are free: orders go before it.
    """
    taken: dict[int | None, int] = defaultdict(int)
    slots = (
        select(ProductionSlot)
        .join(ProductionOrder, ProductionOrder.id == ProductionSlot.production_order_id)
        .where(ProductionSlot.starts_on <= last, ~planned_for_stock())
    )
    for slot in session.scalars(slots):
        taken[slot.work_centre_id] += slot.minutes
    return {
        centre: max(0, _open(calendar, after=today, last=last) - taken[centre])
        for centre, calendar in centre_calendars(session, today=today).items()
    }


def _open(calendar: Calendar, *, after: date, last: date) -> int:
    """Count from tomorrow on: nobody knows how much of today is left."""
    days = range(1, (last - after).days + 1)
    return sum(calendar.open_on(after + timedelta(days=day)) for day in days)
