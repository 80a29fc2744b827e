"""Locks: who holds one makes the others wait, and on SQLite nobody needs them."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from hub.models import locks
from hub.models.numbers import next_number
from hub.models.records.orders import Demand
from hub.models.session import Database
from tests.factories import make_account, make_item, make_lot, make_order

ROW_LOCKS: dict[str, Callable[[Session], None]] = {
    "planner": locks.lock_planner,
    "order key": lambda session: locks.lock_order_key(
        session, account_id=1, external_id="7"
    ),
    "items": lambda session: locks.lock_items(session, [1]),
    "lots": lambda session: locks.lock_lots(session, [1]),
    "orders": lambda session: locks.lock_orders(session, [1]),
}


@pytest.fixture
def workshop(database: Database) -> Database:
    with database.begin() as session:
        candle = make_item(session)
        make_lot(session, item=candle, quantity=5000)
        make_order(session, account=make_account(session), lines={candle: 1})
    return database


@pytest.mark.postgres
@pytest.mark.parametrize("name", ROW_LOCKS)
def test_a_lock_lets_one_in_at_a_time(pg_database: Database, name: str) -> None:
    with pg_database.begin() as session:
        candle = make_item(session)
        make_lot(session, item=candle, quantity=5000)
        make_order(session, account=make_account(session), lines={candle: 1})

    with pg_database.begin() as first:
        ROW_LOCKS[name](first)
        with pytest.raises(OperationalError, match="lock timeout"):
            take_quickly(pg_database, ROW_LOCKS[name])

    take_quickly(pg_database, ROW_LOCKS[name])


def take_quickly(database: Database, lock: Callable[[Session], None]) -> None:
    """Take a lock, or give up almost at once."""
    with database.begin() as session:
        session.execute(text("SET LOCAL lock_timeout = '50ms'"))
        lock(session)


@pytest.mark.postgres
def test_different_order_keys_do_not_wait_for_each_other(pg_database: Database) -> None:
    with pg_database.begin() as first, pg_database.begin() as second:
        second.execute(text("SET LOCAL lock_timeout = '50ms'"))
        locks.lock_order_key(first, account_id=1, external_id="7")
        locks.lock_order_key(second, account_id=1, external_id="8")
        locks.lock_order_key(second, account_id=17, external_id="")


@pytest.mark.postgres
def test_an_order_may_point_at_an_item_that_is_being_planned(pg_database: Database) -> None:
    with pg_database.begin() as session:
        candle = make_item(session)
        account = make_account(session)
        make_order(session, account=account, lines={candle: 1})

    with pg_database.begin() as planner, pg_database.begin() as reader:
        locks.lock_items(planner, [candle.id])
        reader.execute(text("SET LOCAL lock_timeout = '50ms'"))
        order = make_order(reader, account=account, lines={candle: 2})

    with pg_database.begin() as session:
        assert session.query(Demand).count() == 2
        assert order.number == "H-0002"


def test_locks_may_be_asked_for_on_every_engine(workshop: Database) -> None:
    with workshop.begin() as session:
        for lock in ROW_LOCKS.values():
            lock(session)
        locks.lock_items(session, [])


def test_numbers_are_given_once_and_without_gaps(database: Database) -> None:
    given: list[int] = []

    def take() -> None:
        for _ in range(5):
            given.append(database.run(lambda session: next_number(session, "order")))

    takers = [threading.Thread(target=take) for _ in range(4)]
    for taker in takers:
        taker.start()
    for taker in takers:
        taker.join()

    assert sorted(given) == list(range(1, 21))


def test_a_number_is_given_back_when_nothing_came_of_it(database: Database) -> None:
    with database.begin() as session:
        assert next_number(session, "shipment") == 1
        session.rollback()

    with database.begin() as session:
        assert next_number(session, "shipment") == 1
        assert next_number(session, "order") == 1
        assert next_number(session, "shipment") == 2
