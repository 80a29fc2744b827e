"""The differences between a shop and us that are open, as its page and the API show them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.models.records.upkeep import Drift

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDrift:
    """The differences open at an account, newest first, at most MOST_SHOWN; and how many in all."""

    rows: Sequence[Drift]
    count: int


def open_drift(session: Session, *, account_id: int) -> OpenDrift:
    """Load what differs at an account."""
    is_open = (Drift.account_id == account_id, Drift.healed_at.is_(None))
    rows = select(Drift).where(*is_open).order_by(Drift.id.desc()).limit(MOST_SHOWN)
    count = select(func.count()).select_from(Drift).where(*is_open)
    return OpenDrift(rows=session.scalars(rows).all(), count=session.scalar(count) or 0)


def open_drift_counts(session: Session, *, account_ids: Collection[int]) -> dict[int, int]:
    """Count what differs at each of these accounts; those in step are left out."""
    query = (
        select(Drift.account_id, func.count())
        .where(Drift.account_id.in_(account_ids), Drift.healed_at.is_(None))
        .group_by(Drift.account_id)
    )
    return {account_id: count for account_id, count in session.execute(query)}
