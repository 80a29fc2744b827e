"""The web process: gunicorn with the app made inside its worker, one process by default.

One process, because on SQLite one writer thread shares its commits between all requests.
"""

import gc
import os
from collections.abc import Callable

from flask import Flask
from gunicorn.app.base import BaseApplication

from hub.app import create_app
from hub.ports import open_ports, wake_of
from hub.queue import BackgroundWake
from hub.settings import Settings

THREADS = 8
KEEP_ALIVE_SECONDS = 5
STOP_SECONDS = 5
"""How long requests may go on after we are told to stop."""
HUNG_SECONDS = 60
SWEEP_AFTER = 10_000
"""So many more things are made than let go before Python sweeps the newest for garbage.

A long page makes 50,000 that it needs until it is answered: swept after every 700, as Python would,
they are walked again and again, for a tenth of its time.
"""
SHARED_MEMORY = "/dev/shm"  # noqa: S108 - gunicorn keeps its own pulse there, off the disk


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn, told everything by the settings and nothing by files or the command line."""

    def __init__(
        self, settings: Settings, *, processes: int, make: Callable[[], Flask]
    ) -> None:
        self._settings = settings
        self._processes = processes
        self._make = make
        super().__init__()

    def load_config(self) -> None:
        """Tell gunicorn what to do."""
        options: dict[str, object] = {
            "bind": f"{self._settings.host}:{self._settings.port}",
            "workers": self._processes,
            "worker_class": "gthread",
            "threads": THREADS,
            "keepalive": KEEP_ALIVE_SECONDS,
            "graceful_timeout": STOP_SECONDS,
            "timeout": HUNG_SECONDS,
            "loglevel": "warning",
            "errorlog": "-",
            "control_socket_disable": True,
            # Who is believed about what is behind a proxy is decided in one place: hub/app.py.
            "forwarded_allow_ips": "",
            "secure_scheme_headers": {},
            "proc_name": "hornada web",
        }
        if os.path.isdir(SHARED_MEMORY):
            options["worker_tmp_dir"] = SHARED_MEMORY
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the app; gunicorn calls this in the worker, after the fork."""
        return self._make()


def serve(settings: Settings, *, processes: int = 1) -> None:
    """Answer requests until told to stop. The database must be at its newest revision."""

    def make() -> Flask:
        app = create_app(open_ports(settings, wake=BackgroundWake(wake_of(settings))))
        leave_unswept()
        return app

    Server(settings, processes=processes, make=make).run()


def leave_unswept() -> None:
    """Keep all that is there now out of every later sweep for garbage: it never becomes any.

    Else a sweep walks the 300,000 objects an app is made of: a quarter of a second within a page.
    And sweep no more often than a page's own things are worth it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(SWEEP_AFTER)
