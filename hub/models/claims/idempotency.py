"""What a request with an Idempotency-Key answered, kept so that its repeat gets the same."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from hub.models.records.people import IdempotencyKey

KEPT = timedelta(hours=24)
"""As long as repeats can be expected (facts: reliability 3.6 asks for a day at least)."""


class StillRunning(Exception):
    """The first request with this key has not been answered yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The request that used a key first, and what it was answered."""

    request_hash: str
    status: int
    answer: str


def take_key(session: Session, *, token_id: int, key: str, now: datetime) -> Kept | None:
    """Claim a key for this transaction, or return what its first request was answered.

    Keys of this token that are past their time are forgotten first, so that a key may be used
    again when nobody can still be repeating it.

    :raises StillRunning: another transaction holds it now.
    """
    if session.get_bind().dialect.name != "sqlite":  # there, one writer is all there is
        name = {"name": f"idempotency:{token_id}:{key}"}
        lock = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
        if not session.execute(lock, name).scalar_one():
            raise StillRunning
    forget_answers(session, token_id=token_id, before=now - KEPT)
    query = select(IdempotencyKey).filter_by(token_id=token_id, key=key)
    known = session.scalar(query)
    if known is None or known.status is None:
        return None
    return Kept(request_hash=known.request_hash, status=known.status, answer=known.answer)


def keep_answer(
    session: Session, *, token_id: int, key: str, kept: Kept, now: datetime
) -> None:
    """Write down what a request was answered, in the transaction of what it did."""
    session.add(
        IdempotencyKey(
            token_id=token_id,
            key=key,
            request_hash=kept.request_hash,
            status=kept.status,
            answer=kept.answer,
            created_at=now,
        )
    )
    session.flush()


def forget_answers(
    session: Session, *, before: datetime, token_id: int | None = None
) -> int:
    """Forget answers given before then; return how many."""
    old = delete(IdempotencyKey).where(IdempotencyKey.created_at < before)
    if token_id is not None:
        old = old.where(IdempotencyKey.token_id == token_id)
    return len(session.execute(old.returning(IdempotencyKey.id)).all())
