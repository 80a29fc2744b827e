"""Many rows written at once, with ids given here: for benches that want a shop of years."""

from datetime import datetime, timedelta
from random import Random

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from hub.models.base import Record
from tests.factories import NOW

AT_ONCE = 10_000


class ManyRows:
    """Rows to be written by table; each table's ids count from 1 in the order they come."""

    def __init__(self, session: Session, *, seed: int = 3) -> None:
        self.session = session
        self.dice = Random(seed)
        self.counts: dict[type[Record], int] = {}
        self.waiting: dict[type[Record], list[dict[str, object]]] = {}

    def add(self, record: type[Record], **values: object) -> int:
        """Add a row and give its id. The rows of one table must name the same columns."""
        row_id = self.counts[record] = self.counts.get(record, 0) + 1
        self.waiting.setdefault(record, []).append({"id": row_id, **values})
        return row_id

    def write(self) -> None:
        """Write what waits, what others lean on first."""
        known = {table.name: n for n, table in enumerate(Record.metadata.sorted_tables)}
        waiting = sorted(
            self.waiting.items(), key=lambda each: known[each[0].__tablename__]
        )
        for record, rows in waiting:
            for start in range(0, len(rows), AT_ONCE):
                self.session.execute(insert(record), rows[start : start + AT_ONCE])
        self.waiting.clear()

    def finish(self) -> None:
        """Write the rest, and let the engine know what is there now."""
        self.write()
        if self.session.get_bind().dialect.name == "postgresql":
            for record in self.counts:
                name = record.__tablename__
                self.session.execute(
                    text(f"SELECT setval('{name}_id_seq', (SELECT max(id) FROM {name}))")  # noqa: S608 - our own names
                )
            # As autovacuum would; on SQLite the product gathers no statistics, nor does this.
            self.session.execute(text("ANALYZE"))


def ago(days: float) -> datetime:
    """Say when it was so many days ago; negative: when it will be."""
    return NOW - timedelta(days=days)
