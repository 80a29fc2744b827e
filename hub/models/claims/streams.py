"""The verbs of the lists of changes: take a turn at one, keep our place in it, let it go.

One worker reads a list at a time, under a lease. Whoever lost the lease while it asked the
channel writes nothing: neither what was listed nor the place.
"""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hub.models.claims.leases import LeaseLost, short
from hub.models.records.channels import ChannelStream


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One worker's turn at one list."""

    id: int
    account_id: int
    name: str
    cursor: str
    read_at: datetime | None
    """When the list was last read to its end."""
    lease_owner: str


TAKEN = tuple(getattr(ChannelStream, field.name) for field in fields(Turn))


def not_due(session: Session, *, now: datetime) -> set[tuple[int, str]]:
    """Return the lists (account id, name) that are known and need not be read yet."""
    rested = or_(ChannelStream.next_at > now, ChannelStream.lease_until > now)
    rows = select(ChannelStream.account_id, ChannelStream.name).where(rested)
    return {(row.account_id, row.name) for row in session.execute(rows)}


def take(
    session: Session,
    *,
    account_id: int,
    name: str,
    owner: str,
    now: datetime,
    lease: timedelta,
) -> Turn | None:
    """Take a turn at a list that is due, for as long as the lease; None if somebody else has it.

    A list seen for the first time is due at once. `owner` must be new for each turn.
    """
    _know(session, account_id=account_id, name=name, now=now)
    taken = (
        update(ChannelStream)
        .where(ChannelStream.account_id == account_id, ChannelStream.name == name)
        .where(ChannelStream.next_at <= now)
        .where(or_(ChannelStream.lease_until.is_(None), ChannelStream.lease_until <= now))
        .values(lease_owner=owner, lease_until=now + lease)
        .returning(*TAKEN)
        .execution_options(synchronize_session=False)
    )
    row = session.execute(taken).one_or_none()
    return None if row is None else Turn(**row._mapping)


def _know(session: Session, *, account_id: int, name: str, now: datetime) -> None:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    new = (sqlite.insert if is_sqlite else postgresql.insert)(ChannelStream).values(
        account_id=account_id, name=name, cursor="", next_at=now
    )
    session.execute(new.on_conflict_do_nothing(index_elements=["account_id", "name"]))


def held_by(owner: str) -> ColumnElement[bool]:
    """Say what makes a turn still ours."""
    return ChannelStream.lease_owner == owner


def move(session: Session, *, turn: Turn, cursor: str) -> None:
    """Keep our place in a list, in the transaction that keeps what was listed up to there.

    :raises LeaseLost: the turn is not ours any more.
    """
    _write(session, turn, {"cursor": cursor})


def end(
    session: Session,
    *,
    turn: Turn,
    next_at: datetime,
    read_at: datetime | None = None,
    error: str | None = None,
) -> None:
    """Let a list go until `next_at`; with `read_at` it was read to its end, else `error` says why.

    :raises LeaseLost: the turn is not ours any more.
    """
    values: dict[str, object] = {
        "next_at": next_at,
        "lease_owner": None,
        "lease_until": None,
        "last_error": short(error),
    }
    values |= {} if read_at is None else {"read_at": read_at}
    _write(session, turn, values)


def _write(session: Session, turn: Turn, values: dict[str, object]) -> None:
    written = (
        update(ChannelStream)
        .where(ChannelStream.id == turn.id, held_by(turn.lease_owner))
        .values(**values)
        .returning(ChannelStream.id)
        .execution_options(synchronize_session=False)
    )
    if session.execute(written).scalar_one_or_none() is None:
        raise LeaseLost(f"the list {turn.name} is not held by {turn.lease_owner}")


def read_now(session: Session, *, account_id: int, now: datetime) -> None:
    """Make every list of an account due at once."""
    session.execute(
        update(ChannelStream)
        .where(ChannelStream.account_id == account_id, ChannelStream.next_at > now)
        .values(next_at=now)
        .execution_options(synchronize_session=False)
    )


def begin_anew(session: Session, *, account_id: int, now: datetime) -> None:
    """Forget our place in every list of an account: they are read elsewhere from now on.

    Whoever has a turn at one loses it, and so cannot write the old place back.
    """
    session.execute(
        update(ChannelStream)
        .where(ChannelStream.account_id == account_id)
        .values(cursor="", next_at=now, lease_owner=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )


def streams_of(session: Session, *, account_ids: Collection[int]) -> list[ChannelStream]:
    """Return where we are in the lists of some accounts, to be shown."""
    rows = select(ChannelStream).where(ChannelStream.account_id.in_(account_ids))
    return list(
        session.scalars(rows.order_by(ChannelStream.account_id, ChannelStream.name))
    )
