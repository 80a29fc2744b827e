"""What an item will sell: the methods, the back-test, and the levels that follow."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.planning.forecast import (
    FEWEST_WEEKS,
    Method,
    back_test,
    forecast,
    outlook,
)

REFERENCES = Path(__file__).parents[2] / "samples" / "forecast_references.json"
HISTORIES = st.lists(st.integers(0, 50_000), min_size=0, max_size=60)


@pytest.mark.parametrize("method", list(Method))
def test_each_method_gives_what_the_reference_library_gave(method: Method) -> None:
    recorded = json.loads(REFERENCES.read_text())["series"]
    known = [each for each in recorded if each[method.value] is not None]

    ours = [forecast(each["weeks"], method=method) for each in known]

    assert len(known) >= 35
    assert ours == pytest.approx([each[method.value] for each in known], rel=1e-12)


@pytest.mark.parametrize("method", list(Method))
def test_what_was_never_asked_for_is_not_expected(method: Method) -> None:
    assert forecast([0] * 20, method=method) == 0
    assert forecast([], method=method) == 0


def test_a_steady_seller_needs_no_safety() -> None:
    found = outlook([3_000] * 30, cover_weeks=2)

    assert found is not None
    assert found.method is Method.MOVING_AVERAGE
    assert (found.per_week, found.error) == (3_000, 0)
    assert (found.reorder_point, found.safety_stock) == (6_000, 0)


def test_bursts_ask_for_the_stock_that_a_burst_takes() -> None:
    bursts = [0, 0, 0, 12_000] * 10

    found = outlook(bursts, cover_weeks=2)

    assert found is not None
    assert found.safety_stock > 0
    assert found.reorder_point >= 12_000


def test_what_died_out_is_expected_to_stay_dead() -> None:
    """Croston never forgets a sale; the method that lets the chance fade must win."""
    died_out = [5_000, 0, 5_000, 5_000, 0, 5_000] * 5 + [0] * 26

    found = outlook(died_out, cover_weeks=2)

    assert found is not None
    assert found.errors[Method.CROSTON_SBA] > found.errors[Method.TSB]
    assert found.per_week < 100


def test_the_simplest_of_equals_is_kept() -> None:
    found = outlook([1_000, 2_000] * 20, cover_weeks=2)

    assert found is not None
    assert found.errors[Method.MOVING_AVERAGE] <= min(found.errors.values())
    assert found.method is Method.MOVING_AVERAGE


def test_too_little_past_says_nothing() -> None:
    assert outlook([4_000] * (FEWEST_WEEKS + 1), cover_weeks=2) is None
    assert outlook([4_000] * (FEWEST_WEEKS + 2), cover_weeks=2) is not None
    assert outlook([0] * 50, cover_weeks=2) is None


@given(weeks=HISTORIES, cover=st.integers(1, 6))
def test_levels_are_never_below_nothing_and_the_kept_method_is_nearly_the_best(
    weeks: list[int], cover: int
) -> None:
    found = outlook(weeks, cover_weeks=cover)

    if found is None:
        assert len(weeks) < FEWEST_WEEKS + cover or not any(weeks)
        return
    assert found.safety_stock >= 0
    assert found.reorder_point >= found.safety_stock
    assert found.error <= min(found.errors.values()) * 1.01 + 1
    assert found.errors.keys() == set(Method)


@given(weeks=HISTORIES.filter(any), cover=st.integers(1, 6))
def test_nearly_every_tried_stretch_would_have_been_covered(
    weeks: list[int], cover: int
) -> None:
    found = outlook(weeks, cover_weeks=cover)
    if found is None:
        return

    misses = back_test(weeks, method=found.method, cover=cover)

    uncovered = sum(miss > found.safety_stock for miss in misses)
    assert uncovered <= len(misses) * 0.05
