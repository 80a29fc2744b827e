"""Our own programs as real processes: started on a leash, looked into, and killed."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tests.ground.leash import let_go, start_on_leash
from tests.hub_process import descendants, environment, hornada

Found = TypeVar("Found")

LOOPBACK = {"HORNADA_ALLOW_LOOPBACK": "1"}
START_SECONDS = 60.0


class Program:
    """One `hornada` command that runs until it is let go, or killed."""

    def __init__(self, *args: str, settings: dict[str, str], folder: Path) -> None:
        self.args = args
        self.log = folder / f"{args[0]}.log"
        known = environment(**LOOPBACK | settings)
        self._environment = [
            "env",
            "-i",
            *[f"{key}={value}" for key, value in known.items()],
        ]
        self._folder = folder
        self._leash: subprocess.Popen[bytes] | None = None
        self._said = ""

    def start(self) -> None:
        """Start it, and start it again after a kill; what it says is kept."""
        if self.log.exists():
            self._said += self.log.read_text(errors="replace")
        self._leash = start_on_leash(
            [*self._environment, *hornada(*self.args)],
            folder=self._folder,
            log=self.log,
        )

    @property
    def pid(self) -> int:
        """The id of the process itself."""
        leash = self._leash
        if leash is None:
            raise RuntimeError(f"{self.args} was not started")
        return min(wait_for(lambda: ours_below(leash.pid), what=f"{self.args} to be there"))

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


def run_once(*args: str, settings: dict[str, str], folder: Path) -> str:
    """Run a `hornada` command that ends by itself; give what it printed."""
    done = subprocess.run(
        hornada(*args),
        env=environment(**LOOPBACK | settings),
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


def ours_below(pid: int) -> list[int]:
    """Name the processes of ours below a process."""
    return [child for child, command in descendants(pid).items() if "hub.cli" in command]
