"""`hornada up`: the whole hub as one command; everything it starts ends with it."""

import contextlib
import fcntl
import http.client
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from io import TextIOWrapper
from types import FrameType

import structlog

from hub.children import SIGNALS, Child, stop
from hub.models import migrate
from hub.ports import Ports, open_ports, queue_folder, queue_url
from hub.queue import redis_problem
from hub.serve import serve
from hub.settings import Settings
from hub.valkey import NoServer, Valkey
from hub.web.wording.spoken import speaker
from workers.run import run_worker
from workers.schedule import run_schedule

log = structlog.get_logger()

LOOK_SECONDS = 0.05
READY_SECONDS = 60.0
STOP_SECONDS = 8.0
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - names of "all addresses"


class CannotStart(Exception):
    """Something stands in the way; the message says what to do."""


def ports_at_work(settings: Settings) -> Ports:
    """Open the ports of who works behind the pages, and so speaks as they do."""
    return replace(open_ports(settings), say=speaker(settings))


class Supervisor:
    """Starts the queue server, the web, a worker and the timetable, and keeps them running."""

    def __init__(self, settings: Settings, *, workers: int = 1) -> None:
        self.settings = settings
        self.is_stopping = False
        self.valkey = None if settings.redis_url else Valkey(queue_folder(settings))
        self.children = [
            Child("web", lambda: serve(settings)),
            *[Child("worker", lambda: _work(settings)) for _ in range(workers)],
            Child("schedule", lambda: run_schedule(ports_at_work(settings))),
        ]
        self.answers: list[Callable[[], bool]] = [lambda: is_serving(settings)]
        """Asked again and again at the start, until each says yes."""
        self._lock: TextIOWrapper | None = None
        self._valkey_at = 0.0

    def run(self, *, when_ready: Callable[[], None]) -> None:
        """Keep the hub running until told to stop. `when_ready` is called once all of it answers.

        :raises CannotStart: something stands in the way.
        :raises hub.valkey.NoServer: there is no queue server to start.
        """
        for number in SIGNALS:
            signal.signal(number, self._ask_to_stop)
        try:
            self._prepare()
            self._watch(when_ready)
        finally:
            stop(self.children, seconds=STOP_SECONDS)
            if self.valkey is not None:
                self.valkey.stop()
            if self._lock is not None:
                self._lock.close()

    def _prepare(self) -> None:
        self.settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _lock(self.settings)
        _check_port(self.settings)
        if self.valkey is not None:
            self.valkey.start()
        elif problem := redis_problem(self.settings.redis_url or ""):
            raise CannotStart(problem)
        migrate.upgrade(self.settings.database)
        # Before there are several processes: keys are made by the first, and only by it.
        open_ports(self.settings).database.dispose()

    def _watch(self, when_ready: Callable[[], None]) -> None:
        give_up = time.monotonic() + READY_SECONDS
        is_ready = False
        while not self.is_stopping:
            for child in self.children:
                child.look_after()
            self._look_after_valkey()
            if not is_ready and all(each() for each in self.answers):
                is_ready = True
                when_ready()
            if not is_ready and time.monotonic() > give_up:
                raise CannotStart(
                    f"{self.settings.url} does not answer; the log above says why"
                )
            time.sleep(LOOK_SECONDS)

    def _look_after_valkey(self) -> None:
        if (
            self.valkey is None
            or self.valkey.is_running()
            or time.monotonic() < self._valkey_at
        ):
            return
        self._valkey_at = time.monotonic() + 1
        try:
            self.valkey.start()
        except NoServer as error:
            log.warning("supervisor.no_queue", error=str(error))

    def _ask_to_stop(self, _signum: int, _frame: FrameType | None) -> None:
        self.is_stopping = True


def is_serving(settings: Settings) -> bool:
    """Say whether the web answers."""
    host = EVERYWHERE.get(settings.host, settings.host)
    connection = http.client.HTTPConnection(host, settings.port, timeout=1)
    try:
        with contextlib.closing(connection):
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False


def _work(settings: Settings) -> None:
    run_worker(ports_at_work(settings), url=queue_url(settings))


def _lock(settings: Settings) -> TextIOWrapper:
    handle = (settings.data / "hornada.lock").open("a", encoding="utf-8")
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        handle.close()
        raise CannotStart(
            f"another Hornada runs on {settings.data}: stop it, or choose another --data"
        ) from error
    return handle


def _check_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise CannotStart(
                f"port {settings.port} of {settings.host} cannot be had ({error.strerror}):"
                " choose another with --port"
            ) from error
