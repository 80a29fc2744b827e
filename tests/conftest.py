"""The ground of every test: real servers, no outside world, a seed that can be replayed."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import hypothesis
import pytest

from tests.postgres import PgServer

pytest_plugins = [
    "tests.outside_world",
    "tests.seed",
    "tests.servers_used",
    "tests.databases",
    "tests.queue_server",
]

ROOT = Path(__file__).resolve().parent.parent

# Machines differ in speed; a slow example is not a wrong one.
hypothesis.settings.register_profile("hornada", deadline=None, print_blob=True)
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


# Fixtures that need the schema (engine, session, a template database) go below this line.
