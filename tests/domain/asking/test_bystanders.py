"""A bystander is dated by its runs and what is bought for it: as a plan of everything dates it."""

from dataclasses import replace
from datetime import date, time, timedelta
from random import Random

import pytest

from hub.domain.asking.bystanders import (
    Bystander,
    Passing,
    moved_by,
    moved_runs,
    passing,
    ready_days,
)
from hub.domain.asking.what_if import effects, targets
from hub.domain.asking.what_if_changes import CentreDown, changed
from hub.domain.asking.whole_dates import making_of
from hub.domain.asking.whole_plan import plan_everything
from hub.domain.asking.whole_plan_types import Order, Outcome, State
from hub.domain.days.promise import ShippingDays, comes_on
from tests.domain.asking.workshops import NOW, TODAY, Size, workshop

MONDAY = TODAY
SATURDAY, SUNDAY = TODAY + timedelta(days=5), TODAY + timedelta(days=6)
UNREAD = (("MYSTERY", 1),)


def a_workshop(seed: int) -> State:
    """Make up a workshop with parcels on their way, a cut-off, and lines nobody can read."""
    dice = Random(seed)
    state = workshop(Size(orders=80, products=12, materials=8), seed=seed)
    shipping = ShippingDays(
        closures=frozenset({TODAY + timedelta(days=dice.randint(2, 9))}),
        cut_off=dice.choice((None, time(7), time(14))),
        pack_days=dice.choice((0, 1)),
    )
    orders = tuple(
        replace(
            order,
            transit_days=dice.choice((None, 0, 3)),
            unmapped=dice.choice(((), (), (), UNREAD)),
        )
        for order in state.orders
    )
    return replace(state, shipping=shipping, orders=orders)


def seen_alone(order: Order, outcome: Outcome) -> Bystander | None:
    """See an order as a bystander; one that no run owes anything is none."""
    keys = {wish.demand.key for wish in order.wishes}
    making = making_of(outcome.cover, keys=keys)
    if not making:
        return None
    coming = [each for key in keys for each in outcome.cover.coming.get(key, ())]
    short = [key for key in keys if key in outcome.cover.short]
    return Bystander(
        order_id=order.order_id,
        runs=frozenset(run.run_id for many in making.values() for run, _ in many),
        waits=(
            *(each.expected_on for each in coming),
            *(None for _ in (*short, *order.unmapped)),
        ),
    )


def day_of(order: Order, outcome: Outcome, *, state: State) -> date | None:
    seen = seen_alone(order, outcome)
    assert seen is not None
    return comes_on(
        seen.ready_on(ready_days(outcome.schedule)),
        local_now=state.local_now,
        shipping=state.shipping,
        transit_days=order.transit_days,
    )


@pytest.mark.parametrize("seed", range(6))
def test_a_bystander_has_the_day_that_a_plan_of_everything_gives_it(seed: int) -> None:
    state = a_workshop(seed)
    outcome = plan_everything(state)
    waiting = [order for order in state.orders if seen_alone(order, outcome)]

    days = {order.order_id: day_of(order, outcome, state=state) for order in waiting}

    promised = {each: outcome.promises[each].earliest_on for each in days}
    assert days == promised
    assert len({*days.values()}) > 3
    assert None in days.values()


@pytest.mark.parametrize("seed", range(6))
def test_an_order_that_nothing_of_the_question_touches_keeps_its_date(seed: int) -> None:
    state = a_workshop(seed)
    down = CentreDown(work_centre=1, first=TODAY, last=TODAY + timedelta(days=20))
    before = plan_everything(state)
    after = plan_everything(changed(state, [down]))
    days, then = ready_days(before.schedule), ready_days(after.schedule)
    seen = [each for order in state.orders if (each := seen_alone(order, before))]
    untouched = [each for each in seen if not each.runs & moved_runs(days, then)]

    found = list(passing(seen, before=days, after=then))

    passed = {each.order_id for each in found}
    assert passed
    assert untouched
    for each in untouched:
        assert each.order_id not in passed
        assert before.promises[each.order_id] == after.promises[each.order_id]
    orders = {order.order_id: order for order in state.orders}
    moved = {each.order_id: each for each in moved_by(found, orders=orders, state=state)}
    to = targets(state, before=before)
    whole = effects(before, after, orders=state.orders, to=to).orders
    assert moved == {each.order_id: each for each in whole}


def test_an_order_moves_only_if_the_buyer_has_it_on_another_day() -> None:
    order = Order(order_id=1, number="H-1", wishes=(), committed_on=MONDAY)
    state = replace(workshop(Size(orders=1)), shipping=ShippingDays())
    weekend = Passing(order_id=1, before=SATURDAY, after=SUNDAY)
    week = Passing(order_id=1, before=MONDAY, after=SUNDAY)

    still = list(moved_by([weekend], orders={1: order}, state=state))
    moved = list(moved_by([week], orders={1: order}, state=state))

    assert still == []
    next_monday = MONDAY + timedelta(days=7)
    assert [(each.before, each.after) for each in moved] == [(MONDAY, next_monday)]
    assert moved[0].is_newly_at_risk
    assert moved[0].is_later


def test_what_has_no_day_leaves_the_order_without_one() -> None:
    runs = frozenset({1, 2})

    assert Bystander(order_id=1, runs=runs).ready_on({1: MONDAY, 2: SUNDAY}) == SUNDAY
    assert Bystander(order_id=1, runs=runs).ready_on({1: MONDAY, 2: None}) is None
    bought = Bystander(order_id=1, runs=runs, waits=(None,))
    assert bought.ready_on({1: MONDAY, 2: SUNDAY}) is None
    assert comes_on(None, local_now=NOW, shipping=ShippingDays()) is None
    assert comes_on(date.max, local_now=NOW, shipping=ShippingDays()) is None
