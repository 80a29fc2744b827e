"""How the web process is set up."""

import gc
from collections.abc import Iterator

import pytest

from hub.serve import leave_unswept


@pytest.fixture
def sweeping() -> Iterator[None]:
    """Let this process sweep everything again afterwards."""
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("sweeping")
def test_what_the_app_is_made_of_is_swept_no_more_and_what_pages_leave_is() -> None:
    made: list[object] = [{"route": []}]

    leave_unswept()
    later: list[object] = [made]

    swept = {id(each) for each in gc.get_objects()}
    assert id(made) not in swept
    assert id(later) in swept
