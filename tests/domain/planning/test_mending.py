"""A full shop stays calm: one small event changes few runs, and no plan is worse for it."""

from itertools import count
from random import Random

import pytest

from hub.domain.planning.netting import net
from hub.domain.planning.netting_types import Demand, Plan, Policy, StoredRun, Supplies
from hub.domain.states import Production
from tests.domain.plans import demand, make, run, stored_after

ORDERS, EVENTS = 120, 8


def orders_of(dice: Random, *, many: int, fussy: int = 0) -> list[Demand]:
    return [
        demand(
            f"{n:03}",
            dice.randint(1, 12),
            due=dice.randint(0, 18),
            placed=n,
            fresh_days=dice.randint(0, fussy),
        )
        for n in range(many)
    ]


def after_one_event(orders: list[Demand], dice: Random, *, number: int) -> list[Demand]:
    """An order comes, or one is cancelled."""
    if number % 2:
        late = demand(
            f"new{number}", dice.randint(1, 12), due=dice.randint(0, 18), placed=999
        )
        return [*orders, late]
    gone = dice.choice(orders)
    return [each for each in orders if each is not gone]


def changed(before: Supplies, plan: Plan) -> int:
    known = {run.run_id: (run.batches, run.links) for run in before.runs}
    now = [
        run for run in plan.runs if known.get(run.run_id or 0) != (run.batches, run.links)
    ]
    return len(now) + len(plan.dropped)


def renumbered(stored: Supplies) -> Supplies:
    """Give each run a number of its own, in the order of the plan."""
    last = max((run.run_id for run in stored.runs if run.run_id < 1_000), default=0)
    free = count(last + 1)
    return Supplies(
        runs=tuple(
            run if run.run_id < 1_000 else _numbered(run, number=next(free))
            for run in stored.runs
        )
    )


def _numbered(stored: StoredRun, *, number: int) -> StoredRun:
    return StoredRun(
        run_id=number,
        state=stored.state,
        batches=stored.batches,
        output=stored.output,
        links=stored.links,
        needed_on=stored.needed_on,
    )


def worth(plan: Plan) -> tuple[int, int]:
    return len(plan.runs), sum(run.batches for run in plan.runs)


@pytest.mark.parametrize(
    "policy",
    [
        make(most=2, window=3),
        make(most=1, window=14),
        make(good_yield=24, most=3, window=2),
        make(most=2, window=3, shelf_life=5),
    ],
    ids=("two batches", "one batch", "big batches", "short-lived"),
)
def test_one_small_event_changes_few_runs_of_a_full_shop(policy: Policy) -> None:
    dice = Random(7)
    orders = orders_of(dice, many=ORDERS)
    stored = renumbered(
        stored_after(net(orders, supplies=Supplies(), policy=policy), supplies=Supplies())
    )
    moved: list[int] = []

    for number in range(EVENTS):
        orders = after_one_event(orders, dice, number=number)
        plan = net(orders, supplies=stored, policy=policy)
        fresh = net(orders, supplies=Supplies(), policy=policy)
        moved.append(changed(stored, plan))
        stored = renumbered(stored_after(plan, supplies=stored))

        assert not (worth(fresh) < worth(plan) and worth(fresh)[1] <= worth(plan)[1])

    assert sum(moved) <= 5 * EVENTS
    assert max(moved) <= 15


def test_a_run_goes_where_others_have_room_and_the_others_stay() -> None:
    """One leaves the first run; the new one's goods go there by way of the second."""
    held = Supplies(
        runs=(
            run(1, Production.PLANNED, 1, 10, due=0, ana=6),
            run(2, Production.PLANNED, 1, 10, due=2, bea=6, carl=4),
            run(3, Production.PLANNED, 1, 10, due=9, dora=10),
        )
    )
    orders = [
        demand("ana", 6, due=0),
        demand("bea", 6, due=2),
        demand("carl", 4, due=2),
        demand("dora", 10, due=9),
        demand("emil", 4, due=4, placed=9),
    ]

    plan = net(orders, supplies=held, policy=make(most=1, window=2))

    by_id = {each.run_id: {n.demand: n.quantity for n in each.links} for each in plan.runs}
    assert set(by_id) == {1, 2, 3}
    assert by_id[3] == {"dora": 10}


@pytest.mark.parametrize("seed", range(12))
def test_what_changed_a_little_is_left_alone_the_next_time(seed: int) -> None:
    dice, policy = Random(seed), make(good_yield=5, most=2, window=7, shelf_life=7)
    orders, stored = orders_of(dice, many=40, fussy=3), Supplies()
    for number in range(EVENTS):
        plan = net(orders, supplies=stored, policy=policy)
        stored = renumbered(stored_after(plan, supplies=stored))

        again = net(orders, supplies=stored, policy=policy)

        assert changed(stored, again) == 0
        orders = after_one_event(orders, dice, number=number)


def test_a_run_that_is_opened_takes_at_once_what_saves_another_a_batch() -> None:
    """Otherwise the next plan would find that out, with no news at all."""
    policy = make(most=2, window=14, shelf_life=5)
    held = Supplies(runs=(run(1, Production.PLANNED, 2, 20, due=14, ana=6, bea=12),))
    orders = [
        demand("ana", 6, due=14, fresh_days=3),
        demand("bea", 12, due=14),
        demand("carl", 1, due=10),
    ]

    plan = net(orders, supplies=held, policy=policy)

    assert [(each.run_id, each.batches) for each in plan.runs] == [(None, 1), (1, 1)]
    stored = renumbered(stored_after(plan, supplies=held))
    assert changed(stored, net(orders, supplies=stored, policy=policy)) == 0
