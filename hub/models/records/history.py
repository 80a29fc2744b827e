"""Who did what, when, from what to what, and why. Append-only."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, Session, mapped_column

from hub.models.records.base import Record


class History(Record):
    """One change people may ask about later. Holds ids and words, never a person's data."""

    __tablename__ = "history"
    __table_args__ = (
        Index("ix_history_subject", "subject", "subject_id", "id"),
        Index("ix_history_who", "who", "id"),
        Index("ix_history_what", "what", "id"),
        Index("ix_history_at", "at"),
    )

    at: Mapped[datetime]
    who: Mapped[str]
    """system | worker | user:<id> | token:<id> | channel:<account id>"""
    subject: Mapped[str]
    """order | line | listing | item | lot | production_order | shipment | channel |
    inbound | outbound
    """
    subject_id: Mapped[int]
    what: Mapped[str]
    """A machine word such as order.received, run.started; pages turn it into words."""
    from_state: Mapped[str] = mapped_column(default="")
    to_state: Mapped[str] = mapped_column(default="")
    why: Mapped[str] = mapped_column(default="")
    detail: Mapped[dict[str, object]] = mapped_column(default=dict)


def record(
    session: Session,
    *,
    at: datetime,
    who: str,
    subject: str,
    subject_id: int,
    what: str,
    from_state: str = "",
    to_state: str = "",
    why: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Add one row to the history, in the transaction of the change it tells of."""
    session.add(
        History(
            at=at,
            who=who,
            subject=subject,
            subject_id=subject_id,
            what=what,
            from_state=from_state,
            to_state=to_state,
            why=why,
            detail=dict(detail or {}),
        )
    )
