"""What keeping stored runs must not do: nobody is written into a run that gives them nothing."""

from dataclasses import replace

import pytest

from hub.domain.planning.netting import net
from hub.domain.planning.netting_types import Supplies
from hub.domain.states import Production
from tests.domain.plans import demand, make, run


def test_a_full_run_does_not_take_in_whom_it_can_give_nothing() -> None:
    full = run(1, Production.PLANNED, 1, 10, due=5, ana=10)
    orders = [demand("ana", 10, due=5), demand("bea", 5, due=4, placed=1)]

    plan = net(orders, supplies=Supplies(runs=(full,)), policy=make(most=1, window=7))

    by_id = {planned.run_id: planned for planned in plan.runs}
    assert [link.demand for link in by_id[1].links] == ["ana"]
    assert by_id[1].needed_on == orders[0].needed_on
    assert [link.demand for link in by_id[None].links] == ["bea"]


@pytest.mark.parametrize("held, batches", [(False, [3]), (True, [1, 1, 1])])
def test_beside_a_run_that_is_held_for_a_promise_nobody_is_moved(
    held: bool, batches: list[int]
) -> None:
    stored = (
        replace(run(1, Production.PLANNED, 1, 10, due=5, ana=10), is_held=held),
        run(2, Production.PLANNED, 1, 10, due=5, bea=10),
        run(3, Production.PLANNED, 1, 10, due=5, carl=10),
    )
    orders = [demand(key, 10, due=5) for key in ("ana", "bea", "carl")]

    plan = net(orders, supplies=Supplies(runs=stored), policy=make(window=7))

    assert [planned.batches for planned in plan.runs] == batches
