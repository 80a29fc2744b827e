"""The ground of every test: real servers, no outside world, a seed that can be replayed."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import hypothesis
import pytest
from sqlalchemy.orm import Session

from hub.models import migrate
from hub.models.session import Database
from tests.ground.postgres import PgServer

pytest_plugins = [
    "tests.ground.outside_world",
    "tests.ground.longest_first",
    "tests.ground.compiled_once",
    "tests.ground.unsynced",
    "tests.ground.unswept",
    "tests.ground.names_given",
    "tests.ground.seed",
    "tests.ground.servers_used",
    "tests.ground.chromium",
    "tests.ground.databases",
    "tests.ground.queue_server",
    "tests.simulation.report",
    "tests.letters.report",
]

ROOT = Path(__file__).resolve().parent.parent

# Machines differ in speed; a slow example is not a wrong one.
hypothesis.settings.register_profile("exploring", deadline=None, print_blob=True)
hypothesis.settings.register_profile(
    "hornada", parent=hypothesis.settings.get_profile("exploring"), derandomize=True
)
hypothesis.settings.load_profile("hornada")


@pytest.fixture(scope="session")
def vendor() -> Path:
    """The shops' own schemas and samples, which are not ours to publish.

    HORNADA_VENDOR names their folder, else they are looked for beside the checkout.
    """
    folder = Path(os.environ.get("HORNADA_VENDOR") or ROOT.parent / "shared" / "vendor")
    if not folder.is_dir():
        pytest.skip(
            "the vendors' own schemas are not here (HORNADA_VENDOR names their folder)"
        )
    return folder


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def db_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, empty database for this test: once SQLite, once PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'hornada.db'}"
        return
    server = cast(PgServer, request.getfixturevalue("pg_server"))
    url = server.create()
    yield url
    server.drop(url)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file at the newest revision, to be copied and never opened."""
    path = tmp_path_factory.mktemp("template") / "hornada.db"
    migrate.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def pg_template(pg_server: PgServer) -> str:
    """The URL of a PostgreSQL database at the newest revision, to be copied and never opened."""
    url = pg_server.create()
    migrate.upgrade(url)
    return url


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A fresh SQLite database with the schema and nothing in it."""
    path = tmp_path / "workshop.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.dispose()


@pytest.fixture
def pg_database(pg_server: PgServer, pg_template: str) -> Iterator[Database]:
    """A fresh PostgreSQL database with the schema and nothing in it."""
    url = pg_server.create(pg_template)
    database = Database(url)
    yield database
    database.dispose()
    pg_server.drop(url)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Database:
    """A fresh database with the schema and nothing in it: once SQLite, once PostgreSQL."""
    name = "sqlite_database" if request.param == "sqlite" else "pg_database"
    return cast(Database, request.getfixturevalue(name))


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A transaction that may write, on each engine in turn; nothing of it is kept."""
    with Session(database.engine, expire_on_commit=False) as made:
        yield made
        made.rollback()
