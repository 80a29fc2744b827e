"""The time, as a thing that is handed in: real in the product, moved by hand in tests."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Says what time it is, aware and in UTC."""

    def now(self) -> datetime:
        """Say what time it is."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Say what time this machine thinks it is."""
        return datetime.now(UTC)
