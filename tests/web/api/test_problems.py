"""What is refused before anything is looked at, and what is never told."""

import json
from typing import NoReturn

import pytest
import structlog
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError, OperationalError

from hub.web.api.reading import LIMIT
from tests.web.api.program import Program, Told, told

ITEM = {"code": "NEW", "name": "New", "kind": "product", "unit": "each"}


def send(program: Program, body: bytes, *, mime: str = "application/json") -> Told:
    """Post raw bytes as an item."""
    return told(
        program.client.post(
            "/api/v1/items",
            data=body,
            content_type=mime,
            headers={"Authorization": f"Bearer {program.token}"},
        )
    )


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe{\x00}\x00",
        b'{"code": "A", "code": "B"}',
        b'{"code": "a\\u0000b"}',
        b'{"code": "\\ud800"}',
        b'{"code": NaN}',
        b'{"code": 1e999}',
        b'{"code": 123456789012345678901234567890}',
        b"[" * 100 + b"]" * 100,
        b"nul",
        b"{} {}",
    ],
)
def test_what_is_not_json_as_we_take_it_is_malformed(owner: Program, body: bytes) -> None:
    answer = send(owner, body)

    assert (answer.status, answer.json["type"]) == (400, "urn:hornada:problem:invalid_json")
    assert owner.get("/items").items == []


@pytest.mark.parametrize("body", [b"[]", b'"{}"', b"null", b"7", b"true"])
def test_json_that_is_no_object_has_no_fields(owner: Program, body: bytes) -> None:
    assert send(owner, body).status == 422


def test_no_body_at_all_lacks_every_field(owner: Program) -> None:
    assert {"code", "name", "kind", "unit"} <= set(send(owner, b"", mime="").fields)


@pytest.mark.parametrize("mime", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_only_json_is_read(owner: Program, mime: str) -> None:
    answer = send(owner, json.dumps(ITEM).encode(), mime=mime)

    assert answer.status == 415


def test_a_charset_beside_the_type_is_no_harm(owner: Program) -> None:
    mime = "application/json; charset=utf-8"

    assert send(owner, json.dumps(ITEM).encode(), mime=mime).status == 201


def test_a_body_up_to_the_limit_is_read_and_one_beyond_is_not(owner: Program) -> None:
    body = json.dumps(ITEM).encode()

    fits = send(owner, body + b" " * (LIMIT - len(body)))
    beyond = send(owner, body + b" " * (LIMIT - len(body) + 1))

    assert (fits.status, beyond.status) == (201, 413)
    assert beyond.json["type"] == "urn:hornada:problem:too_large"


def test_a_wrong_method_says_which_are_right(owner: Program) -> None:
    answer = owner.call("DELETE", "/items")

    assert answer.status == 405
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_what_was_sent_is_never_echoed(owner: Program) -> None:
    script = "<script>alert(1)</script>"
    tries = [
        owner.call("POST", "/items", ITEM | {"kind": script}),
        owner.call("POST", "/items", ITEM | {"safety_stock": script}),
        owner.call("POST", "/items", ITEM | {"shelf_life_days": script}),
        owner.call("GET", f"/items/{script}"),
        owner.call("GET", f"/orders?phase={script}"),
        owner.call("GET", f"/lots?item={script}"),
        send(owner, script.encode()),
    ]

    assert [answer.status for answer in tries] == [422, 422, 422, 404, 422, 422, 400]
    assert not [answer.text for answer in tries if "alert" in answer.text]


# Exceptions ------------------------------------------------------------------------------

SECRET = "password=hunter2 at /srv/hornada"


FAILURES = {
    "bug": ValueError(SECRET),
    "collision": IntegrityError(SECRET, {}, Exception(SECRET)),
    "away": OperationalError(SECRET, {}, Exception(SECRET)),
}


@pytest.fixture
def broken(app: Flask) -> Flask:
    """The app, whose list of items fails in the way it is asked to."""

    def fail() -> str:
        raise FAILURES[request.args["how"]]

    app.view_functions["api.list_items"] = fail
    return app


@pytest.mark.parametrize("how,status", [("bug", 500), ("collision", 409), ("away", 503)])
def test_an_exception_is_answered_without_its_words(
    broken: Flask, owner: Program, how: str, status: int
) -> None:
    answer = owner.call("GET", f"/items?how={how}")

    assert answer.status == status
    assert "hunter2" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


def test_a_database_that_is_away_says_when_to_come_back(
    broken: Flask, owner: Program
) -> None:
    assert owner.call("GET", "/items?how=away").headers["Retry-After"] == "30"


def drop(*_said: object) -> NoReturn:
    raise structlog.DropEvent


def test_every_route_answers_a_forced_exception_with_500_and_an_id(
    app: Flask, client: FlaskClient, owner: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("hub.web.api.routes.let_in", fail)
    # To paint a hundred tracebacks takes a minute; what is logged is another test's matter.
    monkeypatch.setattr("hub.web.api.problems.log", structlog.wrap_logger(None, [drop]))
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]

    for rule in rules:
        path = "/".join("9" if p.startswith("<") else p for p in rule.rule.split("/"))
        method = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})[0]
        answer = told(client.open(path, method=method))
        assert (answer.status, "hunter2" in answer.text) == (500, False), rule.rule
        assert answer.json["request_id"] == answer.headers["X-Request-Id"]


def test_answers_are_for_nobody_else_and_run_nothing(owner: Program) -> None:
    headers = owner.get("/items").headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_a_name_for_the_caller_is_not_taken_from_a_header(owner: Program) -> None:
    answer = owner.call("GET", "/items", X_Request_Id="mine")

    assert answer.headers["X-Request-Id"] != "mine"
