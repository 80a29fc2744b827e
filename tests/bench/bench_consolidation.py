"""How many runs, how much set-up and how many late orders a week of 500 orders comes to.

`make bench` runs it: the planner's own runs beside one run an order and one run a product and day,
all three put on the same calendars by the same schedule. What this prints is asserted
in tests/domain/planning/test_consolidation.py.
"""

import pytest

from tests.domain.planning.consolidation import (
    FULL_DAY,
    HALF_DAY,
    ORDERS,
    TOO_SHORT_A_DAY,
    make,
    one_run_an_order,
    ours,
    product_and_day,
    the_week,
)

WAYS = (
    ("Hornada", ours),
    ("a product and a day", product_and_day),
    ("an order", one_run_an_order),
)


@pytest.mark.parametrize("minutes", [FULL_DAY, HALF_DAY, TOO_SHORT_A_DAY])
def test_a_week_of_orders_in_three_ways(minutes: int) -> None:
    week = the_week()

    outcomes = {name: make(week, way, minutes=minutes) for name, way in WAYS}

    print(f"\n\na week of {ORDERS} orders, three work centres of {minutes} minutes a day")
    print(f"{'one run for':>20} {'runs':>6} {'set-up':>7} {'late':>6} {'days late':>10}")
    for name, outcome in outcomes.items():
        late = outcome.days_late
        print(
            f"{name:>20} {len(outcome.runs):>6} {outcome.setup_minutes:>7}"
            f" {len(late):>6} {sum(late.values()):>10}"
        )
    assert all(outcome.runs for outcome in outcomes.values())
