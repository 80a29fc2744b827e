"""What a shrinking demand gives back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.change import NEVER_GIVEN_BACK, Hold, HoldKind, give_back

HOLDS = st.lists(
    st.builds(
        Hold,
        kind=st.sampled_from(HoldKind),
        ref=st.integers(1, 9),
        quantity=st.integers(1, 20),
    )
)


def hold(kind: HoldKind, ref: int, quantity: int) -> Hold:
    return Hold(kind=kind, ref=ref, quantity=quantity)


ALL_KINDS = (
    hold(HoldKind.SHIPPED, 1, 10),
    hold(HoldKind.PACKED, 2, 10),
    hold(HoldKind.FIRM_LINK, 3, 10),
    hold(HoldKind.RESERVATION, 4, 10),
    hold(HoldKind.INCOMING, 5, 10),
    hold(HoldKind.PLANNED_LINK, 6, 10),
)


@pytest.mark.parametrize("holds", [ALL_KINDS, ALL_KINDS[::-1]])
def test_planned_runs_give_back_first_then_purchases_stock_and_running_runs(
    holds: tuple[Hold, ...],
) -> None:
    given_back = give_back(holds, keep=0)

    assert [back.kind for back in given_back.returned] == [
        HoldKind.PLANNED_LINK,
        HoldKind.INCOMING,
        HoldKind.RESERVATION,
        HoldKind.FIRM_LINK,
    ]


def test_what_is_packed_or_gone_is_never_given_back_and_a_person_is_told() -> None:
    given_back = give_back(ALL_KINDS, keep=5)

    assert given_back.kept == ALL_KINDS[:2]
    assert given_back.stuck == 15


def test_only_what_is_too_much_is_given_back() -> None:
    given_back = give_back(ALL_KINDS, keep=47)

    assert given_back.returned == (
        hold(HoldKind.PLANNED_LINK, 6, 10),
        hold(HoldKind.INCOMING, 5, 3),
    )
    assert given_back.kept == (*ALL_KINDS[:4], hold(HoldKind.INCOMING, 5, 7))


def test_of_two_lots_the_one_listed_last_goes_first() -> None:
    lots = (hold(HoldKind.RESERVATION, 1, 4), hold(HoldKind.RESERVATION, 2, 4))

    given_back = give_back(lots, keep=5)

    assert given_back.returned == (hold(HoldKind.RESERVATION, 2, 3),)


def test_a_demand_that_grows_gives_nothing_back() -> None:
    given_back = give_back(ALL_KINDS, keep=99)

    assert (given_back.returned, given_back.kept) == ((), ALL_KINDS)


@given(HOLDS, st.integers(0, 60))
def test_nothing_is_lost_and_no_more_is_kept_than_wanted(
    holds: list[Hold], keep: int
) -> None:
    given_back = give_back(holds, keep=keep)

    held = sum(one.quantity for one in holds)
    returned = sum(one.quantity for one in given_back.returned)
    kept = sum(one.quantity for one in given_back.kept)
    assert returned + kept == held
    assert kept == min(held, keep) + given_back.stuck
    assert not any(one.kind in NEVER_GIVEN_BACK for one in given_back.returned)
