"""What a run waits for: materials that are on their way or still to be ordered, and their day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialWait:
    """A material a run lacks, and what is known of its coming."""

    item: str = ""
    """Its code."""
    ref: str = ""
    """The number of the purchase that covers it; empty when nothing was ordered."""
    expected_on: date | None = None
    """From that purchase."""
    lead_days: int | None = None
    """How long its supplier takes when it is ordered today."""
    awaits_check: bool = False
    """It is in the house and waits for its quality check; `ref` is its lot."""


def arrives_on(wait: MaterialWait, *, today: date) -> date | None:
    """Say when a material will be there; None when nobody knows.

    A purchase whose day has passed has no day any more: then, and where nothing was
    ordered, the lead time counts from today. What waits for its check may pass it today.
    """
    if wait.awaits_check:
        return today
    if wait.expected_on is not None and wait.expected_on >= today:
        return wait.expected_on
    return None if wait.lead_days is None else today + timedelta(days=wait.lead_days)


def materials_ready_on(waits: Iterable[MaterialWait], *, today: date) -> date | None:
    """Say when the last material of a run will be there; today if it lacks none.

    None as soon as the day of one of them is unknown.
    """
    last = last_wait(waits, today=today)
    if last is None:
        return today
    day = arrives_on(last, today=today)
    return day if day is None else max(day, today)


def last_wait(waits: Iterable[MaterialWait], *, today: date) -> MaterialWait | None:
    """Find the material that keeps a run longest: one without a day, else the latest."""

    def how_long(wait: MaterialWait) -> tuple[date, str, str]:
        return (arrives_on(wait, today=today) or date.max, wait.item, wait.ref)

    return max(waits, key=how_long, default=None)
