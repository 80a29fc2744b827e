"""An app on a fresh database, with tokens of every role and a clock that stands still."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.app import create_app
from hub.domain.people.roles import Role
from hub.flow.people.tokens import make_token
from hub.models.session import Database
from hub.ports import Ports
from hub.settings import Settings
from tests.factories import NOW
from tests.web.ports import StandingClock, Woken, make_ports


@pytest.fixture
def clock() -> StandingClock:
    """The clock of the app."""
    return StandingClock()


@pytest.fixture
def woken() -> Woken:
    """What the app asked the workers for."""
    return Woken()


@pytest.fixture
def settings() -> Settings:
    """A workshop on this machine whose channels may be on it too."""
    return Settings(allow_loopback=True)


@pytest.fixture
def app_database(sqlite_database: Database) -> Database:
    """The database of the app; a test module may choose another."""
    return sqlite_database


@pytest.fixture
def ports(
    app_database: Database, clock: StandingClock, woken: Woken, settings: Settings
) -> Ports:
    """The ports of the app."""
    return make_ports(app_database, clock=clock, wake=woken, settings=settings)


@pytest.fixture
def app(ports: Ports) -> Flask:
    """The whole app."""
    return create_app(ports)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A caller without a token."""
    return app.test_client()


@pytest.fixture
def token_of(ports: Ports) -> Callable[[Role], str]:
    """Makes a token of a role."""

    def make(role: Role) -> str:
        return ports.database.run(
            lambda session: make_token(session, name=role, role=role, now=NOW)
        )

    return make
