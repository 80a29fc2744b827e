"""An app on a fresh database, with tokens of every role and a clock that stands still."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from connectors.registry import OURS
from hub.app import create_app
from hub.domain.roles import Role
from hub.flow.tokens import make_token
from hub.models.session import Database
from hub.models.vault import vault_of
from hub.ports import Ports
from hub.settings import Settings
from tests.factories import NOW


class StandingClock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        """Say the time it was set to."""
        return self.time


class Woken:
    """Writes down which jobs were asked for."""

    def __init__(self) -> None:
        self.kinds: list[str] = []

    def wake(self, kind: str) -> None:
        """Note one call."""
        self.kinds.append(kind)


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
    return Ports(
        database=app_database,
        clock=clock,
        wake=woken,
        vault=vault_of([b"k" * 32]),
        settings=settings,
        channels=OURS,
    )


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
