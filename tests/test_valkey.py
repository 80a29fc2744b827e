"""The queue server that comes along: ours alone, never two, and never left behind."""

import multiprocessing
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError

from hub.queue import redis_problem
from hub.valkey import NoServer, Valkey, find_program, known_url

KEEPER = """
import sys, time
from pathlib import Path
from hub.valkey import Valkey
valkey = Valkey(Path(sys.argv[1]))
valkey.start()
print(valkey.url, flush=True)
time.sleep(60)
"""


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    made = Valkey(tmp_path / "valkey")
    yield made
    made.stop()


def client(url: str) -> Redis:
    return Redis.from_url(url, socket_timeout=2)


def pid_of(folder: Path) -> int:
    return int((folder / "pid").read_text())


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def wait_for(reached: Callable[[], bool], *, seconds: float = 10) -> None:
    give_up = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < give_up
        time.sleep(0.02)


def test_it_starts_keeps_jobs_on_disk_and_never_throws_any_away(valkey: Valkey) -> None:
    valkey.start()

    with client(valkey.url) as redis:
        settings = redis.config_get("append*")
        assert redis.ping()
    assert settings["appendonly"] == "yes"
    assert settings["appendfsync"] == "everysec"
    assert redis_problem(valkey.url) == ""


def test_what_it_held_is_there_after_a_stop_and_after_a_kill(valkey: Valkey) -> None:
    valkey.start()
    with client(valkey.url) as redis:
        redis.set("before the stop", 1)
    valkey.stop()
    valkey.start()
    with client(valkey.url) as redis:
        redis.set("before the kill", 1)
        redis.config_set("appendfsync", "always")
        redis.set("written through", 1)
    os.kill(pid_of(valkey.folder), signal.SIGKILL)
    wait_for(lambda: not valkey.is_running())

    valkey.start()

    with client(valkey.url) as redis:
        assert redis.exists("before the stop", "before the kill", "written through") == 3


def test_its_address_stays_the_same_when_it_is_started_again(valkey: Valkey) -> None:
    valkey.start()
    first = valkey.url
    os.kill(pid_of(valkey.folder), signal.SIGKILL)
    wait_for(lambda: not valkey.is_running())

    valkey.start()

    assert valkey.url == first
    assert known_url(valkey.folder) == first


def test_nobody_else_on_the_machine_can_reach_it(valkey: Valkey) -> None:
    valkey.start()

    modes = {
        file.name: stat.S_IMODE(file.stat().st_mode)
        for file in (valkey.folder, *valkey.folder.iterdir())
    }
    assert modes[valkey.folder.name] == 0o700
    assert (modes["url"], modes["valkey.conf"], modes["valkey.sock"]) == (
        0o600,
        0o600,
        0o700,
    )
    with client(valkey.url) as redis:
        assert redis.config_get("port")["port"] == "0"


def test_a_path_too_long_for_a_socket_gets_a_port_on_loopback_with_a_password(
    tmp_path: Path,
) -> None:
    folder = tmp_path / ("deep" * 30) / "valkey"
    valkey = Valkey(folder)
    valkey.start()
    try:
        with client(valkey.url) as redis:
            assert redis.config_get("bind")["bind"] == "127.0.0.1"
        port = valkey.url.rpartition(":")[2].removesuffix("/0")
        stranger = client(f"redis://127.0.0.1:{port}/0")
        with pytest.raises(AuthenticationError):
            stranger.ping()
        stranger.close()
        first = valkey.url
        os.kill(pid_of(folder), signal.SIGKILL)
        wait_for(lambda: not valkey.is_running())
        valkey.start()
        assert valkey.url == first
    finally:
        valkey.stop()


def test_two_cannot_have_one_folder(valkey: Valkey, tmp_path: Path) -> None:
    valkey.start()

    second = subprocess.run(
        [sys.executable, "-c", KEEPER, str(valkey.folder)], capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip

    assert "AlreadyRunning" in second.stderr
    assert second.returncode != 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child so")
def test_it_ends_when_who_started_it_is_killed(tmp_path: Path) -> None:
    keeper = start_keeper(tmp_path)
    server = pid_of(tmp_path)
    assert is_running(server)

    keeper.kill()
    keeper.wait()

    wait_for(lambda: not is_running(server))


def start_keeper(folder: Path) -> "subprocess.Popen[str]":
    keeper = subprocess.Popen(
        [sys.executable, "-c", KEEPER, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert keeper.stdout is not None
    assert keeper.stdout.readline().startswith(("unix://", "redis://"))
    return keeper


def test_one_that_survived_is_adopted_and_ended_with_us(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.valkey.tie_to_parent", lambda _parent: None)
    first = Valkey(tmp_path)
    process = multiprocessing.get_context("fork").Process(target=first.start)
    process.start()
    process.join(20)
    server = pid_of(tmp_path)
    assert is_running(server)

    second = Valkey(tmp_path)
    second.start()
    try:
        assert pid_of(tmp_path) == server
        assert second.is_running()
    finally:
        second.stop()

    wait_for(lambda: not is_running(server))


def test_a_socket_left_lying_about_is_cleared_away(valkey: Valkey) -> None:
    valkey.folder.mkdir(mode=0o700)
    (valkey.folder / "valkey.sock").write_text("stale")
    (valkey.folder / "pid").write_text(str(os.getpid()))

    valkey.start()

    with client(valkey.url) as redis:
        assert redis.ping()


def test_a_server_that_cannot_start_is_told_with_the_place_of_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.valkey.SETTINGS", "no-such-setting at-all\n")
    valkey = Valkey(tmp_path)

    with pytest.raises(NoServer, match="log"):
        valkey.start()
    valkey.stop()


def test_an_installed_server_is_taken_before_the_one_in_the_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "redis-server"
    installed.write_text("#!/bin/sh\n")
    installed.chmod(0o755)

    monkeypatch.setenv("PATH", str(tmp_path))
    found = find_program()
    monkeypatch.setenv("PATH", "")
    fallback = find_program()

    assert found == installed
    assert fallback.name == "valkey-server"


def test_after_a_stop_the_folder_can_be_had_again(valkey: Valkey) -> None:
    valkey.start()
    valkey.stop()

    other = Valkey(valkey.folder)
    other.start()
    other.stop()

    assert not (valkey.folder / "valkey.sock").exists()
