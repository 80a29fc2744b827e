"""The grounds schedules run on, one a test process and engine."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hub.models.session import Database
from tests.ground.postgres import PgServer
from tests.simulation.ground import Ground, postgres_ground, sqlite_ground
from tests.simulation.world import found


@pytest.fixture(scope="session")
def sqlite_workshop(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ground]:
    """A founded workshop on SQLite, put back before each schedule."""
    folder = tmp_path_factory.mktemp("simulation")
    founded = folder / "founded.db"
    shutil.copyfile(sqlite_template, founded)
    _found(f"sqlite:///{founded}")
    with closing(sqlite3.connect(founded)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ground = sqlite_ground(founded, place=folder / "workshop.db")
    yield ground
    ground.end()


@pytest.fixture(scope="session")
def postgres_workshop(pg_server: PgServer, pg_template: str) -> Iterator[Ground]:
    """A founded workshop on PostgreSQL, put back before each schedule."""
    founded = pg_server.create(pg_template)
    _found(founded)
    ground = postgres_ground(pg_server, founded=founded)
    yield ground
    ground.end()


def _found(url: str) -> None:
    database = Database(url)
    with database.begin() as session:
        found(session)
    database.dispose()
