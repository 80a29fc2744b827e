"""Things that are killed with signal 9 and come back: parts of a hub, and a PostgreSQL server."""

import json
import os
import shlex
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psycopg

from tests.ground.leash import let_go, start_on_leash
from tests.ground.postgres import PgServer, server_user
from tests.hub_process import descendants, is_alive
from tests.journeys.processes import Program, wait_for

RESTART_SECONDS = 40.0


class KillablePostgres:
    """A throw-away PostgreSQL server that can be killed and started again on its data."""

    def __init__(self, server: PgServer) -> None:
        if server.folder is None:
            raise ValueError("a server somebody named is not ours to kill")
        self._server = server
        self._data = server.folder / "data"
        self._log = server.folder / "again.log"
        # The server keeps the command it was started with: "Command line of the last start".
        self._command = shlex.split((self._data / "postmaster.opts").read_text())
        self._process: subprocess.Popen[bytes] | None = None

    def kill(self) -> bool:
        """Kill the server, and start it again. Say whether there was one to kill."""
        pid = int((self._data / "postmaster.pid").read_text().split()[0])
        if not is_alive(pid):
            return False
        os.kill(pid, signal.SIGKILL)
        self._start()
        return True

    def __enter__(self) -> "KillablePostgres":
        return self

    def __exit__(self, *_: object) -> None:
        """End what was started again."""
        if self._process is not None:
            let_go(self._process)
            self._process = None

    def _start(self) -> None:
        give_up = time.monotonic() + RESTART_SECONDS
        while not self._is_up():
            assert time.monotonic() < give_up, self._log.read_text(errors="replace")[-2000:]
            # Until the last of its children has left, the new server refuses their memory.
            if self._process is None or self._process.poll() is not None:
                self._process = start_on_leash(
                    self._command,
                    folder=self._data.parent,
                    log=self._log,
                    user=server_user(),
                )
            time.sleep(0.1)

    def _is_up(self) -> bool:
        url = self._server.url.set(drivername="postgresql")
        try:
            psycopg.connect(
                url.render_as_string(hide_password=False), connect_timeout=2
            ).close()
        except psycopg.OperationalError:
            return False
        return True


@dataclass
class Killer:
    """Kills one part after the other, all kinds alike often, in an order of the dice."""

    up: Program
    data: Path
    random: Random
    postgres: KillablePostgres | None = None
    kills: Counter[str] = field(default_factory=Counter)
    _left: list[str] = field(default_factory=list)

    @property
    def kinds(self) -> Mapping[str, Callable[[], bool]]:
        """Everything that can be killed, by name."""
        known = {
            "web": self._kill_web,
            "worker": lambda: self._kill_child("worker"),
            "schedule": lambda: self._kill_child("schedule"),
            "valkey": self._kill_valkey,
        }
        return known | ({"postgres": self.postgres.kill} if self.postgres else {})

    def strike(self) -> str:
        """Kill something that is alive, and say what; nothing if it was not there."""
        if not self._left:
            self._left = sorted(self.kinds)
            self.random.shuffle(self._left)
        kind = self._left.pop()
        if not self.kinds[kind]():
            return ""
        self.kills[kind] += 1
        return kind

    def children(self, name: str) -> list[int]:
        """Name the living children of this name."""
        said = [
            json.loads(line)
            for line in self.up.said.splitlines()
            if '"child.started"' in line
        ]
        return [
            each["pid"] for each in said if each["child"] == name and is_alive(each["pid"])
        ]

    def _kill_child(self, name: str) -> bool:
        return _kill([self.random.choice(self.children(name) or [0])])

    def _kill_web(self) -> bool:
        """Kill the server, the process in it that answers, or both."""
        heads = self.children("web")
        hands = [hand for head in heads for hand in descendants(head)]
        return _kill(self.random.choice([heads, hands, [*heads, *hands]]))

    def _kill_valkey(self) -> bool:
        return _kill([int((self.data / "valkey" / "pid").read_text())])


def replace(killer: Killer, name: str) -> None:
    """Ask the children of a name to end their work, and wait until others have their place."""
    old = set(killer.children(name))
    for pid in old:
        os.kill(pid, signal.SIGTERM)

    def are_new() -> bool:
        now = set(killer.children(name))
        return bool(now) and not now & old

    wait_for(are_new, what=f"a new {name}", seconds=90)


def _kill(pids: list[int]) -> bool:
    hit = False
    for pid in pids:
        if pid and is_alive(pid):
            os.kill(pid, signal.SIGKILL)
            hit = True
    return hit
