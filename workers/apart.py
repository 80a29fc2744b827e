"""Has what strangers wrote read in another process, with bounds on its time and memory.

One child is kept for many messages. Whatever kills it, takes too long or too much is a message
of which only the head is read then: nobody loses it, and nobody tries for ever.
"""

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import get_args

import structlog
from pydantic import TypeAdapter, ValidationError

from connectors.errors import PayloadError
from connectors.readings import UNOPENED, Message, Reading

log = structlog.get_logger()

WALL = timedelta(seconds=30)
"""The longest a message may take, whatever it waits for."""
START = timedelta(seconds=60)
"""The longest a child may take until it can read; it imports every channel."""
MOST_ANSWER = 64 * 1024 * 1024
"""Bytes of the longest answer that is taken."""
COMMAND = (sys.executable, "-m", "workers.apart_child")
_KEPT = frozenset(
    ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV"]
)
"""All of our environment that a child may know; there are secrets in the rest."""

KINDS: Mapping[str, type] = {kind.__name__: kind for kind in get_args(Reading)}
"""What a reading may be, by name: some kinds have the same fields."""


class Died(Exception):
    """The child is gone, and the message it read may be why."""


class ReadingFailed(Exception):
    """The channel made a mistake over a message; the child goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A message to be read, and all a child is told of its account: no credentials."""

    channel: str
    settings: Mapping[str, str]
    message: Message


class Apart:
    """A child that reads, begun when first needed and again whenever it ended."""

    def __init__(
        self,
        *,
        command: Sequence[str] = COMMAND,
        wall: timedelta = WALL,
        start: timedelta = START,
    ) -> None:
        """Take how a child is begun and how long it may take; a test brings its own."""
        self._command = command
        self._wall = wall
        self._start = start
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._is_fresh = True

    def read(self, task: Task) -> Reading:
        """Say what a message means, or at least what its head says.

        :raises PayloadError: not even that could be read, or the channel says that it cannot be.
        :raises ReadingFailed: the channel made a mistake over it.
        """
        with self._lock:
            try:
                return self._whole(task)
            except Died as death:
                why = str(death)
            log.warning("apart.died", channel=task.channel, why=why)
            try:
                return self._exchange(_unopened(task, why=why))
            except Died as death:
                raise PayloadError(f"the message cannot be read: {death}") from death

    def close(self) -> None:
        """End the child, whatever it does."""
        with self._lock:
            self._stop()

    def _whole(self, task: Task) -> Reading:
        """Try with the child at hand; if that was not a fresh one, what it had read may be why."""
        was_fresh = self._child is None or self._child.poll() is not None or self._is_fresh
        try:
            return self._exchange(task)
        except OutOfTime:
            raise
        except Died:
            if was_fresh:
                raise
        return self._exchange(task)

    def _exchange(self, task: Task) -> Reading:
        child = self._running()
        self._is_fresh = False
        try:
            with self._within(child, self._wall):
                answer = _ask(child, task)
            return reading_of(answer)
        except (PayloadError, ReadingFailed):
            raise
        except BaseException:
            # A child that was not heard to its end would answer the next message with this one.
            self._stop()
            raise

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self._stop()
        child = subprocess.Popen(  # noqa: S603 - our own program, no shell, no word of a stranger
            list(self._command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _KEPT & os.environ.keys()},
            start_new_session=True,
        )
        self._child, self._is_fresh = child, True
        try:
            with self._within(child, self._start):
                if _line(child) != b"ready\n":
                    raise Died("it did not begin")
        except BaseException:
            self._stop()
            raise
        return child

    @contextlib.contextmanager
    def _within(self, child: subprocess.Popen[bytes], most: timedelta) -> Iterator[None]:
        """Kill the child when its time is over: whoever waits for it then sees it die."""
        is_over = threading.Event()

        def end() -> None:
            is_over.set()
            child.kill()

        timer = threading.Timer(most.total_seconds(), end)
        timer.daemon = True
        timer.start()
        try:
            yield
        except Died as death:
            if is_over.is_set():
                raise OutOfTime("it took too long") from death
            raise
        finally:
            timer.cancel()

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        child.wait()


class OutOfTime(Died):
    """The child was killed because its time was over."""


def _ask(child: subprocess.Popen[bytes], task: Task) -> Mapping[str, object]:
    """Hand a message over and wait for what it means.

    :raises Died: the child is gone, or talks nonsense.
    """
    message = task.message
    head = {
        "channel": task.channel,
        "settings": dict(task.settings),
        "topic": message.topic,
        "headers": dict(message.headers),
        "size": len(message.body),
    }
    try:
        if child.stdin is None:
            raise Died("it cannot be talked to")
        child.stdin.write(json.dumps(head).encode() + b"\n")
        child.stdin.write(message.body)
        child.stdin.flush()
        answer: object = json.loads(_line(child))
    except (OSError, ValueError) as error:
        raise Died("it ended while it read") from error
    if not isinstance(answer, dict):
        raise Died("it talks nonsense")
    return answer


def _line(child: subprocess.Popen[bytes]) -> bytes:
    if child.stdout is None:
        raise Died("it cannot be heard")
    line = child.stdout.readline(MOST_ANSWER)
    if not line.endswith(b"\n"):
        raise Died("it ended while it read")
    return line


def reading_of(answer: Mapping[str, object]) -> Reading:
    """Take what a child says for what it is.

    :raises Died: it says that its memory is full, or nothing we know.
    """
    match answer:
        case {"kind": str(kind), "value": value} if kind in KINDS:
            try:
                made: Reading = TypeAdapter(KINDS[kind]).validate_json(json.dumps(value))
            except ValidationError as error:
                raise Died("it talks nonsense") from error
            return made
        case {"refused": str(words)}:
            raise PayloadError(words)
        case {"mistake": str(name)}:
            raise ReadingFailed(name)
        case {"full": True}:
            raise Died("it needs too much memory")
        case _:
            raise Died("it talks nonsense")


def _unopened(task: Task, *, why: str) -> Task:
    headers = {**task.message.headers, UNOPENED: why}
    return replace(task, message=replace(task.message, headers=headers))


CHILD = Apart()
"""The one child of this process; it ends with it, having nobody to listen to any more."""
atexit.register(CHILD.close)
