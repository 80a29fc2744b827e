"""A whole hub of real processes, in both sizes, ready to be used over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.hub_process import answers, free_port
from tests.journeys.caller import Caller
from tests.journeys.processes import Program, run_once, wait_for


@dataclass
class Hub:
    """A running hub: where it is, its folder, the settings of its processes, and these."""

    url: str
    folder: Path
    settings: dict[str, str]
    programs: list[Program] = field(default_factory=list)

    @property
    def log(self) -> str:
        """Everything its processes said."""
        return "\n".join(program.said for program in self.programs)

    def run(self, *args: str) -> str:
        """Run another `hornada` command on the same workshop."""
        return run_once(*args, settings=self.settings, folder=self.folder)

    def caller(self, role: str = "owner") -> Caller:
        """Make a token on the command line and a caller that uses it."""
        return Caller(self.url, token=self.run("token", "create", "--role", role))

    def wait_until_ready(self) -> None:
        """Wait until the database, the queue and a worker are there."""
        wait_for(lambda: answers(f"{self.url}/readyz"), what="the hub to be ready")


@contextmanager
def embedded_hub(
    folder: Path, settings: dict[str, str] | None = None, *, workers: int = 1
) -> Iterator[Hub]:
    """Run `hornada up` on an empty folder until the block ends."""
    hub = _hub(folder, settings or {})
    how = ("--no-browser", "--workers", str(workers))
    up = Program("up", *how, settings=hub.settings, folder=folder)
    with _running(hub, [up]):
        yield hub


@contextmanager
def grown_hub(folder: Path, *, database_url: str, redis_url: str) -> Iterator[Hub]:
    """Run web, worker and schedule apart, on servers of our own, until the block ends."""
    hub = _hub(folder, {"DATABASE_URL": database_url, "REDIS_URL": redis_url})
    hub.run("db", "upgrade")
    parts = [
        Program(name, settings=hub.settings, folder=folder)
        for name in ("web", "worker", "schedule")
    ]
    with _running(hub, parts):
        yield hub


def _hub(folder: Path, settings: dict[str, str]) -> Hub:
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    where = {"HORNADA_DATA": str(folder / "data"), "HORNADA_PORT": str(port)}
    return Hub(
        url=f"http://127.0.0.1:{port}", folder=folder, settings=where | dict(settings)
    )


@contextmanager
def _running(hub: Hub, programs: list[Program]) -> Iterator[None]:
    hub.programs = programs
    try:
        for program in programs:
            program.start()
        hub.wait_until_ready()
        yield
    except BaseException:
        print(f"\n--- what {hub.url} said last ---\n{hub.log[-6000:]}")  # noqa: T201 - for pytest
        raise
    finally:
        for program in programs:
            program.ask_to_stop()
        for program in programs:
            program.stop()
