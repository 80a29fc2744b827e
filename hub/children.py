"""Processes of ours: forked ready-made, stopped together, started again when one dies."""

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from hub.lifeline import tie_to_parent, watch_parent

log = structlog.get_logger()

STEADY_SECONDS = 30.0
"""A child that lived so long has earned a quick restart."""
LONGEST_WAIT = 30.0
SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}


@dataclass(slots=True)
class Child:
    """A process that should be there, and how it has fared."""

    name: str
    run: Callable[[], None]
    pid: int = 0
    deaths: int = 0
    """In a row, without a steady life between them."""
    started_at: float = 0.0
    start_at: float = 0.0
    """When it may be started (again), on the monotonic clock."""

    def start(self) -> None:
        """Fork it. All modules are loaded already, so it is at work at once."""
        self.pid = fork(self.run)
        self.started_at = time.monotonic()
        log.info("child.started", child=self.name, pid=self.pid)

    def has_died(self) -> bool:
        """Say whether it was there and is not any more, and collect what is left of it."""
        if not self.pid:
            return False
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if not pid:
            return False
        log.warning("child.died", child=self.name, status=os.waitstatus_to_exitcode(status))
        self.pid = 0
        return True

    def look_after(self) -> None:
        """Start it when it is not there, a little later each time it does not last."""
        now = time.monotonic()
        if self.has_died():
            is_steady = now - self.started_at > STEADY_SECONDS
            self.deaths = 1 if is_steady else self.deaths + 1
            self.start_at = now + min(LONGEST_WAIT, 0.25 * 2 ** (self.deaths - 1))
        if not self.pid and now >= self.start_at:
            self.start()


def fork(run: Callable[[], None]) -> int:
    """Run something in a child of ours that leaves when we do; return its id.

    It has a session of its own, so Ctrl-C reaches only us, who stop it in good order.
    """
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        pid = os.fork()
        if pid == 0:
            _be_a_child(run, parent=parent)
        return pid
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)


def _be_a_child(run: Callable[[], None], *, parent: int) -> None:
    code = 1
    try:
        os.setsid()
        for number in SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        tie_to_parent(parent)
        watch_parent(parent)
        run()
        code = 0
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 1
    except BaseException:
        log.exception("child.failed")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def stop(children: Sequence[Child], *, seconds: float) -> None:
    """Ask children to stop, and end those that do not within `seconds`, and all they started."""
    for child in children:
        _signal(child, signal.SIGTERM)
    give_up = time.monotonic() + seconds
    while any(child.pid for child in children) and time.monotonic() < give_up:
        _collect(children)
        time.sleep(0.02)
    for child in children:
        _signal(child, signal.SIGKILL)
    while any(child.pid for child in children):
        _collect(children)
        time.sleep(0.02)


def _collect(children: Sequence[Child]) -> None:
    for child in children:
        if child.pid and os.waitpid(child.pid, os.WNOHANG)[0]:
            child.pid = 0


def _signal(child: Child, number: signal.Signals) -> None:
    # As the head of its session it is the head of its group: what it forked hears it too when
    # it is ended, but is stopped by it otherwise.
    if child.pid:
        (os.killpg if number is signal.SIGKILL else os.kill)(child.pid, number)
