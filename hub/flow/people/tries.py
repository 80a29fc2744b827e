"""Tries to get in: counted before they are made, and stopped when they are too many."""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hub.models.records.history import History, record
from hub.models.records.people import LoginFailure, User

TRIES, WINDOW = 5, timedelta(minutes=15)
TOLD_EVERY = timedelta(hours=1)
"""The history is told that an account is being tried no oftener: whoever tries must not fill it."""
SOMEBODY = "somebody"


class TooManyTries(Exception):
    """Nobody may try this user from this address before `wait` is over."""

    def __init__(self, *, wait: timedelta) -> None:
        super().__init__(f"too many tries: wait {wait}")
        self.wait = wait


def check_tries(session: Session, *, email: str, address: str, now: datetime) -> None:
    """Stop whoever tried too often, from this address, to be this user.

    :raises TooManyTries: they must wait.
    """
    tries, first = _tries(session, key=tries_key(email, address), now=now)
    if tries >= TRIES and first is not None:
        raise TooManyTries(wait=first + WINDOW - now)


def note_failure(session: Session, *, email: str, address: str, now: datetime) -> None:
    """Count a try, before it is known whether it is right.

    The last one allowed is told in the history of the account, without where it came from.
    """
    key = tries_key(email, address)
    user_id = session.scalar(select(User.id).filter_by(email=email.strip().casefold()))
    session.add(LoginFailure(key=key, user_id=user_id, at=now))
    session.flush()
    tries, _ = _tries(session, key=key, now=now)
    if user_id is not None and tries >= TRIES and not _was_told(session, user_id, now=now):
        record(
            session, at=now, who=SOMEBODY, subject="user", subject_id=user_id,
            what="user.tried", to_state=str(TRIES),
        )  # fmt: skip


def forget_failures(session: Session, *, email: str, address: str) -> int:
    """Count from nothing again: this user got in from this address. Return how many there were."""
    mine = LoginFailure.key == tries_key(email, address)
    forgotten = session.execute(delete(LoginFailure).where(mine).returning(LoginFailure.id))
    return len(forgotten.all())


def failures_since(session: Session, *, since: datetime) -> dict[int | None, int]:
    """Count the tries that led nowhere, by user; None is nobody who is here."""
    counted = session.execute(
        select(LoginFailure.user_id, func.count())
        .where(LoginFailure.at >= since)
        .group_by(LoginFailure.user_id)
    )
    return {user_id: count for user_id, count in counted}


def tries_key(email: str, address: str) -> str:
    """Name who tried from where without keeping where."""
    return sha256(f"{email.strip().casefold()}\n{address}".encode()).hexdigest()


def _tries(session: Session, *, key: str, now: datetime) -> tuple[int, datetime | None]:
    tries, first = session.execute(
        select(func.count(), func.min(LoginFailure.at)).where(
            LoginFailure.key == key, LoginFailure.at > now - WINDOW
        )
    ).one()
    return tries, first


def _was_told(session: Session, user_id: int, *, now: datetime) -> bool:
    told = select(History.at).where(
        History.subject == "user",
        History.subject_id == user_id,
        History.what == "user.tried",
    )
    last = session.scalar(told.order_by(History.id.desc()).limit(1))
    return last is not None and last > now - TOLD_EVERY
