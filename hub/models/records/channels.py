"""The shops we are connected to, their switches, sealed credentials and health."""

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

RUNNING = text("state IN ('running', 'paused')")


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
    """Switches by capability: off, shadow or live (hub/domain/channels/switches.py reads them)."""
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

    min_remaining_days: Mapped[int | None]
    """Days a lot must still be good for when it leaves for this channel's buyers."""

    notify: Mapped[dict[str, object]] = mapped_column(default=dict, server_default="{}")
    """What its buyers are told by our own mail, by event: true or false (hub/domain/notices)."""
    notify_since: Mapped[datetime | None]
    """Orders placed before nobody is written to about: they were here before the switch."""

    shop_ref: Mapped[str] = mapped_column(default="", server_default="")
    """The channel's own id of the shop, from the first check on; another one is refused."""
    shop_name: Mapped[str] = mapped_column(default="", server_default="")
    cannot: Mapped[list[object]] = mapped_column(default=list, server_default="[]")
    """Capabilities this shop denies us though the channel has them: people do these by hand."""
    findings: Mapped[list[object]] = mapped_column(default=list, server_default="[]")
    """What the last check found wrong: {code, words, way_out}."""
    checked_at: Mapped[datetime | None]
    check_at: Mapped[datetime | None]
    """When to check next; None is at once."""
    webhooks: Mapped[dict[str, object]] = mapped_column(default=dict, server_default="{}")
    """What the last audit of subscriptions found: {present, missing, refused}."""
    places: Mapped[list[object]] = mapped_column(default=list, server_default="[]")
    """Where the channel keeps stock: {external_id, name, is_active}; settings.place chooses."""
    catalogue_cursor: Mapped[str | None]
    """Where an import of the catalogue goes on; None while none is running."""
    catalogue_at: Mapped[datetime | None]
    """When the catalogue was last read to its end."""
    reread_at: Mapped[datetime | None]
    """When every open order was last fetched again."""
    reconciled_at: Mapped[datetime | None]
    """When what we hold was last compared with the shop."""


class ChannelStream(Record):
    """Our place in one list of changes of one account (connectors/spec.py: Stream)."""

    __tablename__ = "channel_stream"
    __table_args__ = (UniqueConstraint("account_id", "name"),)

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("channel_account.id"))
    name: Mapped[str]
    cursor: Mapped[str] = mapped_column(default="")
    next_at: Mapped[datetime]
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    """When it was last read to its end."""
    last_error: Mapped[str | None]


class Backfill(Record):
    """Old orders being fetched, in a lane of their own that never delays live ones."""

    __tablename__ = "backfill"
    __table_args__ = (
        Index(
            "uq_backfill_running",
            "account_id",
            unique=True,
            postgresql_where=RUNNING,
            sqlite_where=RUNNING,
        ),
        CheckConstraint(
            "state IN ('running', 'paused', 'stopped', 'done', 'failed')", "state"
        ),
    )

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("channel_account.id"))
    since: Mapped[datetime]
    until: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="running")
    cursor: Mapped[str] = mapped_column(default="")
    is_listed: Mapped[bool] = mapped_column(default=False)
    """Whether the list was read to its end; the orders found are still being fetched then."""
    total: Mapped[int | None]
    """About how many orders there are, where the channel says so."""
    found: Mapped[int] = mapped_column(default=0)
    """Orders listed so far; how many of them are read is counted in the inbox."""
    next_at: Mapped[datetime]
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str | None]
    who: Mapped[str]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class OAuthAttempt(Record):
    """A person on their way to the channel's own page, to let us in and come back."""

    __tablename__ = "oauth_attempt"
    __table_args__ = (UniqueConstraint("state_hash"),)

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("channel_account.id"))
    state_hash: Mapped[str]
    verifier: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Sealed; emptied once used."""
    redirect_uri: Mapped[str]
    who: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
