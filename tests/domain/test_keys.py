"""How the planner calls what it compares."""

from itertools import combinations, product

from hub.domain.keys import demand_key, in_turn, is_demand, need_key
from hub.domain.planning.netting import net
from hub.domain.planning.netting_types import Supplies
from tests.domain.plans import demand, lot, make


def test_an_orders_demand_and_a_runs_need_never_share_a_key() -> None:
    assert demand_key(7) != need_key(7)
    assert (is_demand(demand_key(7)), is_demand(need_key(7))) == (True, False)


def test_keys_follow_their_numbers_however_many_digits_these_have() -> None:
    keys = [kind(number) for kind, number in product((demand_key, need_key), (-1, 9, 10))]

    assert sorted(reversed(keys), key=in_turn) == keys


def test_no_two_keys_are_equal_in_turn() -> None:
    keys = ("", "anna", "anna:", "anna:1", "anna:01", "1", "01", "9", "run 9", ":", ":1")

    assert all(in_turn(one) != in_turn(other) for one, other in combinations(keys, 2))


def test_of_two_alike_in_everything_the_older_number_is_served() -> None:
    demands = [demand("need:10", 1), demand("need:9", 1)]

    plan = net(demands, supplies=Supplies(lots=(lot(1, 1),)), policy=make())

    assert [given.demand for given in plan.allocations] == ["need:9"]
