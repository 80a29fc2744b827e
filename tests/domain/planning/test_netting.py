"""Who gets what, told case by case."""

import pytest

from hub.domain.planning.netting import net
from hub.domain.planning.netting_types import (
    Allocation,
    Cover,
    Demand,
    ImpossibleLotSize,
    Incoming,
    Kind,
    Link,
    LotSizes,
    Plan,
    Policy,
    Shortage,
    ShortReason,
    StoredRun,
    Supplies,
)
from hub.domain.states import Production
from tests.domain.plans import TODAY, day, demand, lot, make, run

NOTHING = Supplies()
PLANNED, RELEASED, RUNNING = Production.PLANNED, Production.RELEASED, Production.RUNNING
BOUGHT = Policy(kind=Kind.BUY, today=TODAY)


def batches(plan: Plan) -> list[int]:
    return [planned.batches for planned in plan.runs]


def links(plan: Plan) -> list[dict[str, int]]:
    return [{link.demand: link.quantity for link in made.links} for made in plan.runs]


def ids(plan: Plan) -> list[int | None]:
    return [planned.run_id for planned in plan.runs]


def test_four_orders_without_stock_are_all_made_and_not_one_unit_is_counted_twice() -> None:
    orders = [
        demand("first", 5, placed=1),
        demand("second", 3, placed=2),
        demand("third", 2, placed=3),
        demand("fourth", 4, placed=4),
    ]

    plan = net(orders, supplies=NOTHING, policy=make(good_yield=1))

    assert sum(planned.quantity for planned in plan.runs) == 14
    assert links(plan) == [{"first": 5, "second": 3, "third": 2, "fourth": 4}]


def test_stock_goes_first_and_only_the_rest_is_made() -> None:
    plan = net([demand("ana", 25)], supplies=Supplies(lots=(lot(1, 9),)), policy=make())

    assert plan.allocations == (Allocation(demand="ana", lot_id=1, quantity=9),)
    assert batches(plan) == [2]
    assert links(plan) == [{"ana": 16}]


def test_the_lot_that_expires_first_goes_first() -> None:
    lots = (lot(1, 5, expires=90), lot(2, 5), lot(3, 5, expires=30, came=2))

    plan = net([demand("ana", 12)], supplies=Supplies(lots=lots), policy=make())

    assert [(a.lot_id, a.quantity) for a in plan.allocations] == [(3, 5), (1, 5), (2, 2)]


def test_a_lot_too_old_on_the_day_it_leaves_is_left_to_somebody_sooner() -> None:
    lots = (lot(1, 10, expires=5),)
    orders = [demand("far", 10, due=7, priority=1), demand("near", 10, due=5)]

    plan = net(orders, supplies=Supplies(lots=lots), policy=make())

    assert plan.allocations == (Allocation(demand="near", lot_id=1, quantity=10),)
    assert links(plan) == [{"far": 10}]


def test_an_overdue_order_leaves_today_so_todays_freshness_counts() -> None:
    lots = (lot(1, 10, expires=-1), lot(2, 10, expires=0))

    plan = net([demand("late", 10, due=-3)], supplies=Supplies(lots=lots), policy=make())

    assert [a.lot_id for a in plan.allocations] == [2]


def test_priority_then_promise_then_need_then_time_decides_who_is_served() -> None:
    orders = [
        demand("early bird", 1, due=9, placed=0),
        demand("in a hurry", 1, due=2, placed=5),
        demand("promised", 1, due=20, placed=6, committed=7),
        demand("promised before", 1, due=30, placed=4, committed=5),
        demand("rush", 1, due=25, placed=8, priority=10),
        demand("later bird", 1, due=9, placed=1),
    ]

    plan = net(orders, supplies=Supplies(lots=(lot(1, 6),)), policy=BOUGHT)

    assert [a.demand for a in plan.allocations] == [
        "rush",
        "promised before",
        "promised",
        "in a hurry",
        "early bird",
        "later bird",
    ]


def test_what_a_running_run_makes_for_somebody_stays_theirs_even_against_a_rush() -> None:
    runs = (run(12, RUNNING, 1, 10, ana=6),)
    orders = [demand("ana", 6), demand("rush", 9, priority=1)]

    plan = net(orders, supplies=Supplies(runs=runs), policy=make())

    assert links(plan) == [{"ana": 6, "rush": 4}, {"rush": 5}]


def test_an_order_cut_after_the_start_leaves_its_share_to_who_waits_then_to_stock() -> None:
    runs = (run(12, RUNNING, 3, 30, ana=20, bea=5, gone=5),)
    orders = [demand("ana", 4), demand("bea", 5), demand("carl", 7)]

    plan = net(orders, supplies=Supplies(runs=runs), policy=make())

    assert (ids(plan), batches(plan)) == ([12], [3])
    assert links(plan) == [{"ana": 4, "bea": 5, "carl": 7}]
    assert plan.runs[0].surplus == 14


