"""What there will be: nothing is lost between what was there, what comes and what goes."""

from hypothesis import given
from hypothesis import strategies as st

from hub.web.pictures.projection import project

MOVES = st.lists(st.tuples(st.integers(-30, 100), st.integers(0, 10**9)), max_size=30)
ON_HAND = st.integers(0, 10**9)
DAYS = st.integers(1, 60)


@given(ON_HAND, MOVES, MOVES, DAYS)
def test_what_is_left_is_what_was_there_and_came_less_what_went(
    on_hand: int,
    receipts: list[tuple[int, int]],
    demands: list[tuple[int, int]],
    days: int,
) -> None:
    found = project(on_hand, receipts=receipts, demands=demands, days=days)

    came = sum(much for _, much in receipts) - found.comes_later
    went = sum(much for _, much in demands) - found.goes_later
    assert found.days[-1].left == on_hand + came - went
    assert len(found.days) == days


@given(ON_HAND, MOVES, MOVES, DAYS)
def test_every_day_goes_on_from_the_day_before(
    on_hand: int,
    receipts: list[tuple[int, int]],
    demands: list[tuple[int, int]],
    days: int,
) -> None:
    found = project(on_hand, receipts=receipts, demands=demands, days=days)

    left = on_hand
    for day in found.days:
        left += day.came - day.went
        assert day.left == left
    assert found.lowest <= min(on_hand, found.days[-1].left)


@given(ON_HAND, MOVES, MOVES, DAYS)
def test_the_first_day_below_zero_is_the_first(
    on_hand: int,
    receipts: list[tuple[int, int]],
    demands: list[tuple[int, int]],
    days: int,
) -> None:
    found = project(on_hand, receipts=receipts, demands=demands, days=days)
    first = found.first_below_zero

    before = found.days[: first.day] if first else found.days
    assert all(day.left >= 0 for day in before)
    assert first is None or first.left < 0


def test_what_is_overdue_goes_today() -> None:
    found = project(5, receipts=[(2, 4)], demands=[(-3, 7)], days=3)

    assert [day.left for day in found.days] == [-2, -2, 2]
    assert found.first_below_zero == found.days[0]
