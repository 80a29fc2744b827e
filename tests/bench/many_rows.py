"""Many rows written at once, with ids given here: for benches that want a shop of years."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from random import Random

from psycopg import Connection as PgConnection
from psycopg import sql
from sqlalchemy import Column, ColumnDefault, Dialect, Index, Table, insert, text
from sqlalchemy.orm import Session

from hub.models.records.base import Record
from tests.factories import NOW

Row = Mapping[str, object]
Reader = Callable[[Row], object]


class ManyRows:
    """Rows to be written by table; each table's ids count from 1 in the order they come."""

    def __init__(self, session: Session, *, seed: int = 3) -> None:
        self.session = session
        self.dice = Random(seed)
        self.counts: dict[type[Record], int] = {}
        self.waiting: dict[type[Record], list[dict[str, object]]] = {}
        self.is_postgres = session.get_bind().dialect.name == "postgresql"
        # Sorted once at the end instead of row by row: that was half of the work.
        self.indexes = [each for each in _every_index() if not each.unique]
        for index in self.indexes:
            index.drop(session.connection())
        if self.is_postgres:
            # Every reference would be looked up on its own: as a dump is read back, without.
            session.execute(text("SET LOCAL session_replication_role = replica"))

    def add(self, record: type[Record], **values: object) -> int:
        """Add a row and give its id. The rows of one table must name the same columns."""
        row_id = self.counts[record] = self.counts.get(record, 0) + 1
        values["id"] = row_id
        self.waiting.setdefault(record, []).append(values)
        return row_id

    def write(self) -> None:
        """Write what waits, what others lean on first."""
        known = {table.name: n for n, table in enumerate(Record.metadata.sorted_tables)}
        waiting = sorted(
            self.waiting.items(), key=lambda each: known[each[0].__tablename__]
        )
        for record, rows in waiting:
            self._write(record, rows)
        self.waiting.clear()

    def _write(self, record: type[Record], rows: Sequence[Row]) -> None:
        """Hand the rows to the driver as they are: SQLAlchemy's own way took twice the time."""
        bind = self.session.connection()
        readers = _readers(record, bind.dialect, named=rows[0])
        values = _values(readers.values(), rows)
        driver = bind.connection.driver_connection
        if isinstance(driver, PgConnection):
            _copy(driver, record.__tablename__, list(readers), values)
            return
        statement = insert(record).compile(dialect=bind.dialect, column_keys=list(readers))
        assert driver is not None
        driver.executemany(str(statement), values)

    def finish(self) -> None:
        """Write the rest, and let PostgreSQL know what is there now, as autovacuum would."""
        self.write()
        for index in self.indexes:
            index.create(self.session.connection())
        if not self.is_postgres:
            return
        for record in self.counts:
            name = record.__tablename__
            self.session.execute(
                text(f"SELECT setval('{name}_id_seq', (SELECT max(id) FROM {name}))")  # noqa: S608 - our own names
            )
        self.session.execute(text("SET LOCAL session_replication_role = origin"))
        self.session.execute(text("ANALYZE"))


def _every_index() -> list[Index]:
    tables = Record.metadata.sorted_tables
    return [index for table in tables for index in sorted(table.indexes, key=str)]


def _readers(record: type[Record], dialect: Dialect, *, named: Row) -> dict[str, Reader]:
    """Say by column, in the table's order, how its value is read from a row."""
    table = record.__table__
    assert isinstance(table, Table)
    return {
        column.name: _reader(column, dialect, is_named=column.name in named)
        for column in table.columns
        if column.name in named or column.default is not None
    }


def _reader(column: Column[object], dialect: Dialect, *, is_named: bool) -> Reader:
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    name = column.name
    if not is_named:
        default = column.default
        assert isinstance(default, ColumnDefault)
        given = default.arg(None) if default.is_callable else default.arg
        value = process(given) if process else given
        return lambda _row: value
    if process is None:
        return itemgetter(name)
    return lambda row: process(row[name])


def _values(readers: Iterable[Reader], rows: Iterable[Row]) -> Iterator[tuple[object, ...]]:
    every = tuple(readers)
    return (tuple([read(row) for read in every]) for row in rows)


def _copy(
    driver: PgConnection,
    table: str,
    columns: Sequence[str],
    values: Iterable[Sequence[object]],
) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    wanted = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with driver.cursor() as cursor, cursor.copy(wanted) as copy:
        for row in values:
            copy.write_row(row)


def ago(days: float) -> datetime:
    """Say when it was so many days ago; negative: when it will be."""
    return NOW - timedelta(days=days)