def test_a_run_that_yields_less_serves_in_rank_order_and_the_rest_is_made_again() -> None:
    runs = (run(12, RUNNING, 2, 12, ana=10, bea=10),)
    orders = [demand("bea", 10, placed=1), demand("ana", 10, placed=2)]

    plan = net(orders, supplies=Supplies(runs=runs), policy=make())

    assert links(plan) == [{"bea": 10, "ana": 2}, {"ana": 8}]


def test_free_output_is_taken_from_the_run_that_ends_first() -> None:
    runs = (run(1, RUNNING, 1, 5, ends=9), run(2, RELEASED, 1, 5, ends=3))

    plan = net([demand("ana", 7)], supplies=Supplies(runs=runs), policy=make())

    assert dict(zip(ids(plan), links(plan), strict=True)) == {1: {"ana": 2}, 2: {"ana": 5}}


def test_output_that_will_be_too_old_is_not_promised() -> None:
    runs = (run(1, RUNNING, 1, 10, ends=1),)
    fussy = demand("fussy", 10, due=20, fresh_days=5)

    plan = net([fussy], supplies=Supplies(runs=runs), policy=make(shelf_life=10))

    assert links(plan) == [{}, {"fussy": 10}]


def test_a_run_that_should_have_ended_is_taken_to_end_today() -> None:
    runs = (run(1, RUNNING, 1, 10, ends=-5),)

    plan = net([demand("ana", 10, due=8)], supplies=Supplies(runs=runs),
               policy=make(shelf_life=10))  # fmt: skip

    assert links(plan) == [{"ana": 10}]


def test_a_purchase_on_its_way_covers_before_anything_is_made() -> None:
    incoming = (
        Incoming(purchase_id=8, quantity=4),
        Incoming(purchase_id=7, quantity=4, expected_on=day(3)),
    )

    plan = net([demand("ana", 6)], supplies=Supplies(incoming=incoming), policy=make())

    assert plan.covers == (
        Cover(demand="ana", purchase_id=7, quantity=4, expected_on=day(3)),
        Cover(demand="ana", purchase_id=8, quantity=2, expected_on=None),
    )
    assert plan.runs == ()


def test_something_made_here_without_a_recipe_is_short_and_says_so() -> None:
    policy = Policy(kind=Kind.MAKE, today=TODAY, safety_stock=3)

    plan = net([demand("ana", 5)], supplies=Supplies(lots=(lot(1, 2),)), policy=policy)

    assert plan.shortages == (
        Shortage(demand="ana", quantity=3, reason=ShortReason.NO_RECIPE),
    )
    assert plan.stock_short == 3


def test_something_bought_is_short_of_stock() -> None:
    plan = net([demand("run 4", 5)], supplies=NOTHING, policy=BOUGHT)

    assert plan.shortages == (
        Shortage(demand="run 4", quantity=5, reason=ShortReason.NO_STOCK),
    )


def test_stock_that_would_do_but_for_its_age_is_named_as_the_cause() -> None:
    lots = (lot(1, 5, expires=2), lot(2, 1))

    plan = net([demand("run 4", 6)], supplies=Supplies(lots=lots), policy=BOUGHT)

    assert [(s.quantity, s.reason) for s in plan.shortages] == [(5, ShortReason.TOO_OLD)]


def test_what_never_keeps_long_enough_is_not_made_over_and_over() -> None:
    fussy = demand("fussy", 5, fresh_days=11)

    plan = net([fussy], supplies=NOTHING, policy=make(shelf_life=10))

    assert plan.runs == ()
    assert [s.reason for s in plan.shortages] == [ShortReason.SHELF_LIFE]


def test_orders_due_within_the_window_share_a_run() -> None:
    orders = [demand("ana", 7, due=3), demand("bea", 9, due=6), demand("carl", 6, due=7)]

    plan = net(orders, supplies=NOTHING, policy=make(window=3))

    assert [(r.needed_on, r.batches) for r in plan.runs] == [(day(3), 2), (day(7), 1)]
    assert links(plan) == [{"ana": 7, "bea": 9, "carl": 4}, {"carl": 2}]


def test_the_window_of_an_overdue_order_begins_today() -> None:
    orders = [demand("late", 10, due=-9), demand("ana", 10, due=2)]

    plan = net(orders, supplies=NOTHING, policy=make(window=2))

    assert links(plan) == [{"late": 10, "ana": 10}]


