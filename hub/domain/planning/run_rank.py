"""Where what a run needs stands in the line: as near the front as whoever it works for."""

from datetime import date, datetime
from typing import NamedTuple

from hub.domain.planning.netting_types import FOR_STOCK
from hub.domain.planning.pools import NO_PROMISE
from hub.domain.states import Production

USUAL = 100
"""The priority of an order that nobody raised."""


class First(NamedTuple):
    """Whoever a run works for that stands first; the smallest of several does."""

    at: datetime
    """When a day was promised to them; NO_PROMISE: never yet."""
    asked_on: date
    """The day they asked for, else the one they placed it on."""

    @property
    def promised_at(self) -> datetime | None:
        """When a day was promised to them; None if never yet."""
        return None if self.at == NO_PROMISE else self.at


def run_priority(priority: int | None, *, state: Production) -> int:
    """Rank a run that is only for stock after all others, until a person releases it."""
    if priority is not None:
        return priority
    return FOR_STOCK if state is Production.PLANNED else USUAL


def run_committed_at(
    promised_at: datetime | None, *, released_at: datetime | None
) -> datetime | None:
    """Say since when others rely on a run: a promise it works for, or its release."""
    return min(filter(None, (promised_at, released_at)), default=None)


def is_raised(priority: int | None) -> bool:
    """Say whether a person let a run's order go before others."""
    return priority is not None and priority < USUAL
