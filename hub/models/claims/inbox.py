"""The verbs of the inbox: write a message down once, claim it, and say what became of it.

A worker claims in one short transaction, then works in another that starts with `fence`: it
locks the rows and leaves out those that are no longer ours. Both steps may be lost to a crash at
any point; the lease runs out and the message is read again.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from hub.models.claims.leases import LeaseLost, short
from hub.models.records.base import Record
from hub.models.records.channels import Backfill, ChannelAccount
from hub.models.records.history import record
from hub.models.records.mails import Review
from hub.models.records.messages import BACKGROUND, LIVE, InboundMessage

KEY = ("account_id", "topic", "message_id", "body_hash")


class CannotReplay(Exception):
    """The message cannot be read again: it still waits, is unknown, or its body is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedMessage:
    """A message as the worker that claimed it reads it; `attempts` counts this one."""

    id: int
    account_id: int
    topic: str
    message_id: str
    body: bytes | None
    headers: Mapping[str, object]
    source: str
    external_order_id: str | None
    received_at: datetime
    triggered_at: datetime | None
    attempts: int
    lane: int
    error_class: str | None
    """What became of the attempt before."""


CLAIMED = tuple(getattr(InboundMessage, field.name) for field in fields(ClaimedMessage))


def insert_once(session: Session, **values: object) -> int | None:
    """Write a message down. This function will return its id, or None if it is there already.

    `values` are columns of `inbound_message`; account, topic, message id and body hash make it
    the same message.
    """
    connection = session.connection()
    return connection.execute(_once(connection.dialect.name), values).scalar_one_or_none()


@cache
def _once(dialect: str) -> ReturningInsert[int]:
    # Made once and given its values as parameters: every webhook waits for this statement, and
    # building it anew costs more than running it.
    table = Record.metadata.tables[InboundMessage.__tablename__]
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    once = insert(table).on_conflict_do_nothing(index_elements=KEY)
    return once.returning(table.c.id)


def claim(
    session: Session,
    *,
    owner: str,
    now: datetime,
    limit: int,
    lease: timedelta,
    lane: int = LIVE,
    even_when_off: Collection[str] = (),
) -> list[ClaimedMessage]:
    """Take up to `limit` messages of a lane that are due, oldest first, for as long as the lease.

    Messages of an account that is off wait until it is on again, except the topics
    `even_when_off` (a person's wish to be forgotten does not wait for a switch). `owner` must be
    new for each process and claim, so that a restarted worker never takes itself for the old one.
    """
    due = (
        _due(now=now, even_when_off=even_when_off)
        .where(InboundMessage.lane == lane)
        .limit(limit)
    )
    chosen = due.with_for_update(of=InboundMessage, skip_locked=True).cte("due")
    taken = (
        update(InboundMessage)
        .where(InboundMessage.id.in_(select(chosen.c.id)))
        .values(
            lease_owner=owner, lease_until=now + lease, attempts=InboundMessage.attempts + 1
        )
        .returning(*CLAIMED)
        .execution_options(synchronize_session=False)
    )
    rows = sorted(session.execute(taken).all(), key=lambda row: int(row.id))
    return [ClaimedMessage(**row._mapping) for row in rows]


def _due(*, now: datetime, even_when_off: Collection[str]) -> Select[int]:
    return (
        select(InboundMessage.id)
        .join(ChannelAccount, ChannelAccount.id == InboundMessage.account_id)
        .where(InboundMessage.state == "waiting", InboundMessage.next_try_at <= now)
        .where(or_(InboundMessage.lease_until.is_(None), InboundMessage.lease_until <= now))
        .where(or_(ChannelAccount.mode != "off", InboundMessage.topic.in_(even_when_off)))
        .where(or_(InboundMessage.lane == LIVE, ~_is_paused()))
        .order_by(InboundMessage.lane, InboundMessage.next_try_at, InboundMessage.id)
    )


def _is_paused() -> ColumnElement[bool]:
    """Say that a message was found by a backfill somebody paused."""
    paused = select(Backfill.id).where(Backfill.state == "paused")
    return and_(
        InboundMessage.backfill_id.is_not(None), InboundMessage.backfill_id.in_(paused)
    )


def postpone(session: Session, *, account_id: int, until: datetime) -> None:
    """Let an account's background messages wait. This function will never shorten a wait.

    What is live does not wait along: a channel's patience is kept for it.
    """
    session.execute(
        update(InboundMessage)
        .where(InboundMessage.state == "waiting", InboundMessage.lane == BACKGROUND)
        .where(InboundMessage.account_id == account_id)
        .where(InboundMessage.next_try_at < until)
        .values(next_try_at=until)
        .execution_options(synchronize_session=False)
    )


def due_count(
    session: Session, *, now: datetime, even_when_off: Collection[str] = ()
) -> int:
    """Count the messages a claim could take now."""
    due = _due(now=now, even_when_off=even_when_off).order_by(None).subquery()
    return session.execute(select(func.count()).select_from(due)).scalar_one()


def held_by(owner: str) -> tuple[ColumnElement[bool], ...]:
    """Say what makes a row still ours. Every write below asks this, and nothing else does."""
    return (InboundMessage.state == "waiting", InboundMessage.lease_owner == owner)


def fence(session: Session, *, message_ids: Collection[int], owner: str) -> set[int]:
    """Lock these messages and return those that are still ours. Leave the others alone."""
    rows = (
        select(InboundMessage.id)
        .where(InboundMessage.id.in_(sorted(message_ids)), *held_by(owner))
        .order_by(InboundMessage.id)
        .with_for_update()
    )
    return set(session.scalars(rows))


