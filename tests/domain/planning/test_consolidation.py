"""Many orders in few runs: less set-up than the usual ways of grouping, and nobody waits for it.

`make bench` prints the same comparison (tests/bench/bench_consolidation.py).
"""

import pytest

from tests.domain.planning.consolidation import (
    FULL_DAY,
    HALF_DAY,
    TOO_SHORT_A_DAY,
    Outcome,
    make,
    one_run_an_order,
    ours,
    product_and_day,
    the_week,
)

SEEDS = range(1, 9)


def late_days(outcome: Outcome) -> int:
    return sum(outcome.days_late.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_every_piece_ordered_is_made_once_in_each_way(seed: int) -> None:
    week = the_week(seed=seed)
    ordered = {
        want.key: want.quantity for demands in week.demands.values() for want in demands
    }

    for way in (ours, product_and_day, one_run_an_order):
        made: dict[str, int] = {}
        for run in make(week, way).runs:
            for key, quantity in run.for_whom.items():
                made[key] = made.get(key, 0) + quantity

        assert {key: made[key] for key in ordered} == ordered


@pytest.mark.parametrize("seed", SEEDS)
def test_a_week_takes_fewer_runs_and_less_set_up_than_the_usual_ways(seed: int) -> None:
    week = the_week(seed=seed)

    mine = make(week, ours)

    for other in (make(week, product_and_day), make(week, one_run_an_order)):
        assert len(mine.runs) < len(other.runs)
        assert mine.setup_minutes < other.setup_minutes
        assert sum(run.batches for run in mine.runs) <= sum(
            run.batches for run in other.runs
        )


@pytest.mark.parametrize("minutes", [FULL_DAY, HALF_DAY])
@pytest.mark.parametrize("seed", SEEDS)
def test_no_order_is_later_than_in_the_better_of_the_usual_ways(
    seed: int, minutes: int
) -> None:
    week = the_week(seed=seed)

    mine = make(week, ours, minutes=minutes).days_late
    others = [
        make(week, way, minutes=minutes).days_late
        for way in (product_and_day, one_run_an_order)
    ]

    later = {
        order: days
        for order, days in mine.items()
        if days > min(other.get(order, 0) for other in others)
    }
    assert later == {}


@pytest.mark.parametrize("seed", SEEDS)
def test_where_the_hours_do_not_suffice_fewer_orders_are_late_and_by_less(
    seed: int,
) -> None:
    week = the_week(seed=seed)

    mine = make(week, ours, minutes=TOO_SHORT_A_DAY)

    for way in (product_and_day, one_run_an_order):
        other = make(week, way, minutes=TOO_SHORT_A_DAY)
        assert len(mine.days_late) < len(other.days_late)
        assert late_days(mine) < late_days(other)
        assert max(mine.days_late.values()) <= max(other.days_late.values())
