"""How a pretend shop tells the time, and does something later."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

Later = Callable[[float, Callable[[], object]], None]


def utc_now() -> datetime:
    """Tell the real time."""
    return datetime.now(UTC)


def in_a_thread(seconds: float, act: Callable[[], object]) -> None:
    """Do something later, beside everything else."""
    timer = threading.Timer(seconds, act)
    timer.daemon = True
    timer.start()
