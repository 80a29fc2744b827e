"""Who hangs up in the middle of a file leaves nothing open behind them: over real HTTP."""

import gc
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection

import pytest
from werkzeug.serving import make_server

from hub.app import create_app
from hub.domain.people.roles import Role
from hub.models.records.history import record
from hub.ports import Ports
from hub.web.people import audit
from tests.factories import NOW
from tests.web.pages.plans import asked_of
from tests.web.pages.visitor import COOKIE, visit

LINES, WORDS = 2000, 100
"""A megabyte and a half: more than lies between two programs when one has room for little."""
AT_ONCE_RESET = struct.pack("ii", 1, 0)
PATIENCE_SECONDS = 60

Address = tuple[str, int, str]


@pytest.fixture
def served(anywhere: Ports, monkeypatch: pytest.MonkeyPatch) -> Iterator[Address]:
    """A workshop with a long history, served for real: where, and the owner's cookie."""
    monkeypatch.setattr(audit, "AT_ONCE", 50)
    app = create_app(anywhere)
    owner = visit(app, anywhere, role=Role.OWNER)
    with anywhere.database.begin() as session:
        for _ in range(LINES):
            record(
                session, at=NOW, who="user:1", subject="order", subject_id=1,
                what="order.on_hold", why="because " * WORDS,
            )  # fmt: skip
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    cookie = owner.client.get_cookie(COOKIE)
    assert cookie is not None
    yield "127.0.0.1", server.server_port, cookie.value
    server.shutdown()
    thread.join()


def hang_up_in_the_middle(served: Address, path: str) -> bytes:
    """Ask for a file, read how it begins, and be gone."""
    host, port, cookie = served
    caller = socket.socket()
    caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE_RESET)
    caller.connect((host, port))
    asked = (
        f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {COOKIE}={cookie}\r\n\r\n"
    )
    caller.sendall(asked.encode())
    begun = caller.recv(2048)
    caller.close()
    return begun


def wait_for(reached: Callable[[], bool]) -> None:
    """Wait until something is so."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not reached():
        assert time.monotonic() < give_up
        time.sleep(0.02)


def at_work() -> int:
    """Count the threads that answer somebody."""
    return sum("process_request" in each.name for each in threading.enumerate())


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_file_nobody_takes_any_more_is_read_no_further_and_nothing_stays_open(
    served: Address, anywhere: Ports, caplog: pytest.LogCaptureFixture
) -> None:
    host, port, cookie = served
    engine = anywhere.database.engine

    with asked_of(engine) as asked:
        begun = hang_up_in_the_middle(served, "/audit.csv")
        wait_for(lambda: not at_work())
    gc.collect()

    assert begun.split()[1] == b"200"
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    with asked_of(engine) as whole:
        after = HTTPConnection(host, port, timeout=PATIENCE_SECONDS)
        after.request("GET", "/audit.csv", headers={"Cookie": f"{COOKIE}={cookie}"})
        assert after.getresponse().read().count(b"because ") == LINES * WORDS
    assert len(asked) < len(whole)
    assert "wrong request context" not in caplog.text
