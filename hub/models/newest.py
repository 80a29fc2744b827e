"""One page of a list, newest first: rows by falling id, and where the next page begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import Session

from hub.models.records.base import Record

RecordT = TypeVar("RecordT", bound=Record)


@dataclass(frozen=True, slots=True)
class Window:
    """How many rows are wanted, and the id they come after; None begins with the newest."""

    limit: int
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Newest(Generic[RecordT]):
    """The rows of one page, and the id the next one comes after; None when this is the last."""

    rows: Sequence[RecordT]
    next: int | None


def newest(
    session: Session, query: Select[RecordT], *, record: type[RecordT], window: Window
) -> Newest[RecordT]:
    """Return one page of a query's rows. Rows that come in later never shift what follows."""
    if window.after is not None:
        query = query.where(record.id < window.after)
    found = session.scalars(query.order_by(record.id.desc()).limit(window.limit + 1)).all()
    rows = found[: window.limit]
    return Newest(rows, rows[-1].id if len(found) > window.limit else None)
