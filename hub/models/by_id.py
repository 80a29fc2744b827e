"""Records by their id, and the id somebody means by what they wrote."""

from collections.abc import Collection, Iterator
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.among import among
from hub.models.records.base import Record

RecordT = TypeVar("RecordT", bound=Record)

MOST_DIGITS = 18
"""One more and it may be no 64-bit number."""

AT_ONCE = 5000
"""Ids in one statement; engines take some 32,000."""


def by_id(
    session: Session, record: type[RecordT], *, ids: Collection[int]
) -> dict[int, RecordT]:
    """Return records by id; an id that is none is left out."""
    found = session.scalars(select(record).where(among(record.id, ids)))
    return {each.id: each for each in found}


def in_parts(ids: Collection[int]) -> Iterator[list[int]]:
    """Give ids in ascending order, so many at a time as one statement may hold."""
    every = sorted(set(ids))
    for start in range(0, len(every), AT_ONCE):
        yield every[start : start + AT_ONCE]


def each_by_id(
    session: Session, record: type[RecordT], *, ids: Collection[int]
) -> dict[int, RecordT]:
    """Return records by id, however many; an id that is none is left out."""
    found: dict[int, RecordT] = {}
    for some in in_parts(ids):
        found |= by_id(session, record, ids=some)
    return found


def as_id(written: str) -> int | None:
    """Read an id; None if it cannot be one."""
    is_one = written.isascii() and written.isdigit() and len(written) <= MOST_DIGITS
    return int(written) if is_one else None
