"""The pretend soap maker's Etsy shop, fresh for every test."""

import pytest

from tests.connectors.sandbox.etsy.stall import Stall


@pytest.fixture
def stall() -> Stall:
    return Stall()
