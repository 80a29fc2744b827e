"""Fixtures that give tests a PostgreSQL database of their own."""

import contextlib
from collections.abc import Callable, Iterator

import pytest

from tests.ground.postgres import NoPostgres, PgServer, any_postgres
from tests.ground.servers_used import note_server


@pytest.fixture(scope="session")
def pg_server(pytestconfig: pytest.Config) -> Iterator[PgServer]:
    """One server for this test process (each xdist worker has its own)."""
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(any_postgres())
        except NoPostgres as error:
            pytest.fail(
                f"no PostgreSQL for the tests that need one: {error}", pytrace=False
            )
        note_server(pytestconfig, "PostgreSQL", f"{server.version()}, {server.source}")
        yield server


@pytest.fixture(scope="session")
def pg_url(pg_server: PgServer) -> str:
    """The URL of one empty database that lives as long as the test process."""
    return pg_server.create()


@pytest.fixture
def make_pg_database(pg_server: PgServer) -> Iterator[Callable[[str | None], str]]:
    """Makes databases, empty or copied from a template's URL; dropped after the test."""
    made: list[str] = []

    def make(template: str | None = None) -> str:
        made.append(pg_server.create(template))
        return made[-1]

    yield make
    for url in made:
        pg_server.drop(url)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that asks for PostgreSQL, so that `-m postgres` finds it."""
    for item in items:
        if "pg_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.postgres)
