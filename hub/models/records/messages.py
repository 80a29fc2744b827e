"""The inbox and the outbox: what channels told us, and what we owe them."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from hub.models.records.base import BigId, Record

DUE = text("state = 'waiting'")
OWED = text("state IN ('waiting', 'sending', 'unknown')")
FULFIL = text("kind = 'fulfil'")

LIVE, BACKGROUND = 0, 1
"""The lanes of the inbox: what happens now, and what waits until nothing of that is left."""


class InboundMessage(Record):
    """Something a channel (or a person) told us, byte for byte, and what became of it.

    States: waiting -> done | held (a person must look) | dead (given up, replayable).
    A waiting row under a lease is being read. Verbs: hub/models/claims/inbox.py.
    """

    __tablename__ = "inbound_message"
    __table_args__ = (
        UniqueConstraint("account_id", "topic", "message_id", "body_hash"),
        Index(
            "ix_inbound_message_due",
            "lane",
            "next_try_at",
            "id",
            postgresql_where=DUE,
            sqlite_where=DUE,
        ),
        Index("ix_inbound_message_state", "state", "id"),
        Index("ix_inbound_message_order", "account_id", "external_order_id"),
        Index("ix_inbound_message_received_at", "received_at", "account_id"),
        Index("ix_inbound_message_backfill", "backfill_id", "state"),
        Index("ix_inbound_message_account_id", "account_id", "state"),
        Index("ix_inbound_message_replay_of", "replay_of", "id"),
        CheckConstraint("state IN ('waiting', 'done', 'held', 'dead')", "state"),
        CheckConstraint("attempts >= 0", "attempts"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("channel_account.id"))
    topic: Mapped[str]
    message_id: Mapped[str]
    body_hash: Mapped[str]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    headers: Mapped[dict[str, object]] = mapped_column(default=dict)
    source: Mapped[str]
    """webhook | poll | backfill | reread | api | manual | csv | email | replay"""
    lane: Mapped[int] = mapped_column(default=0, server_default="0")
    """0 is live; 1 waits until nothing live does (hub/models/claims/inbox.py)."""
    backfill_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("backfill.id"))
    external_order_id: Mapped[str | None]
    received_at: Mapped[datetime]
    triggered_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default="waiting")
    result: Mapped[str] = mapped_column(default="")
    """What it came to, in a word: applied, stale, unchanged, ignored, …"""
    attempts: Mapped[int] = mapped_column(default=0)
    deaths: Mapped[int] = mapped_column(default=0)
    """Workers lost one after the other while they read this very message."""
    next_try_at: Mapped[datetime]
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    error_class: Mapped[str | None]
    last_error: Mapped[str | None]
    done_at: Mapped[datetime | None]
    replay_of: Mapped[int | None] = mapped_column(ForeignKey("inbound_message.id"))
    redacted_at: Mapped[datetime | None]


class OutboundMessage(Record):
    """Something we owe a channel, written in the transaction that made it true.

    States: waiting -> sending -> sent | unknown (the answer was lost: look it up after the
    ambiguity horizon) | shadowed (a rehearsal, never sent) | held | dead. `outcome` is what
    the channel made of it, a column of its own. Verbs: hub/models/claims/outbox.py.
    """

    __tablename__ = "outbound_message"
    __table_args__ = (
        UniqueConstraint("idempotency_key"),
        Index(
            "ix_outbound_message_due",
            "next_try_at",
            "id",
            postgresql_where=OWED,
            sqlite_where=OWED,
        ),
        Index("ix_outbound_message_order", "order_id", "id"),
        Index("ix_outbound_message_listing", "listing_id", "id"),
        Index("ix_outbound_message_state", "state", "id"),
        Index("ix_outbound_message_done_at", "done_at", "account_id"),
        Index("ix_outbound_message_account_id", "account_id", "state"),
        Index("ix_outbound_message_notification_id", "notification_id"),
        Index(
            "uq_outbound_message_fulfil",
            "shipment_id",
            unique=True,
            postgresql_where=FULFIL,
            sqlite_where=FULFIL,
        ),
        CheckConstraint(
            "state IN"
            " ('waiting', 'sending', 'unknown', 'sent', 'shadowed', 'held', 'dead')",
            "state",
        ),
        CheckConstraint("attempts >= 0", "attempts"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("channel_account.id"))
    order_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("sales_order.id"))
    shipment_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("shipment.id"))
    listing_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("listing.id"))
    notification_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("notification.id")
    )
    kind: Mapped[str]
    """fulfil | amend_tracking | hold | release_hold | progress | delivered | stock | mail"""
    idempotency_key: Mapped[str]
    payload: Mapped[dict[str, object]]
    state: Mapped[str] = mapped_column(default="waiting")
    outcome: Mapped[str] = mapped_column(default="")
    remote_ref: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    first_sent_at: Mapped[datetime | None]
    error_class: Mapped[str | None]
    last_error: Mapped[str | None]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
