"""Every test of the suite that asks for a harness runs once for each registered channel."""

from collections.abc import Iterator

import pytest

from connectors.registry import CHANNELS
from tests.contract.found import Open, harness_of, opened
from tests.contract.harness import Harness

EXAMINED = sorted({*CHANNELS, "toy"})
"""All that are registered, and the toy that shows what the suite asks."""


@pytest.fixture(params=EXAMINED)
def h(request: pytest.FixtureRequest) -> Iterator[Harness]:
    """A pretended shop of each channel in turn, fresh, with our channel connected to it."""
    yield from opened(request.param)


@pytest.fixture(params=EXAMINED)
def open_shop(request: pytest.FixtureRequest) -> Open:
    """What opens a fresh pretended shop of each channel, for tests that need many."""
    return harness_of(request.param)
