"""What follows for work already begun when an order changes: every cell, and on what it falls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.orders.decisions import (
    AT_HAND_FIRST,
    TABLE,
    Change,
    Decision,
    Follows,
    Hold,
    Stage,
    fall,
    furthest,
    without,
)

CELLS = {
    ("grown", "waiting"): ("plan_more", False),
    ("grown", "planned"): ("run_grows", False),
    ("grown", "released"): ("plan_more", False),
    ("grown", "running"): ("plan_more", False),
    ("grown", "done"): ("plan_more", False),
    ("grown", "packed"): ("second_parcel", True),
    ("grown", "shipped"): ("second_parcel", False),
    ("shrunk", "waiting"): ("nothing", False),
    ("shrunk", "planned"): ("run_shrinks", False),
    ("shrunk", "released"): ("run_keeps_size", False),
    ("shrunk", "running"): ("run_keeps_size", False),
    ("shrunk", "done"): ("stock_freed", False),
    ("shrunk", "packed"): ("unpack", True),
    ("shrunk", "shipped"): ("expect_return", True),
    ("cancelled", "waiting"): ("nothing", False),
    ("cancelled", "planned"): ("run_shrinks", False),
    ("cancelled", "released"): ("run_keeps_size", False),
    ("cancelled", "running"): ("run_keeps_size", False),
    ("cancelled", "done"): ("stock_freed", False),
    ("cancelled", "packed"): ("unpack", True),
    ("cancelled", "shipped"): ("expect_return", True),
    ("refunded", "waiting"): ("nothing", False),
    ("refunded", "planned"): ("run_shrinks", False),
    ("refunded", "released"): ("run_keeps_size", False),
    ("refunded", "running"): ("run_keeps_size", False),
    ("refunded", "done"): ("stock_freed", False),
    ("refunded", "packed"): ("unpack", True),
    ("refunded", "shipped"): ("expect_return", True),
    ("held", "waiting"): ("nothing", False),
    ("held", "planned"): ("run_shrinks", False),
    ("held", "released"): ("run_keeps_size", False),
    ("held", "running"): ("run_keeps_size", False),
    ("held", "done"): ("stock_freed", False),
    ("held", "packed"): ("keep_back", True),
    ("held", "shipped"): ("nothing", False),
    ("address_changed", "waiting"): ("date_anew", False),
    ("address_changed", "planned"): ("date_anew", False),
    ("address_changed", "released"): ("date_anew", False),
    ("address_changed", "running"): ("date_anew", False),
    ("address_changed", "done"): ("date_anew", False),
    ("address_changed", "packed"): ("relabel", True),
    ("address_changed", "shipped"): ("intercept", True),
    ("sent_elsewhere", "waiting"): ("nothing", False),
    ("sent_elsewhere", "planned"): ("run_shrinks", False),
    ("sent_elsewhere", "released"): ("run_keeps_size", False),
    ("sent_elsewhere", "running"): ("run_keeps_size", False),
    ("sent_elsewhere", "done"): ("take_out", True),
    ("sent_elsewhere", "packed"): ("unpack", True),
    ("sent_elsewhere", "shipped"): ("nothing", False),
}
HOLDS = st.lists(
    st.builds(
        Hold,
        stage=st.sampled_from(Stage),
        ref=st.integers(1, 5),
        quantity=st.integers(1, 20),
    ),
    unique_by=lambda hold: (hold.stage, hold.ref),
)
ORDERS = st.sampled_from([None, AT_HAND_FIRST])


def hold(stage: Stage, quantity: int, ref: int = 0) -> Hold:
    return Hold(stage=stage, quantity=quantity, ref=ref)


ALL = tuple(hold(stage, 10) for stage in Stage)


@pytest.mark.parametrize(
    "change, stage", [(change, stage) for change in Change for stage in Stage]
)
def test_every_change_at_every_stage_is_decided(change: Change, stage: Stage) -> None:
    follows, needs_person = CELLS[change.value, stage.value]

    decided = TABLE[change][stage]

    assert decided == Decision(follows=Follows(follows), needs_person=needs_person)


def test_the_table_cannot_be_written_to() -> None:
    with pytest.raises(TypeError):
        TABLE[Change.HELD][Stage.DONE] = TABLE[Change.HELD][Stage.PACKED]  # type: ignore[index]


@pytest.mark.parametrize("holds", [ALL, ALL[::-1]])
def test_a_change_falls_on_the_loosest_first(holds: tuple[Hold, ...]) -> None:
    struck = fall(holds, quantity=35)

    assert struck[:3] == (
        hold(Stage.WAITING, 10), hold(Stage.PLANNED, 10), hold(Stage.DONE, 10),
    )  # fmt: skip
    assert struck[3].quantity == 5
    assert struck[3].stage in (Stage.RELEASED, Stage.RUNNING)


def test_what_was_sent_by_hand_was_at_hand() -> None:
    struck = fall(ALL, quantity=25, order=AT_HAND_FIRST)

    assert struck == (
        hold(Stage.DONE, 10), hold(Stage.PACKED, 10), hold(Stage.RUNNING, 5),
    )  # fmt: skip


def test_of_two_lots_the_one_listed_last_goes_first() -> None:
    lots = (hold(Stage.DONE, 4, ref=1), hold(Stage.DONE, 4, ref=2))

    assert fall(lots, quantity=3) == (hold(Stage.DONE, 3, ref=2),)


def test_a_change_of_nothing_falls_on_nothing() -> None:
    assert fall(ALL, quantity=0) == ()
    assert fall(ALL, quantity=-5) == ()


def test_how_far_goods_are_is_how_far_the_furthest_is() -> None:
    assert furthest(()) is Stage.WAITING
    assert furthest((hold(Stage.DONE, 0), hold(Stage.RUNNING, 1))) is Stage.RUNNING


@given(HOLDS, st.integers(0, 99), ORDERS)
def test_nothing_is_lost_and_no_more_falls_than_is_held(
    holds: list[Hold], quantity: int, order: dict[Stage, int] | None
) -> None:
    struck = (
        fall(holds, quantity=quantity, order=order)
        if order
        else fall(holds, quantity=quantity)
    )

    held = sum(each.quantity for each in holds)
    fallen = sum(each.quantity for each in struck)
    assert fallen == min(held, quantity)
    assert fallen + sum(each.quantity for each in without(holds, gone=struck)) == held
