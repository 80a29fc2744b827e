"""What an item can still promise."""

from hub.domain.planning.availability import LotBalance, RunOutput, availability
from tests.domain.plans import TODAY, day

LOTS = [
    LotBalance(on_hand=10, reserved=4),
    LotBalance(on_hand=20, reserved=0, is_available=False),
    LotBalance(on_hand=40, reserved=0, best_before=day(-1)),
    LotBalance(on_hand=5, reserved=5, best_before=day(0)),
]
RUNS = [
    RunOutput(output=30, linked=22, can_run=True),
    RunOutput(output=30, linked=0, can_run=False),
    RunOutput(output=6, linked=9, can_run=True),
]


def test_what_is_quarantined_or_too_old_is_on_hand_but_not_available() -> None:
    figures = availability(LOTS, on=TODAY)

    assert (figures.on_hand, figures.reserved, figures.available) == (75, 9, 6)
    assert figures.promisable == 6


def test_free_output_of_runs_that_can_run_is_promisable_and_purchases_are_not() -> None:
    figures = availability(LOTS, on=TODAY, runs=iter(RUNS), purchases=100)

    assert figures.incoming == 166
    assert figures.promisable == 6 + 8


def test_whoever_waits_already_comes_before_a_new_order() -> None:
    assert availability(LOTS, on=TODAY, runs=RUNS, uncovered=10).promisable == 4
    assert availability(LOTS, on=TODAY, runs=RUNS, uncovered=99).promisable == 0


def test_what_would_not_keep_with_a_buyer_is_there_and_not_promised() -> None:
    lots = [
        LotBalance(on_hand=5, reserved=0, best_before=day(13)),
        LotBalance(on_hand=8, reserved=2, best_before=day(30)),
    ]

    figures = availability(lots, on=TODAY, min_remaining_days=30)

    assert (figures.available, figures.promisable) == (11, 6)
