"""What happened to one thing, as the history has it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.records.history import History

MOST = 200


def history_of(session: Session, *, subject: str, subject_id: int) -> list[History]:
    """Return the newest of what happened to one thing, in time."""
    query = (
        select(History)
        .where(History.subject == subject, History.subject_id == subject_id)
        .order_by(History.id.desc())
        .limit(MOST)
    )
    return list(reversed(session.scalars(query).all()))
