"""The database as doors see it: one engine a process, transactions whole or not at all."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry
from tenacity import (
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    wait_random_exponential,
)

T = TypeVar("T")

BUSY_SECONDS = 15
LOOK_SECONDS = 0.002
SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=15000",
)
POSTGRES_OPTIONS = " ".join(
    f"-c {each}"
    for each in (
        *("lock_timeout=3s", "idle_in_transaction_session_timeout=30s", "timezone=UTC"),
        *("jit=off", "max_parallel_workers_per_gather=0", "random_page_cost=1.1"),
    )
)
"""What every session asks: short waits, UTC, and plans fit for short questions (decision 24)."""
TRY_AGAIN = {"40001", "40P01", "55P03"}
"""PostgreSQL: serialisation failure, deadlock, lock not had: redo the unit."""


def no_failpoint(_name: str) -> None:
    """Do nothing: what a failpoint is outside a crash simulation."""


class DatabaseDown(Exception):
    """The database cannot be reached; nothing was written."""


class Database:
    """One engine, and transactions on it.

    `failpoint` is called with "commit.before" and "commit.after" around every commit, so
    that a simulation can crash there; nothing in the product passes another one.
    """

    def __init__(
        self,
        url: str,
        *,
        failpoint: Callable[[str], None] = no_failpoint,
        pool_size: int = 16,
    ) -> None:
        self.url = url
        self.failpoint = failpoint
        self.engine = make_engine(url, pool_size=pool_size)

    @property
    def is_sqlite(self) -> bool:
        """Say whether one writer at a time is all there is."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """Open a transaction that commits when the block ends well, and else rolls back."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            self.failpoint("commit.before")
            session.commit()
            self.failpoint("commit.after")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a transaction that writes nothing and takes no write lock."""
        engine = self.engine.execution_options(hub_readonly=True)
        with Session(engine, expire_on_commit=False) as session:
            yield session

    def run(self, work: Callable[[Session], T]) -> T:
        """Do `work` in one transaction, from the start again if the engine asks."""
        attempts = Retrying(
            retry=retry_if_exception(_may_be_redone),
            stop=stop_after_attempt(5),
            wait=wait_random_exponential(multiplier=0.02, max=1),
            reraise=True,
        )
        done: T = attempts(self._once, work)
        return done

    def _once(self, work: Callable[[Session], T]) -> T:
        with self.begin() as session:
            return work(session)

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def make_engine(url: str, *, pool_size: int = 16) -> Engine:
    """Make an engine that keeps its word: SQLite as measured safe, waits kept short."""
    if url.startswith("sqlite"):
        engine = create_engine(
            url, pool_size=pool_size, hide_parameters=True, connect_args={"timeout": 15}
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        url,
        pool_size=pool_size,
        pool_pre_ping=True,
        hide_parameters=True,  # they hold persons and secrets, and errors are logged
        connect_args={"options": POSTGRES_OPTIONS, "connect_timeout": 5},
    )


def _prepare_sqlite(dbapi: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # pysqlite's own implicit BEGIN is deferred, and a deferred transaction cannot become a
    # writer under load without "database is locked" (facts: reliability 3.3).
    dbapi.isolation_level = None
    cursor = dbapi.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute("PRAGMA " + pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("hub_readonly"):
        connection.exec_driver_sql("BEGIN")
        return
    # Straight to the driver: every write begins so, and none of this is a statement of ours.
    driver = connection.connection.cursor()
    driver.execute("PRAGMA busy_timeout=0")
    try:
        _begin_in_turn(connection, driver)
    finally:
        driver.execute("PRAGMA busy_timeout=15000")


def _begin_in_turn(connection: Connection, driver: DBAPICursor) -> None:
    """Begin to write as soon as nobody else does.

    SQLite's own waiting looks again less and less often, in the end every 100 ms, and so misses
    the short gaps of a busy worker: webhooks beside one waited up to 6 s for their commit.
    """
    give_up = time.monotonic() + BUSY_SECONDS
    while time.monotonic() < give_up:
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                break
            time.sleep(LOOK_SECONDS)
        else:
            return
    connection.exec_driver_sql(
        "BEGIN IMMEDIATE"
    )  # says in SQLAlchemy's words what is wrong


def _may_be_redone(error: BaseException) -> bool:
    if not isinstance(error, DBAPIError):
        return False
    if getattr(error.orig, "sqlstate", None) in TRY_AGAIN:
        return True
    return isinstance(error, OperationalError) and "database is locked" in str(error.orig)
