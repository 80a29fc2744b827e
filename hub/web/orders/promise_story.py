"""What an order was told over time: each day, how far it moved, and what moved it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from hub.models.orders.order_promises import MOST
from hub.models.records.items import Item
from hub.models.records.planning import Promise
from hub.web.wording.promise_words import item_codes, promise_words

NAMED = 3
"""So many new reasons are said of each version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One version of a promise, beside the one before it."""

    version: int
    at: datetime
    committed_on: date | None
    earliest_on: date | None
    was_on: date | None
    """The earliest day of the version before."""
    is_first: bool
    because: Sequence[str]
    """What is new among the reasons."""

    @property
    def days(self) -> int:
        """Count the days the earliest day moved: later is positive; 0 where one is unknown."""
        if self.earliest_on is None or self.was_on is None:
            return 0
        return (self.earliest_on - self.was_on).days


def codes_told(versions: Sequence[Promise]) -> set[str]:
    """Return the codes of the items that any version speaks of."""
    return {code for version in versions for code in item_codes(version.reasons)}


def story(versions: Sequence[Promise], *, items: Mapping[str, Item]) -> list[Told]:
    """Tell versions, newest first, each beside the one that follows it in the list."""
    told = []
    for at, version in enumerate(versions[:MOST]):
        before = versions[at + 1] if at + 1 < len(versions) else None
        known = before.reasons if before else []
        new = [reason for reason in version.reasons if reason not in known]
        told.append(
            Told(
                version=version.version,
                at=version.at,
                committed_on=version.committed_on,
                earliest_on=version.earliest_on,
                was_on=before.earliest_on if before else None,
                is_first=before is None,
                because=promise_words(new, items=items)[:NAMED] if before else (),
            )
        )
    return told
