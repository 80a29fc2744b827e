"""What holds for every plan, whatever the demands, the supplies and the policy."""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.domain.allocation import is_fresh
from hub.domain.netting import net
from hub.domain.netting_types import Demand, Kind, Plan, Policy, Supplies
from hub.domain.pools import rank
from tests.domain.plans import DEMANDS, POLICIES, SUPPLIES, TODAY, stored_after

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

    for demand in ordered[:cut]:
        before, after = got(with_all, demand.key), got(without, demand.key)
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
    assert all(not earlier.surplus for earlier, _ in pairwise(planned))
