"""Mail that came in: where each lies, what it turned out to be, and what a person must look at."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.models.records.base import BigId, Record

TO_FILE = text("file_at IS NOT NULL")
UNREAD = text("state = 'waiting'")


class InboundMail(Record):
    """One mail: where it lies in a mailbox (if it came from one), and what became of it.

    Its bytes are in `inbound_message`; this row stays when they are forgotten, so that a late
    duplicate is still known.
    """

    __tablename__ = "inbound_mail"
    __table_args__ = (
        UniqueConstraint("account_id", "folder", "validity", "number"),
        Index("ix_inbound_mail_message_id", "message_id"),
        Index("ix_inbound_mail_state", "state", "id"),
        Index("ix_inbound_mail_content", "account_id", "content_hash"),
        Index("ix_inbound_mail_inbound_message_id", "inbound_message_id"),
        Index("ix_inbound_mail_order_id", "order_id"),
        Index(
            "ix_inbound_mail_to_file",
            "file_at",
            postgresql_where=TO_FILE,
            sqlite_where=TO_FILE,
        ),
        Index(
            "ix_inbound_mail_unread",
            "inbound_message_id",
            postgresql_where=UNREAD,
            sqlite_where=UNREAD,
        ),
        CheckConstraint(
            "state IN ('waiting', 'processed', 'review', 'ignored', 'failed')", "state"
        ),
    )

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("channel_account.id"))
    inbound_message_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("inbound_message.id")
    )
    """Empty for a second copy of a mail that is there already."""
    folder: Mapped[str] = mapped_column(default="")
    validity: Mapped[int | None]
    """UIDVALIDITY; empty for what did not come from a mailbox."""
    number: Mapped[int | None]
    """UID."""
    message_id: Mapped[str]
    our_id: Mapped[str] = mapped_column(default="")
    content_hash: Mapped[str] = mapped_column(default="")
    size: Mapped[int]
    sender: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")
    order_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("sales_order.id"))
    """The order it made, or is about."""
    state: Mapped[str] = mapped_column(default="waiting")
    reason: Mapped[str] = mapped_column(default="")
    """Why: a reason of a review, duplicate, automatic, bounce, notice, …"""
    received_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    filed_into: Mapped[str] = mapped_column(default="")
    """The folder it was moved to; empty until then."""
    file_at: Mapped[datetime | None]
    """When to try to move it, or again; empty: it lies where it should, or in no mailbox."""
    file_as: Mapped[str] = mapped_column(default="")
    """The state it is being moved for, from before the call until its answer is kept.

    A worker may die between the two, and somebody decide meanwhile: the move that may have been
    made is ended first, or the mail would be looked for where it never was.
    """
    file_tries: Mapped[int] = mapped_column(default=0)
    file_problem: Mapped[str] = mapped_column(default="")
    redacted_at: Mapped[datetime | None]


class Review(Record):
    """A mail that a person decides on: an order to check, or a proposal to change one."""

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("inbound_message_id"),
        Index("ix_review_state", "state", "id"),
        Index("ix_review_customer_id", "customer_id"),
        CheckConstraint("kind IN ('order', 'change', 'cancel')", "kind"),
        CheckConstraint("state IN ('open', 'accepted', 'rejected')", "state"),
    )

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("channel_account.id"))
    inbound_message_id: Mapped[int] = mapped_column(BigId, ForeignKey("inbound_message.id"))
    kind: Mapped[str] = mapped_column(default="order")
    reason: Mapped[str]
    """One machine word (hub/domain/mail/review_reasons.py)."""
    detail: Mapped[dict[str, object]] = mapped_column(default=dict)
    """What the reason is about: the line, both totals, the order it repeats, …"""
    state: Mapped[str] = mapped_column(default="open")
    customer_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("customer.id"))
    order_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("sales_order.id"))
    """The order it asks to change, or the one accepting it made."""
    sender: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")
    order_ref: Mapped[str] = mapped_column(default="")
    """The buyer's own number, where one was read."""
    letter: Mapped[dict[str, object] | None]
    """The letter as it was read (mapping/letter.py); empty once forgotten."""
    lines: Mapped[list[object]] = mapped_column(default=list)
    """What was understood of each line (hub/domain/mail/review_lines.py)."""
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(default="")
    why: Mapped[str] = mapped_column(default="")
    """What the person said when they rejected it."""
    redacted_at: Mapped[datetime | None]


class ShopNotice(Record):
    """What a shop's own mail said of one of its orders; waits for the order to be there."""

    __tablename__ = "shop_notice"
    __table_args__ = (
        UniqueConstraint("inbound_message_id"),
        Index("ix_shop_notice_order_number", "order_number"),
    )

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("channel_account.id"))
    inbound_message_id: Mapped[int] = mapped_column(BigId, ForeignKey("inbound_message.id"))
    shop: Mapped[str]
    order_number: Mapped[str]
    ship_to: Mapped[dict[str, object]] = mapped_column(default=dict)
    """Personal; emptied once the order has it."""
    order_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("sales_order.id"))
    created_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
