"""People at the pages of a workshop, on SQLite; some tests also on PostgreSQL."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from hub.app import create_app
from hub.domain.people.roles import Role
from hub.models.session import Database
from hub.ports import Ports
from tests.web.pages.goods import order_of
from tests.web.pages.visitor import Visitor, visit

As = Callable[[Role], Visitor]


@pytest.fixture
def be(app: Flask, ports: Ports) -> As:
    """Opens a browser of somebody with a role."""
    return lambda role: visit(app, ports, role=role)


@pytest.fixture
def owner(be: As) -> Visitor:
    """The owner's browser."""
    return be(Role.OWNER)


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    """The browser of somebody who is not logged in."""
    return Visitor(app.test_client())


@pytest.fixture
def other(app: Flask) -> Visitor:
    """A second browser that is not logged in."""
    return Visitor(app.test_client())


@pytest.fixture
def pg_ports(ports: Ports, pg_database: Database) -> Ports:
    """The same ports on PostgreSQL."""
    return replace(ports, database=pg_database)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def anywhere(request: pytest.FixtureRequest) -> Ports:
    """The ports of the app, once on each engine."""
    name = "ports" if request.param == "sqlite" else "pg_ports"
    found = request.getfixturevalue(name)
    assert isinstance(found, Ports)
    return found


@pytest.fixture
def boss(anywhere: Ports) -> Visitor:
    """The owner's browser, once on each engine."""
    return visit(create_app(anywhere), anywhere, role=Role.OWNER)


@pytest.fixture
def an_order(ports: Ports) -> int:
    """An order for two candles that are in stock, planned."""
    with ports.database.begin() as session:
        return order_of(session, pieces=2, in_stock=10)
