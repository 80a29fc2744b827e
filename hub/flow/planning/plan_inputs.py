"""What is stored of an item, in the words the planner decides in."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from hub.domain.catalogue.recipe import good_yield
from hub.domain.keys import is_demand, key_of
from hub.domain.making.completing import still_to_come
from hub.domain.planning.habits import Habits
from hub.domain.planning.netting_types import (
    Demand,
    Kind,
    Link,
    LotSizes,
    Policy,
    StoredRun,
)
from hub.domain.states import Production
from hub.models.planning.planning_queries import Wish, recipe_view
from hub.models.records.items import Item, Recipe
from hub.models.records.production import ProductionLink, ProductionOrder

MADE_HERE = ("product", "intermediate")


def demand_of(wish: Wish, *, item_keeps: int) -> Demand:
    """Say what somebody wants as the planner hears it; an item keeps so many days at least.

    What leaves the house keeps as long as the item, its channel or its buyer asks, whichever
    asks most; runs use a material up to its last day, on the day they begin.
    """
    leaves = is_demand(wish.key)
    placed_on = wish.placed_at.date()
    return Demand(
        key=wish.key,
        quantity=wish.quantity,
        needed_on=wish.needed_on or placed_on,
        placed_at=wish.placed_at,
        priority=wish.priority,
        committed_at=wish.committed_at,
        asked_on=wish.asked_on or placed_on,
        works_for_on=wish.works_for_on,
        used_on=wish.begins_on,
        run_id=wish.run_id,
        min_remaining_days=(max(item_keeps, wish.min_remaining_days) if leaves else 0),
    )


def owed(links: Iterable[ProductionLink]) -> Iterator[Link]:
    """Say what a run still owes to whom."""
    for link in links:
        if link.planned > link.done:
            demand = key_of(demand_id=link.demand_id, need_id=link.need_id)
            yield Link(demand=demand, quantity=link.planned - link.done)


def stored_run(
    run: ProductionOrder,
    links: Iterable[Link],
    *,
    habits: Habits,
    today: date,
) -> StoredRun:
    """Say how a run stands: what is still to come of it, and for whom (`owed`)."""
    return StoredRun(
        run_id=run.id,
        state=Production(run.state),
        batches=run.batches,
        output=still_to_come(run.planned, produced=run.produced, scrapped=run.scrapped),
        links=tuple(links),
        needed_on=run.needed_on,
        ends_on=run.ready_on,
        is_frozen=is_frozen(run, habits=habits, today=today),
    )


def is_frozen(run: ProductionOrder, *, habits: Habits, today: date) -> bool:
    """Say whether a planned run may not be resized: pinned by a person, or about to start."""
    if run.state != Production.PLANNED:
        return False
    if run.pinned_on is not None:
        return True
    if not habits.freeze_days or run.starts_on is None:
        return False
    return run.starts_on <= today + timedelta(days=habits.freeze_days)


def policy_of(item: Item, recipe: Recipe | None, *, habits: Habits, today: date) -> Policy:
    """Say how an item is planned.

    Goods are made to stock only where their policy says so; what is bought has no other way to
    a stock of its own, so its levels always count.
    """
    is_made = recipe is not None or item.kind in MADE_HERE
    keeps_stock = item.policy == "make_to_stock" or not is_made
    return Policy(
        kind=Kind.MAKE if is_made else Kind.BUY,
        today=today,
        lot_sizes=lot_sizes(recipe) if recipe else None,
        window_days=habits.window_days if item.window_days is None else item.window_days,
        shelf_life_days=item.shelf_life_days,
        safety_stock=item.safety_stock if keeps_stock else 0,
        reorder_point=item.reorder_point if keeps_stock else 0,
        stock_up_to=item.stock_up_to if keeps_stock else 0,
    )


def lot_sizes(recipe: Recipe) -> LotSizes:
    """Say how big a run of a recipe may be.

    :raises ImpossibleLotSize: no size is possible.
    """
    return LotSizes(
        good_yield=good_yield(recipe_view(recipe)),
        min_batches=recipe.min_batches,
        max_batches=recipe.max_batches,
        step_batches=recipe.step_batches,
    )
