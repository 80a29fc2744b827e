"""The shops we are connected to, their switches, sealed credentials and health."""

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.models.base import Record


class ChannelAccount(Record):
    """One shop, mailbox or hand-typed list that orders come from."""

    __tablename__ = "channel_account"
    __table_args__ = (
        UniqueConstraint("key"),
        UniqueConstraint("channel", "name"),
        CheckConstraint("mode IN ('off', 'shadow', 'live')", "mode"),
    )

    key: Mapped[str]
    """Unguessable; the last part of the webhook path."""
    channel: Mapped[str]
    name: Mapped[str]
    mode: Mapped[str] = mapped_column(default="shadow")
    """off | shadow | live: in shadow reads are real and writes are only recorded."""
    capabilities: Mapped[dict[str, object]] = mapped_column(default=dict)
    """Switches by capability; one that is absent is on."""
    settings: Mapped[dict[str, object]] = mapped_column(default=dict)
    credentials: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Sealed JSON (hub/models/vault.py): credentials and webhook secrets."""
    token: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Sealed token the channel handed out, where tokens run out."""
    token_expires_at: Mapped[datetime | None]
    token_renewed_at: Mapped[datetime | None]
    token_lease_until: Mapped[datetime | None]
    """Who renews holds this lease, so that one process fetches and the others wait."""
    needs_reconnect: Mapped[bool] = mapped_column(default=False)
    problem: Mapped[str] = mapped_column(default="")
    """What is wrong with the connection, in words; empty when nothing is."""
    paused_until: Mapped[datetime | None]
    """Pushes wait until then: the channel asked for patience or is away."""
    granted_scopes: Mapped[list[object] | None]
    api_version_seen: Mapped[str] = mapped_column(default="")
    last_in_at: Mapped[datetime | None]
    last_out_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
