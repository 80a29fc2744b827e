"""Tokens held to scopes: every route of the app against every scope, deny by default."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.domain.people.roles import Role
from hub.domain.people.scopes import Scope, permits
from hub.flow.people.tokens import make_token
from hub.flow.refusal import Invalid
from hub.ports import Ports
from hub.web.api.scopes import ROUTES, SCOPE_OF, scope_of
from hub.web.guard.api_roles import ALLOWED, PREFIX, route_name
from tests.factories import NOW
from tests.web.api.program import Program
from tests.web.api.test_access import an_address, routes
from tests.web.ports import StandingClock

ScopedProgram = Callable[..., Program]


@pytest.fixture
def scoped(client: FlaskClient, ports: Ports) -> ScopedProgram:
    """Makes a program of a role that is held to scopes."""

    def made(*scopes: str, role: Role = Role.OWNER) -> Program:
        token = ports.database.run(
            lambda session: make_token(
                session, name="ci", role=role, scopes=scopes, now=NOW
            )
        )
        return Program(client, token=token, ports=ports)

    return made


def test_every_route_needs_just_one_scope_and_every_scope_opens_something() -> None:
    assert set(SCOPE_OF) == set(ALLOWED)
    assert sum(len(found) for found in ROUTES.values()) == len(ALLOWED)
    assert {scope for scope in Scope if ROUTES.get(scope)} == set(Scope)


def test_a_route_that_changes_something_is_never_opened_by_a_scope_that_reads() -> None:
    looks = {"POST /what-if", "POST /notification-templates/<event>/<locale>/preview"}

    wrong = {
        route
        for route, scope in SCOPE_OF.items()
        if (route.startswith("GET ") or route in looks) is not scope.endswith(":read")
    }

    assert wrong == set()


def test_each_route_is_opened_by_its_scope_and_by_no_other(
    app: Flask, scoped: ScopedProgram
) -> None:
    held = {scope: scoped(scope) for scope in Scope}
    lacking = {scope: scoped(*(set(Scope) - {scope})) for scope in Scope}
    wrong = []

    for method, rule in routes(app):
        name = route_name(method=method, rule=rule)
        needed = scope_of(name)
        if needed is None:
            continue
        path = an_address(rule).removeprefix(PREFIX)
        opened = held[needed].call(method, path).status
        shut = lacking[needed].call(method, path).status
        if opened in {401, 403} or shut != 403:
            wrong.append((name, opened, shut))

    assert wrong == []


def test_a_scope_opens_nothing_its_role_does_not(scoped: ScopedProgram) -> None:
    viewer = scoped("orders:read", "orders:write", "channels:read", role=Role.VIEWER)

    assert viewer.call("GET", "/orders").status == 200
    assert viewer.call("POST", "/orders/1/hold").status == 403
    assert viewer.call("GET", "/channels").status == 403


def test_a_token_without_scopes_is_held_to_its_role_alone(scoped: ScopedProgram) -> None:
    assert scoped().call("GET", "/invariants").status == 200


def test_what_a_scope_lacks_is_said(scoped: ScopedProgram) -> None:
    answer = scoped("stock:read").call("GET", "/orders")

    assert answer.status == 403
    assert "orders:read" in str(answer.json)


def test_a_route_nobody_gave_a_scope_is_shut_to_whoever_is_held_to_some() -> None:
    assert scope_of("GET /secrets") is None
    assert not permits(["orders:read"], needed=None)
    assert not permits(["orders:*"], needed=Scope.ORDERS_READ)


def test_a_token_ends_by_itself(
    ports: Ports, client: FlaskClient, clock: StandingClock
) -> None:
    token = ports.database.run(
        lambda session: make_token(
            session, name="ci", role="owner", now=NOW, expires_at=NOW + timedelta(days=1)
        )
    )
    program = Program(client, token=token, ports=ports)
    assert program.call("GET", "/items").status == 200

    clock.time = NOW + timedelta(days=1)

    assert program.call("GET", "/items").status == 401


@pytest.mark.parametrize("days", [-1, 0, 4_000])
def test_a_token_neither_ends_before_it_begins_nor_outlives_us(
    ports: Ports, days: int
) -> None:
    with ports.database.begin() as session, pytest.raises(Invalid):
        make_token(
            session, name="ci", role="owner", now=NOW, expires_at=NOW + timedelta(days=days)
        )


def test_there_is_no_scope_of_ones_own(ports: Ports) -> None:
    with ports.database.begin() as session, pytest.raises(Invalid, match="people:write"):
        make_token(session, name="ci", role="owner", scopes=["people:write"], now=NOW)