def test_the_surplus_of_a_run_goes_to_the_next_in_rank_not_the_next_in_time() -> None:
    orders = [
        demand("now", 6, due=1),
        demand("soon", 4, due=10),
        demand("rush", 4, due=20, priority=1),
    ]

    plan = net(orders, supplies=NOTHING, policy=make())

    assert links(plan) == [{"now": 6, "rush": 4}, {"soon": 4}]


def test_surplus_is_not_given_to_somebody_for_whom_it_will_be_too_old() -> None:
    orders = [demand("now", 6, due=1), demand("later", 4, due=30)]

    plan = net(orders, supplies=NOTHING, policy=make(shelf_life=10))

    assert links(plan) == [{"now": 6}, {"later": 4}]


@pytest.mark.parametrize("needed, later", [(-5, 8), (20, 25)])
def test_surplus_ages_from_the_day_it_is_needed_or_today(needed: int, later: int) -> None:
    orders = [demand("first", 6, due=needed), demand("later", 4, due=later)]

    plan = net(orders, supplies=NOTHING, policy=make(shelf_life=10))

    assert links(plan) == [{"first": 6, "later": 4}]


def test_every_run_offers_its_surplus_to_the_most_urgent_that_still_wants() -> None:
    orders = [
        demand("rush", 30, due=20, priority=1),
        demand("ana", 6, due=1),
        demand("bea", 6, due=10),
    ]

    plan = net(orders, supplies=NOTHING, policy=make())

    assert links(plan) == [
        {"ana": 6, "rush": 4},
        {"bea": 6, "rush": 4},
        {"rush": 22},
    ]


def test_a_fussy_order_inside_the_window_gets_a_run_of_its_own() -> None:
    orders = [demand("now", 6, due=1), demand("fussy", 4, due=5, fresh_days=9)]

    plan = net(orders, supplies=NOTHING, policy=make(shelf_life=10, window=7))

    assert links(plan) == [{"now": 6}, {"fussy": 4}]


def test_a_big_order_is_split_over_runs_no_bigger_than_the_maximum() -> None:
    plan = net([demand("ana", 75)], supplies=NOTHING, policy=make(most=3))

    assert batches(plan) == [3, 3, 2]
    assert links(plan) == [{"ana": 30}, {"ana": 30}, {"ana": 15}]


def test_orders_sharing_a_run_do_not_make_it_bigger_than_the_maximum() -> None:
    orders = [demand("ana", 15, placed=1), demand("bea", 15, placed=2), demand("carl", 15)]

    plan = net(orders, supplies=NOTHING, policy=make(most=2, window=7))

    assert batches(plan) == [2, 2, 1]
    assert links(plan) == [{"carl": 15, "ana": 5}, {"ana": 10, "bea": 10}, {"bea": 5}]


@pytest.mark.parametrize(
    "wanted, expected",
    [(1, [4]), (40, [4]), (41, [6]), (60, [6]), (61, [6, 4])],
)
def test_batches_are_raised_to_the_minimum_and_the_step(
    wanted: int, expected: list[int]
) -> None:
    plan = net(
        [demand("ana", wanted)], supplies=NOTHING, policy=make(least=4, step=2, most=7)
    )

    assert batches(plan) == expected


def test_stock_below_its_level_is_made_in_a_run_of_its_own_after_everybody() -> None:
    policy = make(safety=20, most=2)

    plan = net([demand("ana", 6)], supplies=Supplies(lots=(lot(1, 9),)), policy=policy)

    assert links(plan) == [{}]
    assert (plan.runs[0].batches, plan.runs[0].needed_on) == (2, None)
    assert plan.runs[0].priority is None


def test_surplus_counts_as_stock_before_more_is_made() -> None:
    plan = net([demand("ana", 2)], supplies=NOTHING, policy=make(safety=8))

    assert [r.surplus for r in plan.runs] == [8]


def test_stock_is_refilled_to_its_upper_level_only_once_it_is_below_the_lower() -> None:
    policy = make(reorder=20, up_to=50)

    enough = net([], supplies=Supplies(lots=(lot(1, 20),)), policy=policy)
    too_little = net([], supplies=Supplies(lots=(lot(1, 19),)), policy=policy)

    assert enough.runs == ()
    assert batches(too_little) == [4]


def test_expired_stock_is_no_stock() -> None:
    held = Supplies(lots=(lot(1, 50, expires=-1),))

    plan = net([], supplies=held, policy=make(safety=10))

    assert batches(plan) == [1]


def test_what_is_bought_for_stock_is_answered_as_short() -> None:
    policy = Policy(kind=Kind.BUY, today=TODAY, reorder_point=10, stock_up_to=30)

    plan = net([], supplies=Supplies(lots=(lot(1, 4),)), policy=policy)

    assert plan.stock_short == 26


