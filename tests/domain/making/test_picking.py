"""What of what is held may be used, and how many whole pieces it makes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.making.picking import Cover, HeldLot, is_usable, pick_held, pieces_ready

TODAY = date(2026, 11, 23)
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


def held(
    lot_id: int,
    quantity: int,
    *,
    best_before: date | None = None,
    is_available: bool = True,
) -> HeldLot:
    return HeldLot(
        lot_id=lot_id,
        quantity=quantity,
        received_at=MONDAY,
        best_before=best_before,
        is_available=is_available,
    )


def test_a_lot_put_aside_is_not_used() -> None:
    assert not is_usable(held(1, 5, is_available=False), used_on=TODAY)


@pytest.mark.parametrize(
    "days_left, must_remain, is_good",
    [(-1, 0, False), (0, 0, True), (29, 30, False), (30, 30, True)],
)
def test_a_lot_is_used_while_it_is_good_for_long_enough(
    days_left: int, must_remain: int, is_good: bool
) -> None:
    lot = held(1, 5, best_before=TODAY + timedelta(days=days_left))

    assert is_usable(lot, used_on=TODAY, min_remaining_days=must_remain) is is_good


def test_what_expires_first_is_taken_first_even_when_it_is_past_already() -> None:
    picked = pick_held(
        [held(1, 5), held(2, 3, best_before=TODAY - timedelta(days=9))], needed=4
    )

    assert [(pick.lot_id, pick.quantity) for pick in picked.picks] == [(2, 3), (1, 1)]


def test_what_is_not_held_is_short() -> None:
    assert pick_held([held(1, 5)], needed=7).short == 2


def test_a_kit_leaves_only_whole() -> None:
    covers = [Cover(per_piece=1000, held=5000), Cover(per_piece=2000, held=5000)]

    assert pieces_ready(covers, wanted=9) == 2


def test_a_line_that_asks_for_nothing_has_nothing_to_send() -> None:
    assert pieces_ready([], wanted=3) == 0


@given(
    st.lists(st.builds(Cover, per_piece=st.integers(1, 50), held=st.integers(0, 500))),
    st.integers(0, 20),
)
def test_no_more_leaves_than_is_held_or_wanted(covers: list[Cover], wanted: int) -> None:
    ready = pieces_ready(covers, wanted=wanted)

    assert 0 <= ready <= wanted
    assert all(ready * cover.per_piece <= cover.held for cover in covers)
    if covers and ready < wanted:
        assert any((ready + 1) * cover.per_piece > cover.held for cover in covers)
