"""The front door behind the real server: what the wire can do to a message."""

import base64
import json
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select

from hub.models import migrate
from hub.models.records.messages import InboundMessage
from hub.models.session import Database
from tests.doors import connect_shop, make_ports
from tests.hub_process import Running, running
from tests.webhooks.posting import an_order, signed

LIMIT = 2 * 1024 * 1024
"""What a channel's webhooks may hold unless it says otherwise."""
KEY = base64.b64encode(b"k" * 32).decode()
"""The key of tests.doors.VAULT."""


class Door:
    """A hub that serves, the address of a shop's webhooks, and its database."""

    def __init__(self, hub: Running, path: str, database: Database) -> None:
        self.hub = hub
        self.path = path
        self.url = hub.url + path
        self.database = database

    def stored(self) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(InboundMessage)) or 0

    def send(self, request: bytes) -> bytes:
        """Send bytes as they are and return what comes back until the line is closed."""
        host, port = self.hub.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=20) as line:
            line.sendall(request)
            line.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: line.recv(65536), b""))


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    data: Path = tmp_path_factory.mktemp("served") / "data"
    data.mkdir()
    url = f"sqlite:///{data / 'hornada.db'}"
    migrate.upgrade(url)
    database = Database(url)
    account = connect_shop(make_ports(database))
    with running(data, command="web", env={"HORNADA_KEY": KEY}) as hub:
        yield Door(hub, f"/webhooks/shopify/{account.key}", database)
    database.dispose()


def request_of(door: Door, body: bytes, *lines: str) -> bytes:
    headers = {
        name: value for name, value in signed(body).items() if name != "Content-Type"
    }
    head = [
        f"POST {door.path} HTTP/1.1",
        f"Host: {door.hub.url.removeprefix('http://')}",
        "Content-Type: application/json",
        *[f"{name}: {value}" for name, value in headers.items()],
        *lines,
        "Connection: close",
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n"


def chunked(body: bytes, *, size: int = 8192) -> bytes:
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


def test_a_message_is_stored_when_it_is_answered(door: Door) -> None:
    body = an_order(note="served")
    before = door.stored()

    answer = requests.post(door.url, data=body, headers=signed(body), timeout=20)

    assert answer.status_code == 200
    assert door.stored() == before + 1


def test_a_chunked_message_is_taken_whole(door: Door) -> None:
    body = an_order(note="in chunks " * 5000)

    answer = door.send(request_of(door, body, "Transfer-Encoding: chunked") + chunked(body))

    assert status_of(answer) == 200
    with door.database.reading() as session:
        newest = session.scalars(
            select(InboundMessage).order_by(InboundMessage.id.desc()).limit(1)
        ).one()
    assert newest.body == body


def test_a_chunked_message_that_is_too_long_is_refused_and_not_cut(door: Door) -> None:
    body, before = b"x" * (LIMIT + 1), door.stored()

    answer = door.send(
        request_of(door, body, "Transfer-Encoding: chunked") + chunked(body, size=65536)
    )

    assert status_of(answer) == 413
    assert door.stored() == before


def test_a_message_shorter_than_it_says_is_refused(door: Door) -> None:
    before = door.stored()

    answer = door.send(request_of(door, b"{}", "Content-Length: 100") + b"{}")

    assert status_of(answer) in {0, 400}
    assert door.stored() == before


def test_a_length_and_chunks_together_are_refused(door: Door) -> None:
    body, before = an_order(), door.stored()

    answer = door.send(
        request_of(door, body, f"Content-Length: {len(body)}", "Transfer-Encoding: chunked")
        + chunked(body)
    )

    assert status_of(answer) == 400
    assert door.stored() == before


def test_json_of_a_hundred_thousand_levels_is_stored_like_any_other(door: Door) -> None:
    body = b"[" * 100_000

    answer = requests.post(door.url, data=body, headers=signed(body), timeout=20)

    assert answer.status_code == 200


def test_a_doubled_proof_proves_nothing(door: Door) -> None:
    body = an_order()
    proof = signed(body)["X-Shopify-Hmac-Sha256"]

    answer = door.send(
        request_of(door, body, f"X-Shopify-Hmac-Sha256: {proof}",
                   f"Content-Length: {len(body)}") + body
    )  # fmt: skip

    assert status_of(answer) == 401


def test_after_a_refusal_the_line_still_carries_the_next_message(door: Door) -> None:
    body = an_order(note="on the same line")

    with requests.Session() as line:
        refused = line.post(door.url, data=b"{}", headers=signed(b"other"), timeout=20)
        taken = line.post(door.url, data=body, headers=signed(body), timeout=20)

    assert (refused.status_code, taken.status_code) == (401, 200)


def test_forty_senders_at_once_lose_nothing_and_double_nothing(door: Door) -> None:
    before = door.stored()
    bodies = [an_order(note=f"number {number}") for number in range(200)]
    answers: Counter[int] = Counter()

    def send(some: list[bytes]) -> None:
        with requests.Session() as line:
            for body in some:
                for _ in range(2):
                    sent = line.post(door.url, data=body, headers=signed(body), timeout=30)
                    answers[sent.status_code] += 1

    threads = [threading.Thread(target=send, args=(bodies[n::40],)) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == {200: 400}
    assert door.stored() == before + 200


def test_refusals_are_problems_a_program_can_read(door: Door) -> None:
    answer = requests.post(
        door.url + "x", data=b"{}", headers={"Content-Type": "application/json"}, timeout=20
    )

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert json.loads(answer.text)["title"] == "Unknown connection"
