"""What holds for every plan, whatever the demands, the supplies and the policy."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.domain.planning.netting import net
from hub.domain.planning.netting_types import (
    FOR_STOCK,
    Demand,
    Kind,
    Link,
    Plan,
    PlannedRun,
    Policy,
    StoredRun,
    Supplies,
)
from hub.domain.planning.pools import rank
from hub.domain.states import Production
from hub.domain.stock.allocation import is_fresh
from tests.domain.plans import (
    DEMANDS,
    POLICIES,
    SUPPLIES,
    TODAY,
    day,
    demand,
    make,
    stored_after,
)

often = settings(max_examples=120)
Demands = tuple[Demand, ...]


@dataclass(frozen=True)
class Got:
    """What one demand got, by where it comes from."""

    in_lots: int
    in_firm_runs: int
    bought: int
    in_planned_runs: int
    short: int

    @property
    def all(self) -> int:
        return (
            self.in_lots
            + self.in_firm_runs
            + self.bought
            + self.in_planned_runs
            + self.short
        )


def got(plan: Plan, key: str) -> Got:
    firm = [run for run in plan.runs if run.is_firm]
    planned = [run for run in plan.runs if not run.is_firm]
    return Got(
        in_lots=sum(a.quantity for a in plan.allocations if a.demand == key),
        in_firm_runs=sum(n.quantity for r in firm for n in r.links if n.demand == key),
        bought=sum(c.quantity for c in plan.covers if c.demand == key),
        in_planned_runs=sum(
            n.quantity for r in planned for n in r.links if n.demand == key
        ),
        short=sum(s.quantity for s in plan.shortages if s.demand == key),
    )


def what_a_demand_gets_and_lacks_is_what_it_asked_for(
    wanted: Demands, held: Supplies, policy: Policy, plan: Plan
) -> None:
    assert {d.key: got(plan, d.key).all for d in wanted} == {
        d.key: d.quantity for d in wanted
    }


def nothing_is_promised_twice(
    wanted: Demands, held: Supplies, policy: Policy, plan: Plan
) -> None:
    from_lots: Counter[int] = Counter()
    for allocation in plan.allocations:
        from_lots[allocation.lot_id] += allocation.quantity
    bought: Counter[int] = Counter()
    for cover in plan.covers:
        bought[cover.purchase_id] += cover.quantity
    assert all(from_lots[lot.lot_id] <= lot.free for lot in held.lots)
    assert all(bought[line.purchase_id] <= line.quantity for line in held.incoming)
    assert all(run.surplus >= 0 for run in plan.runs)
    assert all(n.quantity > 0 for run in plan.runs for n in run.links)


def no_lot_is_given_that_will_be_too_old_on_the_day(
    wanted: Demands, held: Supplies, policy: Policy, plan: Plan
) -> None:
    lots = {lot.lot_id: lot for lot in held.lots}
    asked = {d.key: d for d in wanted}
    for allocation in plan.allocations:
        demand = asked[allocation.demand]
        assert is_fresh(
            lots[allocation.lot_id].best_before,
            used_on=max(demand.needed_on, TODAY),
            min_remaining_days=demand.min_remaining_days,
        )


def no_running_run_gives_what_will_be_too_old(
    wanted: Demands, held: Supplies, policy: Policy, plan: Plan
) -> None:
    ends = {
        run.run_id: max(run.ends_on, TODAY)
        for run in held.runs
        if run.state is Production.RUNNING and run.ends_on is not None
    }
    asked = {d.key: d for d in wanted}
    for run in plan.runs:
        if run.run_id in ends and policy.shelf_life_days is not None:
            best_before = ends[run.run_id] + timedelta(days=policy.shelf_life_days)
            assert all(is_fresh_for(asked[n.demand], best_before) for n in run.links)


def no_planned_run_gives_what_will_be_too_old(
    wanted: Demands, held: Supplies, policy: Policy, plan: Plan
) -> None:
    asked = {d.key: d for d in wanted}
    for run in plan.runs:
        if not run.is_firm and run.needed_on and policy.shelf_life_days is not None:
            made_on = max(run.needed_on, TODAY)
            best_before = made_on + timedelta(days=policy.shelf_life_days)
            assert all(is_fresh_for(asked[n.demand], best_before) for n in run.links)


def is_fresh_for(demand: Demand, best_before: date) -> bool:
    return is_fresh(
        best_before,
        used_on=max(demand.needed_on, TODAY),
        min_remaining_days=demand.min_remaining_days,
    )


def a_run_is_needed_no_later_than_anybody_it_is_made_for(
    wanted: Demands, held: Supplies, policy: Policy, plan: Plan
) -> None:
    asked = {d.key: d for d in wanted}
    for run in plan.runs:
        served = [asked[n.demand] for n in run.links]
        assert run.needed_on == min((d.needed_on for d in served), default=None)
        assert run.priority == min((d.priority for d in served), default=None)


def firm_runs_keep_their_size_and_none_disappears(
    wanted: Demands, held: Supplies, policy: Policy, plan: Plan
) -> None:
    firm = {r.run_id: (r.batches, r.output) for r in held.runs if r.is_firm}
    soft = {r.run_id for r in held.runs if not r.is_firm}
    kept = {r.run_id for r in plan.runs if not r.is_firm and r.run_id is not None}
    assert {r.run_id: (r.batches, r.quantity) for r in plan.runs if r.is_firm} == firm
    assert kept | set(plan.dropped) == soft
    assert not kept & set(plan.dropped)


def every_new_run_has_a_size_the_recipe_allows(
    wanted: Demands, held: Supplies, policy: Policy, plan: Plan
) -> None:
    planned = [run for run in plan.runs if not run.is_firm]
    sizes = policy.lot_sizes
    if policy.kind is Kind.BUY or sizes is None:
        assert planned == []
        return
    for run in planned:
        assert run.batches >= sizes.min_batches
        assert run.batches % sizes.step_batches == 0
        assert sizes.max_batches is None or run.batches <= sizes.max_batches
        assert run.quantity == run.batches * sizes.good_yield


def free_stock_is_brought_up_to_the_wanted_level_or_said_to_be_short(
    wanted: Demands, held: Supplies, policy: Policy, plan: Plan
) -> None:
    usable = sum(lot.free for lot in held.lots if is_fresh(lot.best_before, used_on=TODAY))
    free = (
        usable
        - sum(a.quantity for a in plan.allocations)
        + sum(line.quantity for line in held.incoming)
        - sum(c.quantity for c in plan.covers)
        + sum(run.surplus for run in plan.runs)
    )
    assert free + plan.stock_short >= max(policy.safety_stock, policy.reorder_point)


LAWS = (
    what_a_demand_gets_and_lacks_is_what_it_asked_for,
    nothing_is_promised_twice,
    no_lot_is_given_that_will_be_too_old_on_the_day,
    no_running_run_gives_what_will_be_too_old,
    no_planned_run_gives_what_will_be_too_old,
    a_run_is_needed_no_later_than_anybody_it_is_made_for,
    firm_runs_keep_their_size_and_none_disappears,
    every_new_run_has_a_size_the_recipe_allows,
    free_stock_is_brought_up_to_the_wanted_level_or_said_to_be_short,
)


@settings(max_examples=300)
@given(DEMANDS, SUPPLIES, POLICIES)
def test_every_plan_obeys_every_law(
    wanted: Demands, held: Supplies, policy: Policy
) -> None:
    plan = net(wanted, supplies=held, policy=policy)

    for law in LAWS:
        law(wanted, held, policy, plan)


@often
@given(DEMANDS, SUPPLIES, POLICIES, st.integers())
def test_the_order_of_the_inputs_does_not_matter(
    wanted: Demands, held: Supplies, policy: Policy, seed: int
) -> None:
    shuffled = Random(seed)
    others = shuffled.sample(wanted, len(wanted))
    mixed = Supplies(
        lots=tuple(shuffled.sample(held.lots, len(held.lots))),
        runs=tuple(shuffled.sample(held.runs, len(held.runs))),
        incoming=tuple(shuffled.sample(held.incoming, len(held.incoming))),
    )

    assert net(others, supplies=mixed, policy=policy) == net(
        wanted, supplies=held, policy=policy
    )


@often
@given(DEMANDS, SUPPLIES, POLICIES)
def test_netting_a_stored_plan_again_changes_nothing(
    wanted: Demands, held: Supplies, policy: Policy
) -> None:
    plan = net(wanted, supplies=held, policy=policy)
    stored = stored_after(plan, supplies=held)

    again = net(wanted, supplies=stored, policy=policy)

    assert stored_after(again, supplies=stored) == stored
    assert again.dropped == ()
    assert again.allocations == plan.allocations
    assert again.covers == plan.covers
    assert again.shortages == plan.shortages
    assert again.stock_short == plan.stock_short


@often
@given(DEMANDS, SUPPLIES, POLICIES, st.data())
def test_removing_a_demand_never_hurts_one_that_ranks_higher(
    wanted: Demands, held: Supplies, policy: Policy, data: st.DataObject
) -> None:
    ordered = sorted(wanted, key=rank)
    cut = data.draw(st.integers(0, len(ordered)))
    with_all = net(wanted, supplies=held, policy=policy)

    without = net(ordered[:cut], supplies=held, policy=policy)

    for each in ordered[:cut]:
        before, after = got(with_all, each.key), got(without, each.key)
        assert after.in_lots >= before.in_lots
        assert after.in_lots + after.in_firm_runs >= before.in_lots + before.in_firm_runs
        assert after.short <= before.short
        assert after.in_planned_runs <= before.in_planned_runs


@often
@given(DEMANDS, SUPPLIES, POLICIES)
def test_surplus_is_used_before_another_run_is_opened(
    wanted: Demands, held: Supplies, policy: Policy
) -> None:
    everlasting = Policy(
        kind=policy.kind,
        today=policy.today,
        lot_sizes=policy.lot_sizes,
        window_days=policy.window_days,
    )

    plan = net(wanted, supplies=held, policy=everlasting)

    planned = [run for run in plan.runs if not run.is_firm]
    assert not planned or not any(run.surplus for run in plan.runs if run.is_firm)
    with_surplus = [run for run in planned if run.surplus]
    assert len(with_surplus) <= 1  # the run that was opened last, wherever it is due


@often
@given(DEMANDS, SUPPLIES, POLICIES)
def test_a_plan_that_begins_with_stored_runs_is_never_worse_than_a_fresh_one(
    wanted: Demands, held: Supplies, policy: Policy
) -> None:
    nothing_planned = tuple(run for run in held.runs if run.is_firm)
    fresh = net(wanted, supplies=replace(held, runs=nothing_planned), policy=policy)

    plan = net(wanted, supplies=held, policy=policy)

    runs, fresh_runs = for_orders(plan), for_orders(fresh)
    batches = sum(run.batches for run in runs)
    fresh_batches = sum(run.batches for run in fresh_runs)
    assert not (
        len(fresh_runs) <= len(runs)
        and fresh_batches <= batches
        and (len(fresh_runs), fresh_batches) != (len(runs), batches)
    )


def for_orders(plan: Plan) -> list[PlannedRun]:
    return [run for run in plan.runs if not run.is_firm and run.links]


@often
@given(DEMANDS, SUPPLIES, POLICIES, st.integers(1, 40), st.integers(-2, 40))
def test_a_later_order_takes_nothing_from_a_promised_one(
    wanted: Demands, held: Supplies, policy: Policy, quantity: int, due: int
) -> None:
    promised = tuple(
        replace(each, committed_at=each.committed_at or each.placed_at) for each in wanted
    )
    before = net(promised, supplies=held, policy=policy)
    lowest = max((each.priority for each in promised), default=100)
    later = demand("later", quantity, due=due, placed=99, priority=lowest)

    after = net((*promised, later), supplies=held, policy=policy)

    for each in promised:
        mine, theirs = got(before, each.key), got(after, each.key)
        assert theirs.in_lots == mine.in_lots
        assert theirs.in_firm_runs == mine.in_firm_runs
        assert (theirs.bought, theirs.short) == (mine.bought, mine.short)


@often
@given(DEMANDS, SUPPLIES, POLICIES)
def test_what_only_fills_up_stock_takes_nothing_from_anybody(
    wanted: Demands, held: Supplies, policy: Policy
) -> None:
    filling = demand("stock", 50, due=-9, placed=-99, committed=-99, priority=FOR_STOCK)
    no_stock = replace(policy, safety_stock=0, reorder_point=0)
    without = net(wanted, supplies=held, policy=no_stock)

    plan = net((*wanted, filling), supplies=held, policy=policy)

    for each in wanted:
        mine, theirs = got(without, each.key), got(plan, each.key)
        assert (theirs.in_lots, theirs.bought) == (mine.in_lots, mine.bought)
        assert theirs.short == mine.short


@often
@given(DEMANDS, SUPPLIES, POLICIES)
def test_frozen_runs_keep_their_batches_whoever_leaves(
    wanted: Demands, held: Supplies, policy: Policy
) -> None:
    frozen = tuple(replace(run, is_frozen=True) for run in held.runs)

    plan = net(wanted[1:], supplies=replace(held, runs=frozen), policy=policy)

    kept = {run.run_id: run.batches for run in plan.runs if run.run_id is not None}
    assert kept == {run.run_id: run.batches for run in held.runs}
    assert plan.dropped == ()


WEEKS = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 28)), min_size=1, max_size=12)


@often
@given(WEEKS, st.integers(1, 5), st.sampled_from((None, 2, 4)), st.sampled_from((0, 3)))
def test_one_small_order_at_the_end_changes_only_the_run_it_joins(
    asked: list[tuple[int, int]], small: int, most: int | None, window: int
) -> None:
    policy = make(good_yield=10, most=most, window=window)
    orders = [demand(f"{n:02d}", q, due=due) for n, (q, due) in enumerate(asked)]
    stored = stored_after(
        net(orders, supplies=Supplies(), policy=policy), supplies=Supplies()
    )
    last = demand("last", small, due=60, placed=9)

    plan = net([*orders, last], supplies=stored, policy=policy)

    before = {run.run_id: (run.batches, run.links) for run in stored.runs}
    changed = [
        run for run in plan.runs if before.get(run.run_id or 0) != (run.batches, run.links)
    ]
    assert plan.dropped == ()
    assert len(changed) <= 2
    assert all(any(n.demand == "last" for n in run.links) for run in changed)


def test_runs_that_stand_are_not_reshuffled_where_a_fresh_plan_saves_nothing() -> None:
    policy = make(good_yield=10, most=1, window=0)
    orders = [demand(f"{n}", 10, due=n) for n in range(5)]
    stored = Supplies(runs=tuple(as_stored(n, key=f"{n}") for n in range(5)))

    plan = net([*orders, demand("x", 10, due=0)], supplies=stored, policy=policy)

    assert {run.run_id: [n.demand for n in run.links] for run in plan.runs} == {
        0: ["0"],
        1: ["1"],
        2: ["2"],
        3: ["3"],
        4: ["4"],
        None: ["x"],
    }


def as_stored(run_id: int, *, key: str) -> StoredRun:
    return StoredRun(
        run_id=run_id,
        state=Production.PLANNED,
        batches=1,
        output=10,
        links=(Link(demand=key, quantity=10),),
        needed_on=day(run_id),
    )
