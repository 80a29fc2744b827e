"""What a plan changes in the stored runs, so that each change can be written with its reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hub.domain.planning.netting_types import Link, Plan, PlannedRun, StoredRun


class ChangeKind(StrEnum):
    """What happens to a run; the first that fits."""

    OPENED = "opened"
    DROPPED = "dropped"
    GROWN = "grown"
    SHRUNK = "shrunk"
    RELINKED = "relinked"
    """As big as before, for others than before."""
    MOVED = "moved"
    """Only the day it is needed changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunChange:
    """One run before and after, and whose demand made the difference."""

    kind: ChangeKind
    run_id: int | None
    """None for a run that is to be opened."""
    batches_before: int
    batches_after: int
    needed_before: date | None
    needed_after: date | None
    gained: tuple[Link, ...]
    """What demands get more of it than before."""
    lost: tuple[Link, ...]
    """What demands get less of it than before."""


def run_changes(stored: Iterable[StoredRun], *, plan: Plan) -> tuple[RunChange, ...]:
    """Compare the stored runs with the plan; a plan that changes nothing gives nothing."""
    before = {run.run_id: run for run in stored}
    changes = [
        run_change(None if run.run_id is None else before[run.run_id], after=run)
        for run in plan.runs
    ]
    dropped = [run_dropped(before[run_id]) for run_id in plan.dropped]
    return (*(change for change in changes if change is not None), *dropped)


def run_change(before: StoredRun | None, *, after: PlannedRun) -> RunChange | None:
    """Compare one run with what is planned of it; None when nothing changes."""
    kind = _kind(before, after=after)
    if kind is None:
        return None
    return RunChange(
        kind=kind,
        run_id=after.run_id,
        batches_before=before.batches if before else 0,
        batches_after=after.batches,
        needed_before=before.needed_on if before else None,
        needed_after=after.needed_on,
        gained=_more(after.links, than=before.links if before else ()),
        lost=_more(before.links if before else (), than=after.links),
    )


def _kind(before: StoredRun | None, *, after: PlannedRun) -> ChangeKind | None:
    if before is None:
        return ChangeKind.OPENED
    if after.batches != before.batches:
        grown = after.batches > before.batches
        return ChangeKind.GROWN if grown else ChangeKind.SHRUNK
    if set(after.links) != set(before.links):
        return ChangeKind.RELINKED
    return ChangeKind.MOVED if after.needed_on != before.needed_on else None


def run_dropped(run: StoredRun) -> RunChange:
    """Say what it means that a stored run is not needed any more."""
    return RunChange(
        kind=ChangeKind.DROPPED,
        run_id=run.run_id,
        batches_before=run.batches,
        batches_after=0,
        needed_before=run.needed_on,
        needed_after=None,
        gained=(),
        lost=run.links,
    )


def _more(links: Sequence[Link], *, than: Sequence[Link]) -> tuple[Link, ...]:
    other = {link.demand: link.quantity for link in than}
    extra = {link.demand: link.quantity - other.get(link.demand, 0) for link in links}
    return tuple(
        Link(demand=key, quantity=extra[key]) for key in sorted(extra) if extra[key] > 0
    )
