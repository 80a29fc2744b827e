"""Transactions: whole or not at all, redone when the engine asks, and no lost update."""

import sqlite3
import threading
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from sqlalchemy.orm import Session

from hub.models.records.people import Counter, Heartbeat
from hub.models.session import Database
from tests.ground import unsynced

GRANADA = timezone(timedelta(hours=1))


class Crash(Exception):
    """What a simulation raises where a process would die."""


def beat(
    session: Session, *, name: str, at: datetime = datetime(2026, 11, 23, tzinfo=UTC)
) -> None:
    session.add(Heartbeat(name=name, at=at))
    session.flush()


def names(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Heartbeat.name).order_by(Heartbeat.id)))


def test_a_block_that_ends_well_is_kept(database: Database) -> None:
    with database.begin() as session:
        beat(session, name="worker")

    assert names(database) == ["worker"]


def test_a_block_that_raises_leaves_nothing(database: Database) -> None:
    def half_done() -> None:
        with database.begin() as session:
            beat(session, name="worker")
            raise Crash

    with pytest.raises(Crash):
        half_done()

    assert names(database) == []


@pytest.mark.parametrize(
    "where,kept", [("commit.before", []), ("commit.after", ["worker"])]
)
def test_a_crash_at_a_commit_is_before_it_or_after_it(
    database: Database, where: str, kept: list[str]
) -> None:
    def crash(name: str) -> None:
        if name == where:
            raise Crash

    fragile = Database(database.url, failpoint=crash)
    with pytest.raises(Crash), fragile.begin() as session:
        beat(session, name="worker")
    fragile.dispose()

    assert names(database) == kept


def test_whoever_adds_one_finds_what_the_others_added(database: Database) -> None:
    with database.begin() as session:
        session.add(Counter(name="order", next_value=0))

    def add_one(session: Session) -> None:
        counter = session.scalars(select(Counter).with_for_update()).one()
        counter.next_value += 1

    def add_ten() -> None:
        for _ in range(10):
            database.run(add_one)

    adders = [threading.Thread(target=add_ten) for _ in range(4)]
    for adder in adders:
        adder.start()
    for adder in adders:
        adder.join()

    with database.reading() as session:
        assert session.scalars(select(Counter.next_value)).one() == 40


def test_work_is_done_again_when_the_engine_asks(pg_database: Database) -> None:
    tried: list[int] = []

    def work(session: Session) -> str:
        beat(session, name="worker")
        tried.append(1)
        if len(tried) < 3:
            session.execute(
                text("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$")
            )
        return "done"

    assert pg_database.run(work) == "done"
    assert len(tried) == 3
    assert names(pg_database) == ["worker"]


def test_work_is_not_done_for_ever(pg_database: Database) -> None:
    tried: list[int] = []

    def work(session: Session) -> None:
        tried.append(1)
        session.execute(
            text("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40P01'; END $$")
        )

    with pytest.raises(OperationalError):
        pg_database.run(work)
    assert len(tried) == 5


def test_what_is_wrong_is_not_tried_again(database: Database) -> None:
    tried: list[int] = []

    def work(session: Session) -> None:
        tried.append(1)
        beat(session, name="worker")
        beat(session, name="worker")

    with pytest.raises(IntegrityError):
        database.run(work)
    assert len(tried) == 1


def test_a_deadlock_is_solved_by_doing_one_of_them_again(pg_database: Database) -> None:
    with pg_database.begin() as session:
        beat(session, name="a")
        beat(session, name="b")
    both_hold_one = threading.Barrier(2, timeout=20)
    met: set[str] = set()

    def cross(first: str, second: str) -> None:
        def work(session: Session) -> None:
            for name in (first, second):
                session.execute(
                    update(Heartbeat).where(Heartbeat.name == name).values(at=Heartbeat.at)
                )
                if name == first and first not in met:
                    met.add(first)
                    both_hold_one.wait()

        pg_database.run(work)

    crossing = [
        threading.Thread(target=cross, args=pair) for pair in (("a", "b"), ("b", "a"))
    ]
    for each in crossing:
        each.start()
    for each in crossing:
        each.join(timeout=30)

    assert not any(each.is_alive() for each in crossing)
    assert met == {"a", "b"}


