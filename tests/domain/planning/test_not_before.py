"""Goods that do not keep are not made long before they are needed."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.planning.netting import net
from hub.domain.planning.netting_types import (
    Demand,
    Kind,
    Link,
    LotSizes,
    Policy,
    StoredRun,
    Supplies,
)
from hub.domain.states import Production
from tests.domain.plans import TODAY, day

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

SIZES = LotSizes(good_yield=10)


def policy(shelf_life_days: int | None) -> Policy:
    return Policy(
        kind=Kind.MAKE, today=TODAY, lot_sizes=SIZES, shelf_life_days=shelf_life_days
    )


def wanted(due: int, *, key: str = "demand:1", keeps: int = 0) -> Demand:
    return Demand(
        key=key,
        quantity=5,
        needed_on=day(due),
        placed_at=NOW,
        min_remaining_days=keeps,
    )


def test_a_run_is_made_so_late_that_its_goods_keep_with_who_buys_them() -> None:
    plan = net([wanted(35, keeps=3)], supplies=Supplies(), policy=policy(10))

    assert plan.runs[0].not_before == day(35 - 10 + 3)


def test_goods_that_keep_long_enough_may_be_made_at_once() -> None:
    keeping = net([wanted(35)], supplies=Supplies(), policy=policy(40))
    for_ever = net([wanted(35)], supplies=Supplies(), policy=policy(None))

    assert (keeping.runs[0].not_before, for_ever.runs[0].not_before) == (None, None)


def test_a_released_run_keeps_its_day_too() -> None:
    run = StoredRun(
        run_id=1,
        state=Production.RELEASED,
        batches=1,
        output=10,
        links=(Link(demand="demand:1", quantity=5),),
    )

    plan = net([wanted(35)], supplies=Supplies(runs=(run,)), policy=policy(10))

    assert plan.runs[0].not_before == day(25)


@given(
    st.lists(st.tuples(st.integers(-3, 60), st.integers(0, 6)), min_size=1, max_size=8),
    st.integers(6, 30),
)
def test_what_is_made_on_its_day_keeps_for_all_it_is_made_for(
    wishes: list[tuple[int, int]], shelf_life: int
) -> None:
    demands = {
        f"demand:{number}": wanted(due, key=f"demand:{number}", keeps=keeps)
        for number, (due, keeps) in enumerate(wishes)
    }

    plan = net(demands.values(), supplies=Supplies(), policy=policy(shelf_life))

    for run in plan.runs:
        made_on = max(run.not_before or TODAY, TODAY)
        keeps_until = made_on + timedelta(days=shelf_life)
        for link in run.links:
            demand = demands[link.demand]
            used_on = max(demand.needed_on, TODAY)
            assert keeps_until >= used_on + timedelta(days=demand.min_remaining_days)
            assert made_on <= used_on
