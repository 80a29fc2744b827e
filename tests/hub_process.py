"""The real command in processes of its own, for tests that need the whole hub."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import requests

START_SECONDS = 90
"""A machine that runs many tests at once is slow to start anything."""


@dataclass
class Running:
    """A hub that runs."""

    process: "subprocess.Popen[bytes]"
    url: str
    data: Path
    log: Path

    def said(self) -> str:
        """Return everything it wrote so far."""
        return self.log.read_text(errors="replace")

    def children(self) -> dict[int, str]:
        """Return the processes it started and theirs, by number, with their command."""
        return descendants(self.process.pid)


def free_port() -> int:
    """Find a port nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def hornada(*arguments: str | Path) -> list[str]:
    """Write the command line of our own program, from this checkout."""
    return [sys.executable, "-c", "from hub.cli import main; main()", *map(str, arguments)]


def environment(**changes: str) -> dict[str, str]:
    """Return our environment without what would tell the hub something."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HORNADA_", "DATABASE_URL", "REDIS_URL"))
    }
    return ours | changes


@contextlib.contextmanager
def running(
    data: Path, *, command: str = "up", env: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """Start the hub, wait until it answers, and stop it at the end."""
    port, log = free_port(), data.with_suffix(".log")
    extra = ["--no-browser"] if command == "up" else []
    with log.open("wb") as out:
        process = subprocess.Popen(
            hornada(command, "--data", data, "--port", str(port), *extra),
            stdout=out, stderr=subprocess.STDOUT, env=environment(**(env or {})),
        )  # fmt: skip
    hub = Running(process=process, url=f"http://127.0.0.1:{port}", data=data, log=log)
    try:
        wait_for(lambda: answers(f"{hub.url}/healthz"), seconds=START_SECONDS, about=hub)
        yield hub
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()


def answers(url: str) -> bool:
    """Say whether an address answers with 200."""
    with contextlib.suppress(requests.RequestException):
        return requests.get(url, timeout=5).status_code == 200
    return False


def wait_for(
    reached: Callable[[], bool], *, seconds: float, about: Running | None = None
) -> None:
    """Wait until something is so."""
    give_up = time.monotonic() + seconds
    while not reached():
        said = about.said()[-2000:] if about else ""
        assert time.monotonic() < give_up, f"not within {seconds} s\n{said}"
        time.sleep(0.05)


def descendants(pid: int) -> dict[int, str]:
    """Return the living processes below one, by number, with the command of each."""
    found: dict[int, str] = {}
    for child in _children_of(pid):
        with contextlib.suppress(OSError):
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            found[child] = b" ".join(words).decode(errors="replace")
        found |= descendants(child)
    return found


def _children_of(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [
            int(child)
            for task in tasks
            for child in (task / "children").read_text().split()
        ]
    except OSError:
        return []


def is_alive(pid: int) -> bool:
    """Say whether a process is there and not just waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
