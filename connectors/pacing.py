"""What keeps all workers of an account together within what its channel takes."""

from datetime import timedelta
from typing import Protocol

NO_WAIT = timedelta(0)


class Pacer(Protocol):
    """A shared bucket of calls or points for each name; the hub keeps it where workers share it."""

    def take(self, bucket: str, *, cost: int, size: int, per: timedelta) -> timedelta:
        """Take `cost` from a bucket, or say how long to wait; nothing is taken then.

        `size` and `per` are what to believe until the channel said otherwise: the bucket fills
        from empty to `size` in that time.
        """

    def told(
        self,
        bucket: str,
        *,
        available: int,
        size: int | None = None,
        per: timedelta | None = None,
    ) -> None:
        """Note what the channel's answer said is left, and its own size and speed if it said."""


class Unpaced:
    """Lets everything pass: for one caller alone, and when the shared place is away."""

    def take(self, bucket: str, *, cost: int, size: int, per: timedelta) -> timedelta:  # noqa: ARG002
        """Say that there is nothing to wait for."""
        return NO_WAIT

    def told(
        self,
        bucket: str,
        *,
        available: int,
        size: int | None = None,
        per: timedelta | None = None,
    ) -> None:
        """Forget it."""
