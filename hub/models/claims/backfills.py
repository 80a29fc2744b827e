"""The verbs of backfills: old orders listed page by page, and how far they have come."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, update
from sqlalchemy.orm import Session

from hub.models.claims.leases import LeaseLost, short
from hub.models.records.channels import Backfill, ChannelAccount
from hub.models.records.messages import InboundMessage

AHEAD = 200
"""So many orders that were found and not yet read are enough: then the list waits for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One worker's turn at listing old orders."""

    id: int
    account_id: int
    since: datetime
    until: datetime
    cursor: str
    found: int
    created_at: datetime
    lease_owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a backfill has come, in orders."""

    total: int | None
    """About how many there are; None until the channel says so."""
    found: int
    read: int
    """Found, and here: fetched, or held already."""
    failed: int
    """Found, and a person must look: they are on the page Messages."""
    state: str
    words: str = ""
    """What keeps it, if anything does."""

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.state in {"stopped", "done", "failed"}


TAKEN = tuple(getattr(Backfill, field.name) for field in fields(Listing))


def due(session: Session, *, now: datetime) -> list[int]:
    """Return the backfills that have something to do: list more, or notice that they are done."""
    pause = ChannelAccount.paused_until
    query = (
        select(Backfill.id)
        .join(ChannelAccount, ChannelAccount.id == Backfill.account_id)
        .where(Backfill.state == "running", Backfill.next_at <= now)
        .where(or_(Backfill.lease_until.is_(None), Backfill.lease_until <= now))
        .where(ChannelAccount.mode != "off", ChannelAccount.needs_reconnect.is_(False))
        .where(or_(pause.is_(None), pause <= now))
        .where(or_(Backfill.is_listed.is_(False), ~_has_waiting()))
        .order_by(Backfill.id)
    )
    return list(session.scalars(query))


def take(
    session: Session, *, backfill_id: int, owner: str, now: datetime, lease: timedelta
) -> Listing | None:
    """Take a turn at listing, for as long as the lease; None if there is nothing to list."""
    taken = (
        update(Backfill)
        .where(Backfill.id == backfill_id, Backfill.state == "running")
        .where(Backfill.is_listed.is_(False), Backfill.next_at <= now)
        .where(or_(Backfill.lease_until.is_(None), Backfill.lease_until <= now))
        .values(lease_owner=owner, lease_until=now + lease)
        .returning(*TAKEN)
        .execution_options(synchronize_session=False)
    )
    row = session.execute(taken).one_or_none()
    return None if row is None else Listing(**row._mapping)


def held_by(owner: str) -> tuple[ColumnElement[bool], ...]:
    """Say what makes a turn still ours: the lease, and that nobody paused or stopped it."""
    return (Backfill.lease_owner == owner, Backfill.state == "running")


def move(
    session: Session, *, turn: Listing, cursor: str, found: int, total: int | None
) -> None:
    """Keep our place, in the transaction that keeps the `found` orders up to there.

    :raises LeaseLost: the turn is not ours any more.
    """
    values: dict[str, object] = {"cursor": cursor, "found": Backfill.found + found}
    values |= {} if total is None else {"total": total}
    _write(session, turn, values)


def end(
    session: Session,
    *,
    turn: Listing,
    next_at: datetime,
    is_listed: bool = False,
    error: str | None = None,
) -> None:
    """Let a backfill go until `next_at`, or for good once it is listed.

    :raises LeaseLost: the turn is not ours any more.
    """
    freed = {"lease_owner": None, "lease_until": None, "last_error": short(error)}
    _write(session, turn, {**freed, "next_at": next_at, "is_listed": is_listed})


def fail(session: Session, *, turn: Listing, error: str) -> None:
    """Stop until a person has mended what `error` says; then it can be resumed.

    :raises LeaseLost: the turn is not ours any more.
    """
    freed = {"lease_owner": None, "lease_until": None, "last_error": short(error)}
    _write(session, turn, {**freed, "state": "failed"})


def begin_again(session: Session, *, turn: Listing) -> None:
    """List from the start: the channel forgot our place. What was found is not found twice.

    :raises LeaseLost: the turn is not ours any more.
    """
    _write(session, turn, {"cursor": "", "found": 0})


def _write(session: Session, turn: Listing, values: dict[str, object]) -> None:
    written = (
        update(Backfill)
        .where(Backfill.id == turn.id, *held_by(turn.lease_owner))
        .values(**values)
        .returning(Backfill.id)
        .execution_options(synchronize_session=False)
    )
    if session.execute(written).scalar_one_or_none() is None:
        raise LeaseLost(f"backfill {turn.id} is not held by {turn.lease_owner}")


def finish(session: Session, *, backfill_id: int, now: datetime) -> bool:
    """Close a backfill that is listed and of which no order waits; say whether it was one."""
    closed = (
        update(Backfill)
        .where(Backfill.id == backfill_id, Backfill.state == "running")
        .where(Backfill.is_listed, ~_has_waiting())
        .values(state="done", done_at=now, last_error=None)
        .returning(Backfill.id)
        .execution_options(synchronize_session=False)
    )
    return session.execute(closed).scalar_one_or_none() is not None


def waiting(session: Session, *, backfill_id: int) -> int:
    """Count the orders found and not yet read."""
    return _messages(session, backfill_id, "waiting")


def _has_waiting() -> ColumnElement[bool]:
    return exists().where(
        InboundMessage.backfill_id == Backfill.id, InboundMessage.state == "waiting"
    )


def progress(session: Session, *, backfill: Backfill) -> Progress:
    """Say how far a backfill has come."""
    left = waiting(session, backfill_id=backfill.id)
    failed = _messages(session, backfill.id, "held", "dead")
    return Progress(
        total=backfill.total,
        found=backfill.found,
        read=max(0, backfill.found - left - failed),
        failed=failed,
        state=backfill.state,
        words=backfill.last_error or "",
    )


def _messages(session: Session, backfill_id: int, *states: str) -> int:
    count = select(func.count(InboundMessage.id)).where(
        InboundMessage.backfill_id == backfill_id, InboundMessage.state.in_(states)
    )
    return session.execute(count).scalar_one()


def latest(session: Session, *, account_id: int) -> Backfill | None:
    """Return the newest backfill of an account."""
    return session.scalar(_newest(account_id).limit(1))


def of_accounts(session: Session, *, account_ids: Collection[int]) -> list[Backfill]:
    """Return the backfills of some accounts that are running or paused."""
    query = (
        select(Backfill)
        .where(Backfill.account_id.in_(account_ids))
        .where(Backfill.state.in_(("running", "paused")))
    )
    return list(session.scalars(query.order_by(Backfill.id)))


def _newest(account_id: int) -> Select[Backfill]:
    query = select(Backfill).where(Backfill.account_id == account_id)
    return query.order_by(Backfill.id.desc())
