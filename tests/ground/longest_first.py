"""Begins with the tests that may take longest, so that no worker is left alone with one at last.

A test says so itself: by a `timeout` above the usual one, and by `slow` (more than ten seconds).
`./hornada test` hands the tests out with `--dist worksteal`: a worker that has nothing left takes
half of what another still has, so a long test keeps nobody but its own worker.
"""

import math

import pytest

Length = tuple[float, bool]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item], config: pytest.Config) -> None:
    """Put the longest first. This function will leave equals in the order they were found in."""
    usual = float(config.getini("timeout") or 0)
    items.sort(key=lambda item: _may_take(item, usual=usual), reverse=True)


def _may_take(item: pytest.Item, *, usual: float) -> Length:
    """Say how many seconds a test may take, at most and by its own word; without end is longest."""
    mark = item.get_closest_marker("timeout")
    seconds = float(mark.args[0]) if mark else usual
    return max(seconds, usual) if seconds else math.inf, "slow" in item.keywords