def test_runs_for_stock_respect_the_maximum() -> None:
    assert batches(net([], supplies=NOTHING, policy=make(safety=50, most=2))) == [2, 2, 1]


def test_a_planned_run_keeps_its_id_while_it_grows_and_shrinks() -> None:
    stored = Supplies(runs=(run(12, PLANNED, 4, 40, ana=20, bea=20),))

    shrunk = net([demand("ana", 20)], supplies=stored, policy=make())
    grown = net([demand("ana", 20), demand("carl", 50)], supplies=stored, policy=make())

    assert (ids(shrunk), batches(shrunk)) == ([12], [2])
    assert (ids(grown), batches(grown)) == ([12], [7])


def test_a_run_continues_the_stored_one_it_shares_most_with() -> None:
    stored = Supplies(
        runs=(run(1, PLANNED, 1, 10, ana=3, bea=7), run(2, PLANNED, 1, 10, ana=7, carl=3))
    )

    plan = net([demand("ana", 10)], supplies=stored, policy=make())

    assert (ids(plan), plan.dropped) == ([2], (1,))


def test_of_two_runs_shared_alike_the_one_for_that_day_is_continued() -> None:
    stored = Supplies(
        runs=(run(1, PLANNED, 1, 10, due=9, ana=5), run(2, PLANNED, 1, 10, due=3, ana=5))
    )

    plan = net([demand("ana", 5, due=3)], supplies=stored, policy=make())

    assert (ids(plan), plan.dropped) == ([2], (1,))


def test_a_planned_run_nobody_needs_is_dropped_not_handed_to_a_stranger() -> None:
    stored = Supplies(runs=(run(12, PLANNED, 1, 10, gone=10),))

    plan = net([demand("ana", 10)], supplies=stored, policy=make())

    assert (ids(plan), plan.dropped) == ([None], (12,))


def test_a_run_for_stock_continues_a_run_for_stock() -> None:
    stored = Supplies(runs=(run(12, PLANNED, 1, 10),))

    plan = net([], supplies=stored, policy=make(safety=25))

    assert (ids(plan), batches(plan), plan.dropped) == ([12], [3], ())


def test_a_frozen_run_is_not_resized_and_its_output_is_offered_round() -> None:
    stored = Supplies(runs=(run(12, PLANNED, 4, 40, frozen=True, ana=40),))

    plan = net([demand("ana", 10), demand("bea", 35)], supplies=stored, policy=make())

    assert links(plan) == [{"ana": 10, "bea": 30}, {"bea": 5}]
    assert (ids(plan), batches(plan)) == ([12, None], [4, 1])


def test_a_demand_for_nothing_gets_nothing() -> None:
    assert net([demand("ana", 0)], supplies=NOTHING, policy=make()) == Plan()


def test_two_demands_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="same key"):
        net([demand("ana", 1), demand("ana", 2)], supplies=NOTHING, policy=make())


@pytest.mark.parametrize(
    "good_yield, least, most, step",
    [(0, 1, None, 1), (10, 0, None, 1), (10, 1, None, 0), (10, 5, 4, 1), (10, 5, 7, 4)],
)
def test_lot_sizes_that_no_run_can_have_are_refused(
    good_yield: int, least: int, most: int | None, step: int
) -> None:
    with pytest.raises(ImpossibleLotSize):
        LotSizes(
            good_yield=good_yield, min_batches=least, max_batches=most, step_batches=step
        )


def test_a_busy_item_is_planned_in_a_breath() -> None:
    orders: list[Demand] = [
        demand(f"{n:05d}", 7, due=n % 60, placed=n % 50) for n in range(3_000)
    ]
    lots = tuple(lot(n, 3, expires=n % 90) for n in range(1, 1_000))

    plan = net(orders, supplies=Supplies(lots=lots), policy=make(most=2, shelf_life=200))

    made = sum(link.quantity for planned in plan.runs for link in planned.links)
    held = sum(a.quantity for a in plan.allocations)
    assert made + held == 7 * 3_000


def test_links_are_written_in_the_order_of_their_keys() -> None:
    plan = net([demand("b", 1, placed=1), demand("a", 1, placed=2)], supplies=NOTHING,
               policy=make())  # fmt: skip

    assert plan.runs[0].links == (
        Link(demand="a", quantity=1),
        Link(demand="b", quantity=1),
    )


@pytest.mark.parametrize("state", [RELEASED, RUNNING])
def test_released_and_running_runs_are_firm(state: Production) -> None:
    assert StoredRun(run_id=1, state=state, batches=1, output=1).is_firm


def test_a_planned_run_is_firm_only_while_frozen() -> None:
    assert not run(1, PLANNED, 1, 1).is_firm
    assert run(1, PLANNED, 1, 1, frozen=True).is_firm
