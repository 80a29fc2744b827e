"""Logs: no secret, no person, no line that is not ours."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from hub import log
from hub.models.session import Database

SECRETS = [
    "shpat_0123456789abcdef0123456789abcdef",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "Bearer c29tZSB0b2tlbg==",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
    "maria.ruiz+shop@example.com",
    "postgresql://hornada:hunter2@db/hornada",
    "https://x.myshopify.com/admin?access_token=12345678",
]
READABLE = {"postgresql://hornada:hunter2@db/hornada": "hunter2"}


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    log.set_up(stream=stream)
    yield stream
    logging.getLogger().handlers.clear()
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def written(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_says_what_when_and_for_which_request(lines: io.StringIO) -> None:
    with log.request("req-7"):
        structlog.get_logger("hub").info("order.read", order_id=7)
    structlog.get_logger("hub").info("order.read", order_id=8)

    first, second = written(lines)
    assert (first["event"], first["order_id"], first["request_id"]) == (
        "order.read",
        7,
        "req-7",
    )
    assert str(first["timestamp"]).endswith("Z")
    assert "request_id" not in second


def test_a_request_may_begin_and_end_in_different_functions(lines: io.StringIO) -> None:
    log.begin_request("req-8")
    structlog.get_logger("hub").info("in")
    log.end_request()
    structlog.get_logger("hub").info("out")

    inside, outside = written(lines)
    assert inside["request_id"] == "req-8"
    assert "request_id" not in outside


@pytest.mark.parametrize("secret", SECRETS)
def test_what_looks_like_a_secret_or_a_person_is_masked(
    lines: io.StringIO, secret: str
) -> None:
    structlog.get_logger("hub").warning(
        f"failed with {secret}!", seen=[secret], at={"a": secret}
    )
    logging.getLogger("urllib3").warning("sent %s", secret)

    ours, theirs = written(lines)
    assert log.MASK in str(ours["event"])
    assert READABLE.get(secret, secret) not in lines.getvalue()
    assert log.MASK in str(theirs["event"])


@pytest.mark.parametrize(
    "name",
    ["access_token", "Authorization", "password", "body", "headers", "email", "api_key"],
)
def test_some_names_are_never_said(lines: io.StringIO, name: str) -> None:
    structlog.get_logger("hub").info(
        "seen", **{name: "plain words"}, inner={name: "plain words"}
    )

    assert "plain words" not in lines.getvalue()


@pytest.mark.parametrize(
    "hostile", ["a\nb", "a\r\nb", "\x1b[31mred", "\x00", "\u2028", "\u202e"]
)
def test_nothing_a_terminal_obeys_is_written(lines: io.StringIO, hostile: str) -> None:
    structlog.get_logger("hub").info(f"said {hostile}", words=hostile)

    [line] = written(lines)
    assert str(line["event"]).isprintable()
    assert str(line["words"]).isprintable()


def test_a_long_value_is_cut(lines: io.StringIO) -> None:
    structlog.get_logger("hub").info("x" * 100_000)

    assert len(lines.getvalue()) < 3_000


def test_an_error_of_the_database_does_not_quote_the_row(
    lines: io.StringIO, database: Database
) -> None:
    person = "Maria Ruiz"
    insert = text(
        "INSERT INTO customer (account_id, external_id, name, email, phone, locale)"
        " VALUES (1, '1', :name, NULL, '', '')"
    )
    try:
        with database.begin() as session:
            session.execute(insert, {"name": person})
    except IntegrityError:
        structlog.get_logger("hub").exception("job.failed")

    line = written(lines)[-1]
    assert "IntegrityError" in str(line["exception"])
    assert person not in str(line["exception"])


def test_a_traceback_stays_readable_and_cannot_pass_for_an_event(
    lines: io.StringIO,
) -> None:
    try:
        raise ValueError('bad\n{"event": "order.shipped"} shpat_0123456789abcdef')
    except ValueError:
        structlog.get_logger("hub").exception("job.failed")

    [line] = written(lines)
    assert "\n    ValueError: bad\n    {" in str(line["exception"])
    assert "shpat" not in str(line["exception"])
