"""How SQLite finds what a page asks for: which tables it walks whole, and by which index."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Engine, event

from hub.ports import Ports
from tests.web.pages.visitor import Visitor

Asked = tuple[str, Sequence[object]]


@contextmanager
def asked_of(engine: Engine) -> Iterator[list[Asked]]:
    """Write down what the database is asked while the block runs."""
    asked: list[Asked] = []

    def note(
        _c: object, _cur: object, sql: str, values: Sequence[object], *_: object
    ) -> None:
        asked.append((sql, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def count_asked(ports: Ports, visitor: Visitor, path: str) -> int:
    """Count the statements that a page takes."""
    with asked_of(ports.database.engine) as asked:
        visitor.see(path)
    return len(asked)


def plans_of(ports: Ports, visitor: Visitor, path: str) -> list[str]:
    """Return each step by which SQLite answers a page: "SCAN item", "SEARCH lot USING …"."""
    engine = ports.database.engine
    with asked_of(engine) as asked:
        visitor.see(path)
    return steps_of(engine, asked)


def steps_of(engine: Engine, asked: Sequence[Asked]) -> list[str]:
    """Return each step by which SQLite answers what it was asked."""
    steps: list[str] = []
    with engine.connect() as connection:
        for sql, values in asked:
            if sql.lstrip().upper().startswith(("SELECT", "WITH")):
                steps += [
                    str(row[3])
                    for row in connection.exec_driver_sql(
                        f"EXPLAIN QUERY PLAN {sql}", tuple(values)
                    )
                ]
    return steps


def walked(steps: Sequence[str]) -> set[str]:
    """Name the tables that are read from one end to the other."""
    return {step.split()[1] for step in steps if step.startswith("SCAN")}
