"""What a new plan changes, and for whom."""

from dataclasses import replace

from hypothesis import given, settings

from hub.domain.planning.netting import net
from hub.domain.planning.netting_diff import ChangeKind, run_changes
from hub.domain.planning.netting_types import Demand, Link, Policy, StoredRun, Supplies
from hub.domain.states import Production
from tests.domain.plans import DEMANDS, POLICIES, SUPPLIES, demand, make, run, stored_after

PLANNED = Production.PLANNED


def kinds(stored: tuple[StoredRun, ...], *wanted: Demand) -> list[ChangeKind]:
    plan = net(wanted, supplies=Supplies(runs=stored), policy=make())
    return [change.kind for change in run_changes(stored, plan=plan)]


def test_a_cancelled_line_shrinks_the_run_and_is_named() -> None:
    stored = (run(12, PLANNED, 4, 40, due=7, ana=30, bea=10),)
    plan = net([demand("ana", 30)], supplies=Supplies(runs=stored), policy=make())

    [change] = run_changes(stored, plan=plan)

    assert (change.kind, change.run_id) == (ChangeKind.SHRUNK, 12)
    assert (change.batches_before, change.batches_after) == (4, 3)
    assert (change.gained, change.lost) == ((), (Link(demand="bea", quantity=10),))


def test_a_new_order_grows_the_run_and_is_named() -> None:
    stored = (run(12, PLANNED, 1, 10, due=7, ana=10),)
    plan = net([demand("ana", 10), demand("bea", 5)], supplies=Supplies(runs=stored),
               policy=make())  # fmt: skip

    [change] = run_changes(stored, plan=plan)

    assert change.kind is ChangeKind.GROWN
    assert change.gained == (Link(demand="bea", quantity=5),)


def test_who_lost_is_listed_in_the_order_of_the_keys() -> None:
    links = tuple(Link(demand=key, quantity=10) for key in ("zoe", "ana", "max"))
    before = replace(run(12, PLANNED, 3, 30, due=7), links=links)
    plan = net([demand("ana", 5)], supplies=Supplies(runs=(before,)), policy=make())

    [change] = run_changes([before], plan=plan)

    assert [link.demand for link in change.lost] == ["ana", "max", "zoe"]


def test_runs_are_opened_and_dropped() -> None:
    assert kinds((), demand("ana", 1)) == [ChangeKind.OPENED]
    assert kinds((run(1, PLANNED, 1, 10, ana=1),)) == [ChangeKind.DROPPED]


def test_a_run_of_the_same_size_may_be_for_others_or_for_another_day() -> None:
    stored = (run(1, PLANNED, 1, 10, due=7, ana=4, bea=6),)

    assert kinds(stored, demand("ana", 10)) == [ChangeKind.RELINKED]
    assert kinds(stored, demand("ana", 4), demand("bea", 6, due=3)) == [ChangeKind.MOVED]


@settings(max_examples=80)
@given(DEMANDS, SUPPLIES, POLICIES)
def test_a_plan_netted_again_has_no_changes(
    wanted: tuple[Demand, ...], held: Supplies, policy: Policy
) -> None:
    stored = stored_after(net(wanted, supplies=held, policy=policy), supplies=held)

    again = net(wanted, supplies=stored, policy=policy)

    assert run_changes(stored.runs, plan=again) == ()
