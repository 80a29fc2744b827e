"""A slash at the end of an address: the same page, and never a way out of this hub."""

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from hub.domain.people.roles import Role
from hub.ports import Ports
from tests.web.pages.guard.test_roles import routes_of
from tests.web.pages.visitor import Visitor, visit


def test_every_page_answers_with_a_slash_at_its_end_too(app: Flask, ports: Ports) -> None:
    owner = visit(app, ports, role=Role.OWNER)
    wrong = []

    for method, address, _ in routes_of(app):
        if method == "GET" and address != "/":
            response = owner.open(f"{address}/?q=a%26b&page=2")
            if (response.status_code, response.location) != (
                308,
                f"{address}?q=a%26b&page=2",
            ):
                wrong.append((address, response.status_code, response.location))

    assert wrong == []


def test_a_stranger_is_sent_to_the_address_without_it_and_told_nothing_else(
    stranger: Visitor,
) -> None:
    response = stranger.open("/orders/")

    assert (response.status_code, response.location) == (308, "/orders")
    assert stranger.open("/orders").status_code == 303


def asked(stranger: Visitor, path: str) -> TestResponse:
    """Ask for a path as it came over the wire, which a client would tidy."""
    return stranger.client.get("/", environ_overrides={"PATH_INFO": path})


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/",
        "//evil.example//",
        "/\\evil.example/",
        "/nothing/",
        "/https://evil.example/",
        "//evil.example/orders/",
        "//user@evil.example/%2e%2e/",
    ],
)
def test_what_is_no_page_of_ours_leads_nowhere(stranger: Visitor, path: str) -> None:
    response = asked(stranger, path)

    assert response.status_code == 404
    assert "Location" not in response.headers


@pytest.mark.parametrize("path", ["//orders/", "/orders//", "///orders///"])
def test_many_slashes_lead_to_this_hub_alone(stranger: Visitor, path: str) -> None:
    response = asked(stranger, path)

    assert (response.status_code, response.location) == (308, "/orders")


def test_a_form_with_a_slash_is_not_sent_on(stranger: Visitor) -> None:
    assert stranger.client.post("/login/").status_code == 404
