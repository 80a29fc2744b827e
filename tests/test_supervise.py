"""`hornada up` brings everything up, keeps it up, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.evicting import policy
from tests.hub_process import (
    Running,
    answers,
    descendants,
    environment,
    hornada,
    is_alive,
    running,
    wait_for,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("hub") / "data") as made:
        yield made


def is_ready(hub: Running) -> bool:
    return answers(f"{hub.url}/readyz")


def test_it_is_ready_with_database_queue_and_worker(hub: Running) -> None:
    wait_for(lambda: is_ready(hub), seconds=60, about=hub)

    checks = requests.get(f"{hub.url}/readyz", timeout=5).json()["checks"]
    assert checks == {"database": "ok", "queue": "ok", "worker": "ok"}


def test_it_says_in_one_line_where_it_is(hub: Running) -> None:
    wait_for(lambda: "Hornada is at" in hub.said(), seconds=30, about=hub)

    [line] = [line for line in hub.said().splitlines() if line.startswith("Hornada is at")]
    assert hub.url in line


def test_the_first_person_is_told_how_to_set_it_up(hub: Running) -> None:
    wait_for(lambda: "Set it up here" in hub.said(), seconds=30, about=hub)

    [line] = [line for line in hub.said().splitlines() if line.startswith("Set it up here")]
    page = requests.get(line.rpartition(" ")[2], timeout=10)
    assert page.status_code == 200


def test_a_token_can_be_made_while_it_runs_and_opens_the_api(hub: Running) -> None:
    made = subprocess.run(
        hornada("token", "create", "--role", "owner", "--name", "ci", "--data", hub.data),
        capture_output=True, text=True, env=environment(), timeout=90, check=True,
    )  # fmt: skip

    token = made.stdout.strip()
    assert made.stdout == f"{token}\n"
    answer = requests.get(
        f"{hub.url}/api/v1/items", headers={"Authorization": f"Bearer {token}"}, timeout=10
    )
    assert answer.status_code == 200


def test_a_second_one_on_the_same_folder_is_refused_in_words(hub: Running) -> None:
    second = subprocess.run(
        hornada("up", "--data", hub.data, "--no-browser"),
        capture_output=True, text=True, env=environment(), timeout=90, check=False,
    )  # fmt: skip

    assert second.returncode == 2
    assert "another Hornada runs on" in second.stderr
    assert is_ready(hub)


def test_every_process_that_is_killed_comes_back(hub: Running) -> None:
    wait_for(lambda: is_ready(hub), seconds=60, about=hub)
    count = len(hub.children())

    for pid in list(hub.children()):
        if is_alive(pid):
            os.kill(pid, signal.SIGKILL)

    wait_for(lambda: is_ready(hub) and len(hub.children()) >= count, seconds=90, about=hub)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_within_seconds_and_leaves_nobody_behind(
    tmp_path: Path, number: signal.Signals
) -> None:
    with running(tmp_path / "data") as hub:
        wait_for(lambda: is_ready(hub), seconds=60, about=hub)
        children = hub.children()
        started = time.monotonic()

        hub.process.send_signal(number)
        hub.process.wait(timeout=30)

        assert time.monotonic() - started < 12
        assert hub.process.returncode == 0
        assert len(children) >= 5
        assert [pid for pid in children if is_alive(pid)] == []


@pytest.mark.slow
def test_killed_outright_it_takes_everybody_along_and_can_start_again(
    tmp_path: Path,
) -> None:
    with running(tmp_path / "data") as hub:
        wait_for(lambda: is_ready(hub), seconds=60, about=hub)
        children = hub.children()

        hub.process.kill()
        hub.process.wait()

        wait_for(lambda: not any(is_alive(pid) for pid in children), seconds=20)
    with running(tmp_path / "data") as again:
        wait_for(lambda: is_ready(again), seconds=60, about=again)


def test_a_port_that_is_taken_is_told_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            hornada("up", "--data", tmp_path, "--port", port, "--no-browser"),
            capture_output=True, text=True, env=environment(), timeout=90, check=False,
        )  # fmt: skip

    assert done.returncode == 2
    assert "choose another with --port" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_redis_that_loses_jobs_is_refused(tmp_path: Path, empty_redis_url: str) -> None:
    with policy(empty_redis_url, "allkeys-lru"):
        done = subprocess.run(
            hornada("up", "--data", tmp_path, "--no-browser", "--port", "18470"),
            capture_output=True, text=True, timeout=90, check=False,
            env=environment(REDIS_URL=empty_redis_url),
        )  # fmt: skip

    assert done.returncode == 2
    assert "maxmemory-policy" in done.stderr


def test_a_web_that_loses_its_head_answers_again(hub: Running) -> None:
    wait_for(lambda: is_ready(hub), seconds=60, about=hub)
    heads = [pid for pid in hub.children() if descendants(pid)]

    os.kill(heads[0], signal.SIGKILL)

    wait_for(lambda: not is_alive(heads[0]), seconds=10)
    wait_for(lambda: is_ready(hub), seconds=60, about=hub)


def test_it_runs_on_postgres_all_the_same(
    tmp_path: Path, make_pg_database: Callable[[str | None], str]
) -> None:
    url = make_pg_database(None)

    with running(tmp_path / "data", env={"DATABASE_URL": url}) as hub:
        wait_for(lambda: is_ready(hub), seconds=60, about=hub)

    assert not (tmp_path / "data" / "hornada.db").exists()
