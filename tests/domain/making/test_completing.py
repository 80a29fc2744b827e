"""A part of a run uses its part of the materials."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.making.completing import (
    countable,
    share,
    stands_for,
    still_to_come,
    yield_tenths,
)

AMOUNT = st.integers(0, 10**12)


@pytest.mark.parametrize(
    "rest, now, left, expected",
    [
        (1_800_000, 4_000, 10_000, 720_000),
        (1_800_000, 10_000, 10_000, 1_800_000),
        (1_800_000, 12_000, 10_000, 1_800_000),
        (1_800_000, 1_000, 0, 1_800_000),
        (1_000, 1_000, 3_000, 333),
        (0, 1_000, 3_000, 0),
    ],
)
def test_a_part_of_the_output_uses_its_part_of_the_rest(
    rest: int, now: int, left: int, expected: int
) -> None:
    assert share(rest, now=now, left=left) == expected


@pytest.mark.parametrize(
    "rest, now, left, expected",
    [(10_000, 1_000, 3_000, 4_000), (1_000, 1_000, 7_000, 1_000), (500, 1_000, 2_000, 250)],
)
def test_of_what_is_counted_whole_pieces_are_used_unless_the_rest_is_none(
    rest: int, now: int, left: int, expected: int
) -> None:
    assert share(rest, now=now, left=left, is_counted=True) == expected


@given(
    rest=AMOUNT, parts=st.lists(st.integers(1, 10**9), min_size=1), counted=st.booleans()
)
def test_the_parts_of_a_run_use_exactly_what_it_was_given(
    rest: int, parts: list[int], counted: bool
) -> None:
    left, unused = sum(parts), rest
    for part in parts:
        used = share(unused, now=part, left=left, is_counted=counted)
        assert 0 <= used <= unused
        unused -= used
        left -= part

    assert unused == 0


@given(substitute=st.integers(1, 10**9), replaces=st.integers(1, 10**9), part=AMOUNT)
def test_a_part_of_a_substitute_stands_for_no_more_than_its_part(
    substitute: int, replaces: int, part: int
) -> None:
    part = min(part, substitute)

    one = stands_for(part, substitute=substitute, replaces=replaces)
    other = stands_for(substitute - part, substitute=substitute, replaces=replaces)

    assert 0 <= replaces - one - other <= 1
    assert stands_for(substitute, substitute=substitute, replaces=replaces) == replaces


def test_nothing_of_a_substitute_stands_for_nothing() -> None:
    assert stands_for(5, substitute=0, replaces=0) == 0


@pytest.mark.parametrize(
    "produced, scrapped, left", [(0, 0, 10), (4, 0, 6), (4, 3, 3), (9, 2, 0)]
)
def test_what_was_scrapped_comes_no_more(produced: int, scrapped: int, left: int) -> None:
    assert still_to_come(10, produced=produced, scrapped=scrapped) == left


@pytest.mark.parametrize(
    "produced, tenths", [(0, 0), (96, 960), (100, 1000), (104, 1040), (1, 10)]
)
def test_the_yield_is_what_came_of_what_was_planned(produced: int, tenths: int) -> None:
    assert yield_tenths(produced, planned=100) == tenths


def test_the_yield_is_rounded_to_the_nearest_tenth() -> None:
    assert (yield_tenths(2, planned=3), yield_tenths(1, planned=3)) == (667, 333)


@pytest.mark.parametrize(
    "quantity, is_counted, or_nothing, left",
    [
        (28_950, True, False, 28_000),
        (28_000, True, False, 28_000),
        (28_950, False, False, 28_950),
        (950, True, False, 950),
        (950, True, True, 0),
        (950, False, True, 950),
    ],
)
def test_of_what_is_expected_whole_pieces_can_be_counted(
    quantity: int, is_counted: bool, or_nothing: bool, left: int
) -> None:
    assert countable(quantity, is_counted=is_counted, or_nothing=or_nothing) == left
