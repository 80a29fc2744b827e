"""The ground a schedule starts on: one engine a process, a database put back in a moment.

SQLAlchemy keeps its compiled statements with the engine, so a process of ours that dies and
starts again is the same engine without its connections: the database cannot tell the difference,
and a schedule takes a third of the time.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import event

from hub.models.session import Database, no_failpoint
from tests.ground.postgres import PgServer


@dataclass
class Ground:
    """Where schedules run, one after the other."""

    url: str
    put_back: Callable[[], None]
    """Bring the database to what it was when the workshop was founded."""

    def __post_init__(self) -> None:
        """Make the engine of the process that dies, and that of the schedule's own eyes."""
        self.database = Database(self.url, pool_size=4)
        self.eyes = Database(self.url, pool_size=1)
        self.at_statement: Callable[[], None] = lambda: None
        event.listen(self.database.engine, "before_cursor_execute", self._before)

    def begin(
        self, *, at_statement: Callable[[], None], failpoint: Callable[[str], None]
    ) -> None:
        """Start a schedule: the founded workshop, and its ways to die."""
        self.end()
        self.put_back()
        self.at_statement = at_statement
        self.database.failpoint = failpoint

    def end(self) -> None:
        """Close every connection, as a dead process does."""
        self.at_statement = lambda: None
        self.database.failpoint = no_failpoint
        self.database.dispose()
        self.eyes.dispose()

    def _before(self, *_: object) -> None:
        self.at_statement()


def sqlite_ground(founded: Path, *, place: Path) -> Ground:
    """Make a ground on an SQLite file copied from a founded workshop."""

    def put_back() -> None:
        for leftover in ("-wal", "-shm"):
            place.with_name(place.name + leftover).unlink(missing_ok=True)
        shutil.copyfile(founded, place)

    return Ground(url=f"sqlite:///{place}", put_back=put_back)


def postgres_ground(server: PgServer, *, founded: str) -> Ground:
    """Make a ground on a PostgreSQL database that is dropped and copied anew under one name."""
    url = server.create(founded)

    def put_back() -> None:
        server.renew(url, template=founded)

    return Ground(url=url, put_back=put_back)
