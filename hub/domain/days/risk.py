"""Which orders cannot keep their date, and what makes them late."""

from collections.abc import Sequence
from datetime import date

from hub.domain.days.promise import Promise, commit
from hub.domain.days.reasons import Reason, ReasonKind

GOODS = frozenset(
    {ReasonKind.RUN, ReasonKind.PURCHASE, ReasonKind.LEAD_TIME, ReasonKind.CHECK}
)
WAY_OUT = (
    ReasonKind.CUT_OFF,
    ReasonKind.PACKING,
    ReasonKind.SHIPPING_DAY,
)
"""What can keep goods that are there in the house; the first that was said counts."""


def risk(found: Promise, *, committed_on: date | None) -> Reason | None:
    """Say what makes an order miss the date it was given; None if it does not.

    That is the part that nobody can date, else the one that comes last, and of a run what
    it waits for itself.
    """
    if not commit(committed_on, earliest_on=found.earliest_on).is_at_risk:
        return None
    return _cause(found.reasons)


def days_late(found: Promise, *, committed_on: date | None) -> int | None:
    """Count the days by which an order misses its date; None when no day is known."""
    if found.earliest_on is None or committed_on is None:
        return None
    return max(0, (found.earliest_on - committed_on).days)


def _cause(reasons: Sequence[Reason]) -> Reason | None:
    undated = [each for each in reasons if each.kind is ReasonKind.NO_DATE]
    if undated:
        return _behind(undated[0], reasons)
    never = [each for each in reasons if each.kind is ReasonKind.NO_SHIPPING_DAY]
    if never:
        return never[0]
    goods = [each for each in reasons if each.kind in GOODS]
    if goods:
        return _behind(max(goods, key=_day), reasons)
    by_kind = {each.kind: each for each in reversed(reasons)}
    return next((by_kind[kind] for kind in WAY_OUT if kind in by_kind), None)


def _behind(part: Reason, reasons: Sequence[Reason]) -> Reason:
    """Look behind a run: at the material without a day, else at what it waits for longest."""
    run = part.params.get("ref", "")
    waits = [each for each in reasons if run and each.params.get("run") == run]
    unknown = [each for each in waits if each.kind is ReasonKind.MATERIAL_NO_DATE]
    if unknown:
        return unknown[0]
    return max(waits, key=_day, default=part)


def _day(reason: Reason) -> str:
    return str(reason.params.get("on", ""))
