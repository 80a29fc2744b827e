"""The pretend soap maker's shop, fresh for every test."""

import pytest

from tests.connectors.sandbox.taller import Taller


@pytest.fixture
def taller() -> Taller:
    return Taller()