def test_reading_does_not_wait_for_a_writer(database: Database) -> None:
    with database.begin() as writer:
        beat(writer, name="worker")

        assert names(database) == []


def test_on_sqlite_a_second_writer_waits_from_its_first_word(
    sqlite_database: Database,
) -> None:
    impatient = sqlite3.connect(
        sqlite_database.url.removeprefix("sqlite:///"), timeout=0.05
    )
    impatient.isolation_level = None

    with sqlite_database.begin() as writer:
        writer.execute(select(Heartbeat.id))  # a read, and yet the lock is taken
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            impatient.execute("BEGIN IMMEDIATE")

    impatient.execute("BEGIN IMMEDIATE")
    impatient.close()


def test_sqlite_is_set_up_as_measured_safe(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.models.session.SQLITE_PRAGMAS", unsynced.OF_THE_PRODUCT)

    with sqlite_database.reading() as session:
        found = {
            name: session.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 15000,
    }


def test_postgresql_never_waits_long(pg_database: Database) -> None:
    with pg_database.reading() as session:
        found = {
            name: session.execute(text(f"SHOW {name}")).scalar_one()
            for name in ("lock_timeout", "idle_in_transaction_session_timeout", "timezone")
        }

    assert found == {
        "lock_timeout": "3s",
        "idle_in_transaction_session_timeout": "30s",
        "timezone": "UTC",
    }


def test_postgresql_plans_for_short_questions_and_quick_disks(
    pg_database: Database,
) -> None:
    with pg_database.reading() as session:
        found = {
            name: session.execute(text(f"SHOW {name}")).scalar_one()
            for name in ("jit", "max_parallel_workers_per_gather", "random_page_cost")
        }

    assert found == {
        "jit": "off",
        "max_parallel_workers_per_gather": "0",
        "random_page_cost": "1.1",
    }


def test_a_time_comes_back_as_the_same_moment_in_utc(session: Session) -> None:
    moment = datetime(2026, 11, 23, 10, 30, 0, 123456, tzinfo=GRANADA)

    beat(session, name="worker", at=moment)
    session.expire_all()

    [found] = session.scalars(select(Heartbeat.at))
    assert found == moment
    assert found.tzinfo is UTC
    assert found.hour == 9
    assert session.scalars(select(Heartbeat.id).where(Heartbeat.at == moment)).all() == [1]


def test_a_time_without_a_zone_is_refused(session: Session) -> None:
    naive = datetime(2026, 11, 23)  # noqa: DTZ001

    with pytest.raises(StatementError, match="without a zone"):
        beat(session, name="worker", at=naive)


def test_an_error_does_not_quote_what_was_written(session: Session) -> None:
    beat(session, name="Maria Ruiz")

    with pytest.raises(IntegrityError) as refused:
        beat(session, name="Maria Ruiz")

    assert "parameters hidden" in str(refused.value)


def test_who_waits_to_write_gets_its_turn_beside_a_busy_writer(
    sqlite_database: Database,
) -> None:
    stop = threading.Event()

    def keep_writing() -> None:
        while not stop.is_set():
            with sqlite_database.begin() as session:
                session.execute(text("DELETE FROM heartbeat"))
                time.sleep(0.05)
            time.sleep(0.004)  # a gap SQLite's own waiting, at 100 ms a look, seldom meets

    busy = threading.Thread(target=keep_writing)
    busy.start()
    waited = []
    for _ in range(10):
        started = time.monotonic()
        with sqlite_database.begin() as session:
            session.execute(text("DELETE FROM heartbeat"))
        waited.append(time.monotonic() - started)
        time.sleep(0.01)
    stop.set()
    busy.join()

    assert max(waited) < 2
    assert sum(waited) / len(waited) < 0.5
