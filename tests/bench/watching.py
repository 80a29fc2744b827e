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
    """Rows inserted, updated or deleted, by table."""

    @property
    def changed(self) -> int:
        """All rows together."""
        return self.rows.total()


@contextmanager
def watching(connection: Connection) -> Iterator[Seen]:
    """Count what goes over a connection while the block runs."""
    seen = Seen()

    def note(
        _conn: object,
        cursor: object,
        statement: str,
        parameters: object,
        _context: object,
        executemany: bool,
    ) -> None:
        seen.statements += 1
        for verb in WRITES:
            if statement.startswith(verb):
                table = statement.removeprefix(verb).split()[0].strip('"')
                many = (
                    len(parameters) if executemany and isinstance(parameters, list) else 0
                )
                changed = getattr(cursor, "rowcount", -1)
                seen.rows[table] += changed if changed >= 0 else many or 1

    event.listen(connection, "after_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(connection, "after_cursor_execute", note)
