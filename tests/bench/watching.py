"""Counts what a piece of work asks of the database: statements, and rows written by table."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, event

WRITES = ("INSERT INTO ", "UPDATE ", "DELETE FROM ")


@dataclass(slots=True)
class Seen:
    """What was asked."""

    statements: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    """Rows inserted, updated or deleted, by table; what was taken back does not count."""

    @property
    def changed(self) -> int:
        """All rows together."""
        return self.rows.total()


@dataclass(slots=True)
class _Watch:
    """Hears what goes over a connection."""

    seen: Seen = field(default_factory=Seen)
    before: list[Counter[str]] = field(default_factory=list)
    """For each savepoint that is open: the rows written before it."""

    def note(
        self,
        _conn: object,
        cursor: object,
        statement: str,
        parameters: object,
        _context: object,
        executemany: bool,
    ) -> None:
        self.seen.statements += 1
        for verb in WRITES:
            if statement.startswith(verb):
                table = statement.removeprefix(verb).split()[0].strip('"')
                many = (
                    len(parameters) if executemany and isinstance(parameters, list) else 0
                )
                changed = getattr(cursor, "rowcount", -1)
                self.seen.rows[table] += changed if changed >= 0 else many or 1

    def save(self, _conn: object, _name: object) -> None:
        self.before.append(self.seen.rows.copy())

    def let_stand(self, _conn: object, _name: object, _context: object) -> None:
        self.before.pop()

    def take_back(self, _conn: object, _name: object, _context: object) -> None:
        self.seen.rows = self.before.pop()


@contextmanager
def watching(connection: Connection) -> Iterator[Seen]:
    """Count what goes over a connection while the block runs."""
    watch = _Watch()
    heard = (
        ("after_cursor_execute", watch.note),
        ("savepoint", watch.save),
        ("release_savepoint", watch.let_stand),
        ("rollback_savepoint", watch.take_back),
    )
    for what, then in heard:
        event.listen(connection, what, then)
    try:
        yield watch.seen
    finally:
        for what, then in heard:
            event.remove(connection, what, then)
