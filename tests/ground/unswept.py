"""Keeps what a test run is made of out of sweeps for garbage, as the product does with its app.

Else every full sweep walks the half a million things that modules and 12,000 tests are made of:
sweeps took a fifth of finding the tests and of running those of pages.
"""

import gc

from hub.serve import leave_unswept


def pytest_configure() -> None:
    """Sweep nothing while tests are looked for: all that is found then is needed to the end."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Leave alone what is there once all tests are found, and sweep what they make."""
    leave_unswept()
    gc.enable()
