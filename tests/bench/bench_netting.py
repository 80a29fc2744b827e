"""How long the planner's one pure function takes: 10,000 open demands, 500 items, 2,000 lots.

`make bench` runs it. Nothing is asserted about time: figures are printed, with their growth, so
that what grows faster than its input is seen. On a shared machine only growth means much.
"""

import time
from collections import defaultdict
from random import Random

from hub.domain.planning.netting import net
from hub.domain.planning.netting_types import (
    Demand,
    Kind,
    LotSizes,
    Plan,
    Policy,
    StoredRun,
    Supplies,
)
from hub.domain.states import Production
from hub.domain.stock.allocation import FreeLot
from tests.domain.plans import TODAY, demand, lot

ITEMS, LOTS = 500, 2_000
SIZES = (1_000, 10_000, 100_000)
Case = tuple[list[Demand], Supplies, Policy]


def cases(demands: int, *, items: int, lots: int) -> list[Case]:
    """Make up open demands and lots over items; every third item is bought, the rest made."""
    dice = Random(demands)
    wanted: dict[int, list[Demand]] = defaultdict(list)
    for number in range(demands):
        wanted[dice.randrange(items)].append(
            demand(
                f"demand:{number}",
                dice.randint(1, 12),
                due=dice.randint(-3, 30),
                placed=dice.randint(0, 500),
                priority=dice.choice((50, 100, 100, 100)),
                committed=dice.choice((None, dice.randint(0, 500))),
                fresh_days=dice.choice((0, 0, 7)),
            )
        )
    held: dict[int, list[FreeLot]] = defaultdict(list)
    for number in range(lots):
        expires = dice.choice((None, dice.randint(0, 90)))
        held[dice.randrange(items)].append(
            lot(number, dice.randint(1, demands // 250 + 1), expires=expires)
        )
    return [
        (wanted[item], Supplies(lots=tuple(held[item])), policy(item))
        for item in range(items)
    ]


def policy(item: int) -> Policy:
    """Say how an item is planned."""
    if item % 3 == 0:
        return Policy(kind=Kind.BUY, today=TODAY)
    return Policy(
        kind=Kind.MAKE,
        today=TODAY,
        lot_sizes=LotSizes(good_yield=24, max_batches=4),
        window_days=3,
        shelf_life_days=120 if item % 2 else None,
    )


def planned_again(case: Case, plan: Plan) -> Case:
    """Put a plan's runs among the supplies, as they would be stored."""
    demands, supplies, wants = case
    stored = tuple(
        StoredRun(
            run_id=number,
            state=Production.PLANNED,
            batches=run.batches,
            output=run.quantity,
            links=run.links,
            needed_on=run.needed_on,
        )
        for number, run in enumerate(plan.runs)
    )
    return demands, Supplies(lots=supplies.lots, runs=stored), wants


def seconds_for(work: list[Case]) -> tuple[float, list[Plan]]:
    """Net every item, and say how long that took."""
    began = time.process_time()
    plans = [net(each[0], supplies=each[1], policy=each[2]) for each in work]
    return time.process_time() - began, plans


def show(title: str, *, items: int, lots: int) -> None:
    """Print first and second plan for each size, and the growth from the size before."""
    print(f"\n\n{title}: {items:,} items, {lots:,} lots")
    print(f"{'demands':>9} {'first plan':>11} {'again':>9} {'growth':>7} {'runs':>7}")
    last = 0.0
    for size in SIZES:
        work = cases(size, items=items, lots=lots)
        first, plans = seconds_for(work)
        repeated = [planned_again(*each) for each in zip(work, plans, strict=True)]
        again, same = seconds_for(repeated)
        growth = f"x {(first + again) / last:.1f}" if last else ""
        runs = sum(len(plan.runs) for plan in plans)
        print(f"{size:>9,} {first:>9.3f} s {again:>7.3f} s {growth:>7} {runs:>7,}")
        last = first + again
        for plan, once_more in zip(plans, same, strict=True):
            assert plan.allocations == once_more.allocations
            assert len(plan.runs) == len(once_more.runs)


def test_ten_thousand_demands_over_a_whole_catalogue() -> None:
    show("netting a catalogue", items=ITEMS, lots=LOTS)


def test_the_same_demands_for_one_item_alone() -> None:
    show("netting one item", items=1, lots=LOTS)
