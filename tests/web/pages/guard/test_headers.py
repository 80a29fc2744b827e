"""What every answer tells the browser, also the refused and the broken ones."""

from dataclasses import replace

import pytest
from flask import Flask

from hub.app import create_app
from hub.domain.people.roles import Role
from hub.ports import Ports
from tests.web.pages.guard.test_roles import routes_of
from tests.web.pages.visitor import Visitor, visit

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none';"
    " base-uri 'none'"
)


def test_every_page_has_the_headers(app: Flask, ports: Ports) -> None:
    owner = visit(app, ports, role=Role.OWNER)
    bare = []

    for method, address, _ in routes_of(app):
        headers = owner.client.open(address, method=method).headers
        if (
            headers.get("Content-Security-Policy") != POLICY
            or headers.get("X-Content-Type-Options") != "nosniff"
            or headers.get("Referrer-Policy") != "same-origin"
            or headers.get("Cache-Control") != "no-store"
            or "Strict-Transport-Security" in headers
        ):
            bare.append((method, address, dict(headers)))

    assert bare == []


@pytest.mark.parametrize(
    "address",
    ["/nothing", "/webhooks/shopify/none", "/healthz", "/api/v1/orders", "/static/app.css"],
)
def test_other_answers_have_them_too(stranger: Visitor, address: str) -> None:
    headers = stranger.open(address).headers

    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_behind_tls_the_cookie_belongs_to_this_host_alone(ports: Ports) -> None:
    settings = ports.settings.model_copy(update={"public_url": "https://localhost"})
    app = create_app(replace(ports, settings=settings))
    visit(app, ports, role=Role.OWNER)
    client = app.test_client()

    response = client.get("/login", base_url="https://localhost")

    [cookie] = response.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-hornada-visitor=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert response.headers["Strict-Transport-Security"]


def test_a_broken_page_says_so_and_shows_nothing_of_its_inside(
    app: Flask, owner: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down() -> str:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setitem(app.view_functions, "pages.list_orders", break_down)

    response = owner.open("/orders")

    assert response.status_code == 500
    assert "swordfish" not in response.text
    assert "RuntimeError" not in response.text
    assert response.headers["X-Request-Id"] in response.text
    assert response.headers["Content-Security-Policy"] == POLICY


def test_pages_hold_no_script_or_style_of_their_own(owner: Visitor) -> None:
    for address in ("/", "/orders", "/production", "/channels/connect", "/stock/add"):
        page = owner.see(address)
        assert "<style" not in page
        assert "style=" not in page
        assert "onclick" not in page
        assert page.count("<script") == page.count('<script src="/static/') >= 1


def test_a_file_with_a_stamp_is_kept_for_a_year_and_one_without_is_asked_for_again(
    stranger: Visitor,
) -> None:
    stamped = stranger.open("/static/app.css?v=0123abcd")
    plain, missing = stranger.open("/static/app.css"), stranger.open("/static/no.css?v=1")

    assert stamped.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert plain.headers["Cache-Control"] == "no-cache"
    assert "immutable" not in missing.headers.get("Cache-Control", "")


def test_files_go_squeezed_and_pages_never(app: Flask, owner: Visitor) -> None:
    asking = {"Accept-Encoding": "gzip, br"}

    style = app.test_client().get("/static/app.css", headers=asking)
    page = owner.client.get("/", headers=asking)

    assert style.headers["Content-Encoding"] in {"br", "gzip"}
    assert len(style.data) < 12_000
    assert page.status_code == 200
    assert "Content-Encoding" not in page.headers
