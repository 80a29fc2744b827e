"""No form works that did not come from our own page."""

import pytest
from flask import Flask

from hub.domain.people.roles import Role
from hub.ports import Ports
from hub.web.guard.api_roles import ALLOWED as API
from hub.web.guard.api_roles import PREFIX
from hub.web.guard.csrf import CHANGES_NOTHING, EXEMPT
from hub.web.guard.page_guard import FOR_PROGRAMS
from tests.web.pages.guard.test_roles import routes_of
from tests.web.pages.visitor import Visitor, visit


def test_the_routes_without_a_token_are_exactly_these(app: Flask) -> None:
    changing = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - CHANGES_NOTHING
    }
    of_the_api = {
        f"{method} {PREFIX}{path}"
        for method, _, path in (route.partition(" ") for route in API)
        if method != "GET"
    }

    spared = {route for route in changing if route in FOR_PROGRAMS}

    assert spared <= of_the_api | {"POST /webhooks/<channel>/<key>"}
    assert spared <= EXEMPT
    assert "POST /webhooks/<channel>/<key>" in spared


def test_every_form_is_refused_without_its_token(app: Flask, ports: Ports) -> None:
    owner = visit(app, ports, role=Role.OWNER)
    passed = [
        address
        for method, address, _ in routes_of(app)
        if method == "POST" and owner.client.post(address).status_code != 403
    ]

    assert passed == []


def test_reading_changes_nothing(app: Flask) -> None:
    methods = {
        view: {method for method, _, other in routes_of(app) if other == view}
        for _, _, view in routes_of(app)
    }

    assert all(len(each) == 1 for each in methods.values())


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Origin": "http://["},
    ],
)
def test_a_form_from_another_site_is_refused_though_it_has_the_token(
    owner: Visitor, headers: dict[str, str]
) -> None:
    token = owner.token()

    response = owner.client.post("/logout", data={"csrf": token}, headers=headers)

    assert response.status_code == 403
    assert owner.open("/").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, {}],
)
def test_a_form_of_ours_is_taken(owner: Visitor, headers: dict[str, str]) -> None:
    response = owner.client.post("/logout", data={"csrf": owner.token()}, headers=headers)

    assert response.status_code == 303


def test_the_token_of_one_person_is_no_use_to_another(app: Flask, ports: Ports) -> None:
    owner = visit(app, ports, role=Role.OWNER)
    maker = visit(app, ports, role=Role.MAKER)

    response = owner.client.post("/logout", data={"csrf": maker.token()})

    assert response.status_code == 403


def test_a_log_in_form_needs_the_token_of_its_own_page(stranger: Visitor) -> None:
    stranger.open("/login")

    response = stranger.client.post("/login", data={"csrf": "0" * 64})

    assert response.status_code == 403
