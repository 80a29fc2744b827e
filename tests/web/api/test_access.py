"""Who may call what: every route of the app against every role, generated from the URL map."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.domain.people.roles import Role
from hub.flow.people.tokens import find_token, revoke_token
from hub.ports import Ports
from hub.web.guard.api_roles import ALLOWED, OPEN, PREFIX, may_call, route_name
from tests.factories import NOW
from tests.web.api.program import Program, told


def routes(app: Flask) -> Iterator[tuple[str, str]]:
    """Give every method and rule under /api/."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/"):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, rule.rule


def names(app: Flask) -> set[str]:
    return {route_name(method=method, rule=rule) for method, rule in routes(app)}


def an_address(rule: str) -> str:
    """Write an address of a rule that names nothing there is."""
    parts = [("999" if part.startswith("<") else part) for part in rule.split("/")]
    return "/".join(parts)


def test_the_table_holds_every_route_and_nothing_else(app: Flask) -> None:
    assert names(app) == set(ALLOWED) | OPEN


def test_a_route_nobody_wrote_down_is_nobodys() -> None:
    assert not any(may_call(role, route="GET /secrets") for role in Role)


def test_every_role_gets_exactly_what_the_table_says(
    app: Flask, program_of: Callable[[Role], Program]
) -> None:
    programs = {role: program_of(role) for role in Role}
    wrong = []

    for method, rule in routes(app):
        name = route_name(method=method, rule=rule)
        for role in Role if name not in OPEN else ():
            path = an_address(rule).removeprefix(PREFIX)
            status = programs[role].call(method, path).status
            if (status == 403) is may_call(role, route=name) or status == 401:
                wrong.append((name, role, status))

    assert wrong == []


def test_no_route_is_open_without_a_token(app: Flask, client: FlaskClient) -> None:
    answers = {
        route_name(method=method, rule=rule): client.open(an_address(rule), method=method)
        for method, rule in routes(app)
    }

    assert {name for name, answer in answers.items() if answer.status_code != 401} == OPEN
    for name in answers.keys() - OPEN:
        assert answers[name].headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer hor_wrong",
        "Basic dXNlcjpwYXNz",
        "bearer  é",
        "Bearer a b",
        "Bearer " + "x" * 5000,
        "Token hor_wrong",
    ],
)
def test_what_is_no_token_opens_nothing(client: FlaskClient, header: str) -> None:
    sent = {"Authorization": header.encode().decode("latin-1")}

    answer = told(client.get(f"{PREFIX}/items", headers=sent))

    assert (answer.status, answer.json["status"]) == (401, 401)


def test_a_revoked_token_opens_nothing_any_more(owner: Program, ports: Ports) -> None:
    owner.get("/items")
    with ports.database.begin() as session:
        token = find_token(session, token=owner.token, now=NOW)
        assert token is not None
        revoke_token(session, token_id=token.id, now=NOW)

    assert owner.call("GET", "/items").status == 401


def test_an_unknown_address_is_not_found_whoever_asks(client: FlaskClient) -> None:
    answer = told(client.get("/api/v1/secrets"))

    assert (answer.status, answer.headers["Content-Type"]) == (
        404,
        "application/problem+json",
    )
