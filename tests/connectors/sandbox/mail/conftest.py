"""The pretend post office, fresh for every test."""

import pytest

from tests.connectors.sandbox.mail.counter import Counter


@pytest.fixture
def counter() -> Counter:
    return Counter()
