"""Which processes of ours are alive, and whose turn it is to tidy up."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hub.models.records.people import Heartbeat

SILENCE = timedelta(seconds=60)
"""A process that was not seen for so long counts as gone."""


def beat(session: Session, *, name: str, now: datetime) -> None:
    """Note that a process is alive; processes of one kind share a name."""
    _turn(session, name=name, now=now, not_since=None)


def take_turn(session: Session, *, name: str, now: datetime, every: timedelta) -> bool:
    """Say whether something that is done every so often falls to us now, and note it as done."""
    return _turn(session, name=name, now=now, not_since=now - every)


def is_turn(session: Session, *, name: str, now: datetime, every: timedelta) -> bool:
    """Say whether it is time again for something done every so often, without taking the turn."""
    done_at = session.scalar(select(Heartbeat.at).filter_by(name=name))
    return done_at is None or done_at <= now - every


def is_alive(session: Session, *, name: str, now: datetime) -> bool:
    """Say whether a process of this kind was seen lately."""
    seen = session.scalar(select(Heartbeat.at).filter_by(name=name))
    return seen is not None and now - seen < SILENCE


def _turn(
    session: Session, *, name: str, now: datetime, not_since: datetime | None
) -> bool:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = (sqlite.insert if is_sqlite else postgresql.insert)(Heartbeat)
    due = None if not_since is None else Heartbeat.at <= not_since
    noted = (
        insert.values(name=name, at=now)
        .on_conflict_do_update(index_elements=["name"], set_={"at": now}, where=due)
        .returning(Heartbeat.id)
    )
    return session.execute(noted).scalar_one_or_none() is not None
