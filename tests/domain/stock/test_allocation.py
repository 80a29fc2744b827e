"""First expired, first out."""

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.stock.allocation import FreeLot, Pick, is_fresh, pick_lots
from tests.domain.plans import TODAY, day, lot

LOTS = st.lists(
    st.builds(lot, st.integers(1, 9), st.integers(0, 20), expires=st.none() | st.integers(-2, 9)),
    unique_by=lambda found: found.lot_id,
)  # fmt: skip


def test_a_batch_uses_up_the_lot_that_expires_first_before_it_opens_the_next() -> None:
    lots = [lot(1, 5, expires=200), lot(2, 5, expires=20)]

    picked = pick_lots(lots, needed=7, used_on=TODAY)

    assert picked.picks == (Pick(lot_id=2, quantity=5), Pick(lot_id=1, quantity=2))
    assert picked.short == 0


def test_what_never_expires_comes_last_and_the_older_arrival_first() -> None:
    lots = [lot(1, 1), lot(2, 1, came=3), lot(3, 1, came=1), lot(4, 1, expires=900)]

    picked = pick_lots(lots, needed=4, used_on=TODAY)

    assert [pick.lot_id for pick in picked.picks] == [4, 1, 3, 2]


def test_a_lot_is_good_on_its_last_day_and_not_after() -> None:
    assert is_fresh(TODAY, used_on=TODAY)
    assert not is_fresh(TODAY, used_on=day(1))
    assert is_fresh(None, used_on=TODAY, min_remaining_days=9_999)


def test_a_lot_must_stay_good_as_long_as_asked() -> None:
    assert is_fresh(day(10), used_on=TODAY, min_remaining_days=10)
    assert not is_fresh(day(10), used_on=TODAY, min_remaining_days=11)


@given(LOTS, st.integers(0, 60), st.integers(0, 4))
def test_what_is_picked_and_what_is_short_is_what_was_needed(
    lots: list[FreeLot], needed: int, min_remaining_days: int
) -> None:
    picked = pick_lots(
        lots, needed=needed, used_on=TODAY, min_remaining_days=min_remaining_days
    )

    by_id = {found.lot_id: found for found in lots}
    assert sum(pick.quantity for pick in picked.picks) + picked.short == needed
    for pick in picked.picks:
        found = by_id[pick.lot_id]
        assert 0 < pick.quantity <= found.free
        assert found.best_before is None or found.best_before >= day(min_remaining_days)
    assert len({pick.lot_id for pick in picked.picks}) == len(picked.picks)


@given(LOTS, st.integers(1, 60))
def test_it_is_short_only_when_every_usable_lot_is_empty(
    lots: list[FreeLot], needed: int
) -> None:
    picked = pick_lots(lots, needed=needed, used_on=TODAY)

    usable = sum(found.free for found in lots if is_fresh(found.best_before, used_on=TODAY))
    assert picked.short == max(needed - usable, 0)