def finish(
    session: Session,
    *,
    message_id: int,
    owner: str,
    result: str,
    now: datetime,
    external_order_id: str | None = None,
) -> None:
    """Write that the message did its work, and what it came to: applied, stale, ignored, …

    :raises LeaseLost: it is not ours any more.
    """
    values: dict[str, object] = {"state": "done", "result": result, "done_at": now}
    if external_order_id is not None:
        values["external_order_id"] = external_order_id
    _settle(session, message_id=message_id, owner=owner, values=values)


def retry(
    session: Session,
    *,
    message_id: int,
    owner: str,
    next_try_at: datetime,
    error_class: str,
    error: str,
    counts: bool = True,
) -> None:
    """Put the message back until `next_try_at`.

    Without `counts` the attempt is forgotten: nothing failed, we only had to be patient.

    :raises LeaseLost: it is not ours any more.
    """
    values: dict[str, object] = {
        "next_try_at": next_try_at,
        "error_class": error_class,
        "last_error": short(error),
        "deaths": 0,
    }
    values |= {} if counts else {"attempts": InboundMessage.attempts - 1}
    _settle(session, message_id=message_id, owner=owner, values=values)


def hold(
    session: Session,
    *,
    message_id: int,
    owner: str,
    error_class: str,
    error: str,
    now: datetime,
) -> None:
    """Keep the message for a person to look at.

    :raises LeaseLost: it is not ours any more.
    """
    _stop(session, "held", message_id, owner=owner, why=(error_class, error), now=now)


def die(
    session: Session,
    *,
    message_id: int,
    owner: str,
    error_class: str,
    error: str,
    now: datetime,
) -> None:
    """Give the message up, visibly: it stays on the failures page and can be replayed.

    :raises LeaseLost: it is not ours any more.
    """
    _stop(session, "dead", message_id, owner=owner, why=(error_class, error), now=now)


def _stop(
    session: Session,
    state: str,
    message_id: int,
    *,
    owner: str,
    why: tuple[str, str],
    now: datetime,
) -> None:
    values = {
        "state": state,
        "error_class": why[0],
        "last_error": short(why[1]),
        "done_at": now,
    }
    _settle(session, message_id=message_id, owner=owner, values=values)


def _settle(
    session: Session, *, message_id: int, owner: str, values: Mapping[str, object]
) -> None:
    settled = (
        update(InboundMessage)
        .where(InboundMessage.id == message_id, *held_by(owner))
        .values(lease_owner=None, lease_until=None, **values)
        .returning(InboundMessage.id)
        .execution_options(synchronize_session=False)
    )
    if session.execute(settled).scalar_one_or_none() is None:
        raise LeaseLost(f"inbound message {message_id} is not held by {owner}")


def replay(
    session: Session, *, message_id: int, who: str, now: datetime, body: bytes | None = None
) -> int:
    """Read a settled message again, as a new row that names the old one; return its id.

    A held or dead one is closed as "replayed". `body` replaces the bytes (fix and resend). The
    new row goes on counting attempts where the old one stopped, so replaying is no endless loop.

    :raises CannotReplay: it still waits, is unknown, or its body was forgotten.
    """
    old = session.get(InboundMessage, message_id, with_for_update=True)
    if old is None:
        raise CannotReplay(f"there is no inbound message {message_id}")
    if old.state == "waiting":
        raise CannotReplay(f"inbound message {message_id} still waits for its turn")
    if body is None and old.body is None:
        raise CannotReplay(f"the body of inbound message {message_id} was forgotten")
    new_id = _again(session, old, body=body, now=now)
    if old.state != "done":
        old.state, old.result, old.done_at = "done", "replayed", now
    record(
        session,
        at=now,
        who=who,
        subject="inbound",
        subject_id=message_id,
        what="inbound.replayed",
        detail={"as": new_id},
    )
    session.flush()
    return new_id


def _again(
    session: Session, old: InboundMessage, *, body: bytes | None, now: datetime
) -> int:
    earlier = select(func.count()).where(InboundMessage.replay_of == old.id)
    turn = session.execute(earlier).scalar_one() + 1
    new = insert(InboundMessage).values(
        account_id=old.account_id,
        topic=old.topic,
        message_id=f"replay {turn} of {old.id}",
        body_hash=old.body_hash,
        body=old.body if body is None else body,
        headers=old.headers,
        source="replay",
        external_order_id=old.external_order_id,
        received_at=now,
        triggered_at=old.triggered_at,
        state="waiting",
        attempts=old.attempts,
        next_try_at=now,
        replay_of=old.id,
    )
    return session.execute(new.returning(InboundMessage.id)).scalar_one()


def forget_bodies(session: Session, *, done_before: datetime, now: datetime) -> int:
    """Empty the bodies of messages done before then; return how many.

    Ids and hashes stay for ever, so a late duplicate is still known. Held and dead messages keep
    their bodies until somebody settles them, as does a mail that waits for a person.
    """
    waits = exists().where(
        Review.inbound_message_id == InboundMessage.id, Review.state == "open"
    )
    old = (
        update(InboundMessage)
        .where(InboundMessage.state == "done", InboundMessage.done_at < done_before)
        .where(InboundMessage.body.is_not(None), ~waits)
        .values(body=None, redacted_at=now)
        .returning(InboundMessage.id)
        .execution_options(synchronize_session=False)
    )
    return len(session.execute(old).all())
