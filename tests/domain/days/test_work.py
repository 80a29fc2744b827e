"""What is still to do of a run, step by step."""

from hub.domain.days.work import Work, steps_left

BENCH = Work(work_centre=1, setup_minutes=30, batch_minutes=60)


def minutes(*, left: int) -> list[int]:
    """Count the minutes of what is left of four batches of ten."""
    return [step.minutes for step in steps_left([BENCH], batches=4, planned=40, left=left)]


def test_a_run_that_gave_nothing_takes_its_set_up_and_all_its_batches() -> None:
    assert minutes(left=40) == [30 + 4 * 60]


def test_of_a_run_half_given_only_the_batches_still_to_come_count() -> None:
    assert minutes(left=20) == [2 * 60]


def test_a_batch_begun_counts_whole() -> None:
    assert minutes(left=21) == [3 * 60]


def test_a_run_that_gave_all_has_nothing_left_to_do() -> None:
    assert minutes(left=0) == [0]
