"""One page of a list sorted by any column: rows beyond a place, before it or behind it.

A place is a row's value and id, not a count of rows, so that rows which come in meanwhile shift
nothing. Rows without a value come last whichever way the list is sorted; they are asked for on
their own, so that both engines may walk an index over (column, id).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from sqlalchemy import Select, func, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.orm.interfaces import ORMOption

from hub.models.records.base import Record

RecordT = TypeVar("RecordT", bound=Record)

Value = int | str | date | datetime | None
"""What a list may be sorted by."""
Sortable = InstrumentedAttribute[Value]
Key = tuple[Value, int]

MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """A row's place in a sorted list: what it is sorted by, and its id among the same."""

    value: Value
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorting:
    """By which column a list is sorted, and whether the greatest comes first."""

    column: Sortable
    is_down: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which part of a list is wanted: what follows a place, or what comes right before one."""

    limit: int
    after: Place | None = None
    before: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SortedPage(Generic[RecordT]):
    """The rows of one page, and the places to go on from; None where the list ends."""

    rows: Sequence[RecordT]
    before: Place | None
    after: Place | None


def sorted_page(
    session: Session,
    query: Select[RecordT],
    *,
    record: type[RecordT],
    sorting: Sorting,
    part: Part,
    options: Sequence[ORMOption] = (),
) -> SortedPage[RecordT]:
    """Return one page of a query's rows. The query says which rows, and nothing of their order.

    Every row is on exactly one page as long as its value stays, in both directions.
    """
    is_back = part.before is not None
    start = part.before if is_back else part.after
    keys = _walk(
        session,
        query.with_only_columns(sorting.column, record.id),
        record=record,
        sorting=sorting,
        start=start,
        is_back=is_back,
        limit=part.limit + 1,
    )
    has_more = len(keys) > part.limit
    keys = keys[: part.limit]
    if is_back:
        keys.reverse()
    first, last = (Place(*keys[0]), Place(*keys[-1])) if keys else (None, None)
    return SortedPage(
        rows=_records(session, keys, record=record, options=options),
        before=first if (has_more if is_back else start is not None) else None,
        after=last if (has_more or is_back) else None,
    )


def count_up_to(session: Session, query: Select[RecordT], *, most: int) -> int:
    """Count a query's rows, at most so many: a list of 100,000 is not walked to its end."""
    counted = query.with_only_columns(literal(1), maintain_column_froms=True)
    some = counted.limit(most).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _walk(
    session: Session,
    query: Select[Value, int],
    *,
    record: type[RecordT],
    sorting: Sorting,
    start: Place | None,
    is_back: bool,
    limit: int,
) -> list[Key]:
    """Read up to `limit` keys from a place on: of the rows with a value, and of those without."""
    parts = [True, False] if may_be_empty(sorting.column) else [True]
    if is_back:
        parts.reverse()
    if start is not None:
        parts = parts[parts.index(start.value is not None) :]
    keys: list[Key] = []
    for has_value in parts:
        is_down = (sorting.is_down and has_value) != is_back
        some = _section(query, sorting=sorting, has_value=has_value)
        if start is not None and has_value is (start.value is not None):
            some = _beyond(
                some, record=record, sorting=sorting, start=start, is_down=is_down
            )
        some = _ordered(some, record=record, sorting=sorting, is_down=is_down)
        found = session.execute(some.limit(limit - len(keys)))
        keys.extend((value, row_id) for value, row_id in found)
        if len(keys) >= limit:
            break
    return keys


def _section(
    query: Select[Value, int], *, sorting: Sorting, has_value: bool
) -> Select[Value, int]:
    if not may_be_empty(sorting.column):
        return query
    column = sorting.column
    return query.where(column.is_not(None) if has_value else column.is_(None))


def _beyond(
    query: Select[Value, int],
    *,
    record: type[RecordT],
    sorting: Sorting,
    start: Place,
    is_down: bool,
) -> Select[Value, int]:
    column = sorting.column
    if start.value is None or column.key == "id":
        place = record.id < start.id if is_down else record.id > start.id
        return query.where(place)
    here = tuple_(column, record.id)
    there = tuple_(literal(start.value, column.type), literal(start.id, record.id.type))
    return query.where(here < there if is_down else here > there)


def _ordered(
    query: Select[Value, int], *, record: type[RecordT], sorting: Sorting, is_down: bool
) -> Select[Value, int]:
    columns = (record.id,) if sorting.column.key == "id" else (sorting.column, record.id)
    return query.order_by(*(each.desc() if is_down else each.asc() for each in columns))


def may_be_empty(column: Sortable) -> bool:
    """Say whether rows may have no value there."""
    return bool(column.property.columns[0].nullable)


def _records(
    session: Session,
    keys: Sequence[Key],
    *,
    record: type[RecordT],
    options: Sequence[ORMOption],
) -> list[RecordT]:
    ids = [row_id for _, row_id in keys]
    found = select(record).where(record.id.in_(ids)).options(*options)
    rows = {row.id: row for row in session.scalars(found)}
    return [rows[each] for each in ids if each in rows]
