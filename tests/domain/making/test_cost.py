"""What a made lot costs, in whole millionths."""

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.making.cost import UnitCost, Used, unit_cost


def used(quantity: int, micros: int | None, currency: str = "EUR") -> Used:
    return Used(quantity=quantity, unit_cost_micros=micros, currency=currency)


def test_what_went_in_is_spread_over_what_came_out() -> None:
    # 1800 g at 0.012345 and 10 jars at 0.45 make 10 candles: 26.721 over 10.
    spent = [used(1_800_000, 12_345), used(10_000, 450_000)]

    assert unit_cost(spent, produced=10_000) == UnitCost(micros=2_672_100, currency="EUR")


def test_a_smaller_yield_makes_each_dearer() -> None:
    assert unit_cost([used(3000, 1)], produced=2000) == UnitCost(micros=2, currency="EUR")


def test_half_a_cost_is_no_cost() -> None:
    assert unit_cost([used(1000, 5), used(1000, None)], produced=1000) is None


def test_two_currencies_do_not_add_up() -> None:
    assert unit_cost([used(1000, 5), used(1000, 5, "USD")], produced=1000) is None


def test_a_lot_named_with_nothing_used_does_not_count() -> None:
    assert unit_cost([used(0, None, ""), used(1000, 5)], produced=1000) == UnitCost(
        micros=5, currency="EUR"
    )


def test_nothing_in_or_nothing_out_costs_nobody_knows_what() -> None:
    assert unit_cost([], produced=1000) is None
    assert unit_cost([used(1000, 5)], produced=0) is None


@given(
    st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 10**9)), min_size=1),
    st.integers(1, 10**9),
)
def test_the_cost_is_within_half_a_millionth_of_the_exact_one(
    parts: list[tuple[int, int]], produced: int
) -> None:
    found = unit_cost([used(*part) for part in parts], produced=produced)

    spent = sum(quantity * micros for quantity, micros in parts)
    assert found is not None
    assert abs(2 * (found.micros * produced - spent)) <= produced
