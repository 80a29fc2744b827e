"""Who may do what: users, sessions, API tokens, and the one-time door to the first."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column

from hub.models.records.base import BigId, Record


class User(Record):
    """A person who logs in. Roles: owner | planner | maker | packer | viewer."""

    __tablename__ = "user_account"
    __table_args__ = (UniqueConstraint("email"),)

    email: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    password_hash: Mapped[str]
    """Empty for somebody who was invited and has not chosen one yet."""
    role: Mapped[str]
    locale: Mapped[str] = mapped_column(default="en")
    is_disabled: Mapped[bool] = mapped_column(default=False)
    gets_alerts: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether they are written to when the workshop needs somebody; owners only."""
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Encrypted (hub.models.vault); there before it counts, for whoever is setting it up."""
    totp_since: Mapped[datetime | None]
    """Since when a log-in asks for a code of it; None while none does."""
    totp_step: Mapped[int | None]
    """The last step of time a code was taken of: each is taken once (RFC 6238, 5.2)."""
    created_at: Mapped[datetime]


class UserSession(Record):
    """One log-in on one device; only the hash of its secret is kept."""

    __tablename__ = "user_session"
    __table_args__ = (UniqueConstraint("secret_hash"),)

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user_account.id"))
    secret_hash: Mapped[str]
    csrf_secret: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(default="", server_default="")
    """The browser and system it is, in words: "Firefox, Linux"; no more is kept of it."""
    is_half: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the second proof is still awaited; until then it opens nothing."""


class RecoveryCode(Record):
    """A code that stands in once for a lost second proof; only its hash is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user_account.id"))
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]


class ApiToken(Record):
    """A key for a program; only its hash is kept."""

    __tablename__ = "api_token"
    __table_args__ = (UniqueConstraint("secret_hash"),)

    name: Mapped[str]
    role: Mapped[str]
    secret_hash: Mapped[str]
    scopes: Mapped[list[object]] = mapped_column(default=list, server_default="[]")
    """What it may do of what its role may; an empty list is all of that."""
    who: Mapped[str] = mapped_column(default="", server_default="")
    """Who made it."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class OneTimeLink(Record):
    """A link that works once: the first set-up, or the demo's way in."""

    __tablename__ = "one_time_link"
    __table_args__ = (UniqueConstraint("secret_hash"),)

    purpose: Mapped[str]
    """setup | login | join: whoever was invited chooses a password, or chooses a new one"""
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("user_account.id"))
    secret_hash: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LoginFailure(Record):
    """A log-in that failed, counted per account and address."""

    __tablename__ = "login_failure"
    __table_args__ = (
        Index("ix_login_failure_key_at", "key", "at"),
        Index("ix_login_failure_user_id", "user_id", "at"),
    )

    key: Mapped[str]
    """A hash of account and address: the address is not stored."""
    user_id: Mapped[int | None]
    """Whose account, if it is anybody's; no foreign key, because it is forgotten within days."""
    at: Mapped[datetime]


class IdempotencyKey(Record):
    """What a POST with this key answered, so that its repeat gets the same."""

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("token_id", "key"),)

    token_id: Mapped[int] = mapped_column(BigId, ForeignKey("api_token.id"))
    key: Mapped[str]
    request_hash: Mapped[str]
    status: Mapped[int | None]
    """None while the first request still runs."""
    answer: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class Counter(Record):
    """The next number of a series (H, P, S), handed out under its row lock."""

    __tablename__ = "counter"
    __table_args__ = (UniqueConstraint("name"),)

    name: Mapped[str]
    next_value: Mapped[int]


class Heartbeat(Record):
    """When a process of ours was last seen alive."""

    __tablename__ = "heartbeat"
    __table_args__ = (UniqueConstraint("name"),)

    name: Mapped[str]
    at: Mapped[datetime]
