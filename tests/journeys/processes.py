"""Our own programs as real processes: started on a leash, looked into, and killed."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from tests.leash import let_go, start_on_leash

Found = TypeVar("Found")

HORNADA = Path(sys.executable).parent / "hornada"
START_SECONDS = 60.0


def free_port() -> int:
    """Find a port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def clean_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Give this process's environment with no settings of the hub but these."""
    ours = ("HORNADA_", "DATABASE_URL", "REDIS_URL")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"HORNADA_ALLOW_LOOPBACK": "1"} | dict(settings)


class Program:
    """One `hornada` command that runs until it is let go, or killed."""

    def __init__(self, *args: str, settings: Mapping[str, str], folder: Path) -> None:
        self.args = args
        self.log = folder / f"{args[0]}.log"
        self._environment = ["env", "-i"] + [
            f"{name}={value}" for name, value in clean_environment(settings).items()
        ]
        self._folder = folder
        self._leash: subprocess.Popen[bytes] | None = None
        self._said = ""

    def start(self) -> None:
        """Start it, and start it again after a kill; what it says is kept."""
        if self.log.exists():
            self._said += self.log.read_text(errors="replace")
        self._leash = start_on_leash(
            [*self._environment, str(HORNADA), *self.args],
            folder=self._folder,
            log=self.log,
        )

    @property
    def pid(self) -> int:
        """The id of the process itself."""
        leash = self._leash
        if leash is None:
            raise RuntimeError(f"{self.args} was not started")
        ours = wait_for(
            lambda: [pid for pid in children_of(leash.pid) if _is_hornada(pid)],
            what=f"{self.args} to be there",
        )
        return ours[0]

    @property
    def said(self) -> str:
        """All it wrote, of every start."""
        return self._said + self.log.read_text(errors="replace")

    def ask_to_stop(self) -> None:
        """Stop it as Ctrl-C does, without waiting until it is gone."""
        if self._leash is not None and self._leash.stdin is not None:
            self._leash.stdin.close()

    def stop(self, *, seconds: float = 30) -> None:
        """Stop it as Ctrl-C does, and wait until it is gone; twice is once."""
        if self._leash is not None:
            let_go(self._leash, seconds=seconds)
            self._leash = None


def run_once(*args: str, settings: Mapping[str, str], folder: Path) -> str:
    """Run a `hornada` command that ends by itself; give what it printed."""
    done = subprocess.run(
        [str(HORNADA), *args],
        env=clean_environment(settings),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=START_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def wait_for(
    look: Callable[[], Found | None],
    *,
    what: str,
    seconds: float = START_SECONDS,
    every: float = 0.05,
) -> Found:
    """Look until there is something to be seen, and give it."""
    give_up = time.monotonic() + seconds
    while True:
        if found := look():
            return found
        if time.monotonic() > give_up:
            raise TimeoutError(f"waited {seconds:.0f} s for {what}")
        time.sleep(every)


def children_of(pid: int) -> list[int]:
    """Name the processes a process started, the oldest first."""
    return sorted(child for child, parent in _parents() if parent == pid)


def family_of(pid: int) -> list[int]:
    """Name all processes below a process."""
    below = children_of(pid)
    return below + [lower for child in below for lower in family_of(child)]


def is_there(pid: int) -> bool:
    """Say whether a process is alive; a corpse nobody collected is not."""
    return any(known == pid for known, _ in _parents())


def _parents() -> Iterator[tuple[int, int]]:
    """Every living process and who started it."""
    if not Path("/proc/self/stat").exists():
        yield from _parents_by_ps()
        return
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                # "pid (name) state parent ...": the name may hold anything, also brackets.
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            except OSError:
                continue
            if state != "Z":
                yield int(entry.name), int(parent)


def _parents_by_ps() -> Iterator[tuple[int, int]]:
    listed = subprocess.run(
        ["ps", "-axo", "pid=,ppid=,state="], capture_output=True, text=True, check=True
    )
    for line in listed.stdout.splitlines():
        pid, parent, state = line.split()
        if not state.startswith("Z"):
            yield int(pid), int(parent)


def _is_hornada(pid: int) -> bool:
    try:
        return b"hornada" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        listed = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        return "hornada" in listed.stdout
