"""Who did what, when, from what to what, and why. Append-only."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from hub.models.base import Record


class History(Record):
    """One change people may ask about later. Holds ids and words, never a person's data."""

    __tablename__ = "history"
    __table_args__ = (Index("ix_history_subject", "subject", "subject_id", "id"),)

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
