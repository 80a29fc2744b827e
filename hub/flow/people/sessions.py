"""Being logged in: a secret in the browser, its hash and its end here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.domain.people.roles import Role
from hub.flow.refusal import Missing
from hub.models.records.people import User, UserSession

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
HALF_LASTS = timedelta(minutes=5)
"""How long the second proof may take after the password."""
SEEN_EVERY = timedelta(minutes=5)
"""A session is noted as seen no oftener: reading a page should not write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn:
    """Who is logged in, as pages need to know it."""

    session_id: int
    user_id: int
    email: str
    name: str
    role: Role
    locale: str
    csrf_secret: str
    is_seen_late: bool

    @property
    def who(self) -> str:
        """Name them for the history."""
        return f"user:{self.user_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfIn:
    """Somebody whose password was right and whose second proof is awaited."""

    session_id: int
    user_id: int
    email: str
    device: str


def open_session(
    session: Session,
    *,
    user_id: int,
    now: datetime,
    device: str = "",
    is_half: bool = False,
) -> str:
    """Log a user in and return the secret for the browser: 256 random bits, a new one each time.

    A half session opens nothing but the second step, and ends soon.
    """
    secret = token_urlsafe(32)
    session.add(
        UserSession(
            user_id=user_id,
            secret_hash=hash_secret(secret),
            csrf_secret=token_urlsafe(32),
            created_at=now,
            seen_at=now,
            expires_at=now + (HALF_LASTS if is_half else LONGEST),
            device=device,
            is_half=is_half,
        )
    )
    session.flush()
    return secret


def find_session(session: Session, *, secret: str, now: datetime) -> LoggedIn | None:
    """Return who a browser's secret belongs to, if they may still come in."""
    row = session.execute(
        select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .where(UserSession.secret_hash == hash_secret(secret))
        .where(UserSession.revoked_at.is_(None), UserSession.expires_at > now)
        .where(UserSession.seen_at > now - IDLE, ~User.is_disabled)
        .where(~UserSession.is_half)
    ).one_or_none()
    if row is None:
        return None
    held, user = row
    return LoggedIn(
        session_id=held.id,
        user_id=user.id,
        email=user.email,
        name=user.name,
        role=Role(user.role),
        locale=user.locale,
        csrf_secret=held.csrf_secret,
        is_seen_late=held.seen_at < now - SEEN_EVERY,
    )


def find_half(session: Session, *, secret: str, now: datetime) -> HalfIn | None:
    """Return whose second proof a browser's secret awaits, while it is awaited."""
    row = session.execute(
        select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .where(UserSession.secret_hash == hash_secret(secret), UserSession.is_half)
        .where(UserSession.revoked_at.is_(None), UserSession.expires_at > now)
        .where(~User.is_disabled)
    ).one_or_none()
    if row is None:
        return None
    held, user = row
    return HalfIn(session_id=held.id, user_id=user.id, email=user.email, device=held.device)


def note_seen(session: Session, *, session_id: int, now: datetime) -> None:
    """Put off the end of an idle session."""
    session.execute(
        update(UserSession).where(UserSession.id == session_id).values(seen_at=now)
    )


def close_session(session: Session, *, session_id: int, now: datetime) -> None:
    """Log out."""
    session.execute(
        update(UserSession).where(UserSession.id == session_id).values(revoked_at=now)
    )


def end_one(session: Session, *, user_id: int, session_id: int, now: datetime) -> None:
    """End one session of a user, wherever it is.

    :raises Missing: it is not theirs, or it ended before.
    """
    ended = session.execute(
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.user_id == user_id)
        .where(UserSession.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(UserSession.id)
    )
    if ended.first() is None:
        raise Missing("This log-in ended already.")


def close_others(session: Session, *, user_id: int, keep: int, now: datetime) -> int:
    """End all sessions of a user but one; return how many."""
    ended = session.execute(
        update(UserSession)
        .where(UserSession.user_id == user_id, UserSession.id != keep)
        .where(UserSession.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(UserSession.id)
    )
    return len(ended.all())


def close_all(session: Session, *, user_id: int, now: datetime) -> None:
    """Log a user out everywhere: their password or role changed, or they may no longer come in."""
    session.execute(
        update(UserSession)
        .where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def hash_secret(secret: str) -> str:
    """Return what is kept of a random secret; one of 256 bits needs no slow hash."""
    return sha256(secret.encode()).hexdigest()
