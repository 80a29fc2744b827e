"""Our own letters: what each said to whom, and the words they are made of."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.models.records.base import BigId, Record


class Notification(Record):
    """A letter of ours to one person about one thing, once; sending it is an outbound message."""

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("dedupe_key"),
        Index("ix_notification_order_id", "order_id"),
        Index("ix_notification_message_id", "message_id"),
        Index("ix_notification_recipient", "recipient"),
    )

    event: Mapped[str]
    """received | confirmed | delayed | in_production | shipped | cancelled | need_information |
    alert"""
    order_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("sales_order.id"))
    review_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("review.id"))
    customer_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("customer.id"))
    recipient: Mapped[str]
    """Personal."""
    locale: Mapped[str]
    template_version: Mapped[int]
    """0 is the one Hornada brings along."""
    dedupe_key: Mapped[str]
    """Event, subject, turn and a hash of the recipient: the same need twice is one letter."""
    message_id: Mapped[str]
    """The same however often it is sent; made from the key."""
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    facts: Mapped[dict[str, object]] = mapped_column(default=dict)
    """What it told beside the order, to be asked later: `on`, the day it named."""
    created_at: Mapped[datetime]
    bounced_at: Mapped[datetime | None]
    bounce: Mapped[str] = mapped_column(default="")
    """What the other server said."""
    redacted_at: Mapped[datetime | None]


class NotificationTemplate(Record):
    """The words of one kind of letter in one language, as the workshop wrote them; never changed.

    The newest version counts; without any, the words Hornada brings along.
    """

    __tablename__ = "notification_template"
    __table_args__ = (UniqueConstraint("event", "locale", "version"),)

    event: Mapped[str]
    locale: Mapped[str]
    version: Mapped[int]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    is_withdrawn: Mapped[bool] = mapped_column(default=False)
    """Back to the words Hornada brings along."""
    who: Mapped[str]
    created_at: Mapped[datetime]


class OwnerAlert(Record):
    """Something that needs an owner, told to them once: a new row is a new letter."""

    __tablename__ = "owner_alert"
    __table_args__ = (UniqueConstraint("kind", "subject"),)

    kind: Mapped[str]
    """A word of hub/domain/letters/alerts.py: shortage, at_risk, reconnect, failure, review."""
    subject: Mapped[str]
    """What it is about, by its id, and in which state where it has several."""
    told_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    """Since when it is so no more; what comes back soon after is not told again."""
