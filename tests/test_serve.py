"""How the web process is set up."""

import gc
from collections.abc import Iterator

import pytest

from hub.serve import SWEEP_AFTER, leave_unswept


@pytest.fixture
def sweeping() -> Iterator[None]:
    """Let this process sweep everything again afterwards, as often as before."""
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()
    if frozen:
        gc.freeze()  # what this test run is made of (tests/ground/unswept.py)


@pytest.mark.usefixtures("sweeping")
def test_what_the_app_is_made_of_is_swept_no_more_and_what_pages_leave_is() -> None:
    made: list[object] = [{"route": []}]

    leave_unswept()
    later: list[object] = [made]

    swept = {id(each) for each in gc.get_objects()}
    assert id(made) not in swept
    assert id(later) in swept


@pytest.mark.usefixtures("sweeping")
def test_what_one_page_makes_is_not_swept_again_and_again() -> None:
    leave_unswept()
    before = sum(each["collections"] for each in gc.get_stats())

    page = [[number] for number in range(5 * SWEEP_AFTER)]

    sweeps = sum(each["collections"] for each in gc.get_stats()) - before
    assert len(page) == 50_000
    assert 1 <= sweeps <= 6
