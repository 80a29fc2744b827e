"""SQLite waits for no disk in tests: nothing in them has to outlive this machine.

A process that is killed loses nothing without it, only a machine that loses its power. A commit
took 5 ms of waiting on a virtual disk, and takes 0.05; a test of pages makes some ten of them, a
schedule of crashes more than a hundred. The tests' PostgreSQL runs without fsync for the same
reason. Processes that tests start wait as the product does.
"""

import pytest

from hub.models import session

OF_THE_PRODUCT = session.SQLITE_PRAGMAS
"""What the product asks of SQLite."""


def pytest_configure() -> None:
    """Have every database opened from now on leave it to the system when files are written."""
    pragmas = (*OF_THE_PRODUCT, "synchronous=OFF")
    pytest.MonkeyPatch().setattr(session, "SQLITE_PRAGMAS", pragmas)
