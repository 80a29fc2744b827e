"""Links that work once: made, looked at and used up; only the hash of their secret is kept."""

from datetime import datetime, timedelta
from secrets import token_urlsafe

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hub.flow.people.sessions import hash_secret
from hub.flow.refusal import Refusal
from hub.models.records.people import OneTimeLink

SETUP, LOGIN, JOIN = "setup", "login", "join"


class LinkUsedUp(Refusal):
    """The link was used, is too old, or was never one."""


def make_link(
    session: Session,
    *,
    purpose: str,
    user_id: int | None,
    lasts: timedelta,
    now: datetime,
) -> str:
    """Make a link and return its secret, which is kept nowhere."""
    secret = token_urlsafe(32)
    session.add(
        OneTimeLink(
            purpose=purpose,
            user_id=user_id,
            secret_hash=hash_secret(secret),
            expires_at=now + lasts,
        )
    )
    session.flush()
    return secret


def user_of_link(
    session: Session, *, secret: str, purpose: str, now: datetime
) -> int | None:
    """Return whose link it is, while it works. This function will use nothing up."""
    query = select(OneTimeLink.user_id).where(
        OneTimeLink.secret_hash == hash_secret(secret),
        OneTimeLink.purpose == purpose,
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > now,
    )
    return session.scalar(query)


def use_link(session: Session, *, secret: str, purpose: str, now: datetime) -> int | None:
    """Use a link up and return whose it is.

    :raises LinkUsedUp: it does not open the door (any more).
    """
    used = session.execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.secret_hash == hash_secret(secret), OneTimeLink.purpose == purpose
        )
        .where(OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now)
        .values(used_at=now)
        .returning(OneTimeLink.user_id)
    ).one_or_none()
    if used is None:
        raise LinkUsedUp(
            "This link was used already, or is too old. Start again for a new one."
        )
    user_id: int | None = used.user_id
    return user_id


def forget_links(session: Session, *, user_id: int) -> None:
    """Make every link of a user useless."""
    session.execute(delete(OneTimeLink).where(OneTimeLink.user_id == user_id))


def forget_links_for(session: Session, *, purpose: str) -> None:
    """Make every link of one purpose useless."""
    session.execute(delete(OneTimeLink).where(OneTimeLink.purpose == purpose))
