"""Our own letters: what each said to whom, and the words they are made of."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.models.base import BigId, Record


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
    in_reply_to: Mapped[str] = mapped_column(default="")
    references: Mapped[list[object]] = mapped_column("reference_ids", default=list)
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
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
