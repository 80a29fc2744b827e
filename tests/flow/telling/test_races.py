"""Two at once on PostgreSQL: what was read before a lock is read anew behind it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.making import produce
from hub.flow.orders import change
from hub.flow.phase import refresh_phases
from hub.flow.refusal import Refusal
from hub.flow.shipping import ship
from hub.flow.telling.announce import sync_holds
from hub.models.locks import lock_orders
from hub.models.records.orders import SalesOrder
from hub.models.records.shipping import Shipment
from hub.models.records.stock import Lot
from hub.models.session import Database
from mapping.effects import Tracking
from tests.factories import NOW, PIECE, make_account, make_item, make_lot, make_order
from tests.flow.bench import WHO, demand_of, hold, lack, owed, plan_candles


@pytest.mark.postgres
def test_a_planner_that_read_an_order_before_it_was_cancelled_sees_it(
    pg_database: Database,
) -> None:
    with pg_database.begin() as session:
        candle = make_item(session, code="CANDLE")
        order = make_order(session, account=make_account(session), lines={candle: 5})
        lack(session, candle, owner=demand_of(session, order, candle), quantity=5 * PIECE)

    with pg_database.begin() as planner:
        read_early = planner.get_one(SalesOrder, order.id)
        with pg_database.begin() as door:
            change.cancel_order(door, order_id=order.id, reason="", who=WHO, now=NOW)
        lock_orders(planner, [order.id])
        refresh_phases(planner, order_ids=[order.id], now=NOW)
        sync_holds(planner, order_ids=[order.id], now=NOW)
        assert read_early.intent == "cancelled"

    with pg_database.reading() as session:
        assert session.get_one(SalesOrder, order.id).phase == "cancelled"
        assert owed(session) == []


def test_a_lock_keeps_what_was_changed_and_not_yet_written(session: Session) -> None:
    candle = make_item(session, code="CANDLE")
    order = make_order(session, account=make_account(session), lines={candle: 5})
    order.note = "by Friday"

    lock_orders(session, [order.id])

    assert session.get_one(SalesOrder, order.id).note == "by Friday"


def both(database: Database, deed: Callable[[Session], object]) -> list[bool]:
    """Do a deed twice at the same time; say for each whether it was done, refusals last."""
    together = Barrier(2)

    def one(_: int) -> bool:
        together.wait()
        try:
            database.run(deed)
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(one, range(2)), reverse=True)


def test_a_run_finished_twice_at_once_gives_one_lot(database: Database) -> None:
    with database.begin() as session:
        scene = plan_candles(session, candle=make_item(session, code="CANDLE"))
        produce.start(session, production_order_id=scene.run.id, who=WHO, now=NOW)

    done = both(
        database,
        lambda session: produce.finish(
            session, production_order_id=scene.run.id, who=WHO, now=NOW
        ),
    )

    assert done == [True, False]
    with database.reading() as session:
        assert (
            len(session.scalars(select(Lot).filter_by(item_id=scene.candle.id)).all()) == 1
        )


def test_an_order_shipped_twice_at_once_leaves_once(database: Database) -> None:
    with database.begin() as session:
        candle = make_item(session, code="CANDLE")
        order = make_order(session, account=make_account(session), lines={candle: 5})
        lot = make_lot(session, item=candle, quantity=9 * PIECE)
        hold(session, lot, owner=demand_of(session, order, candle), quantity=5 * PIECE)

    done = both(
        database,
        lambda session: ship.ship(
            session,
            order_id=order.id,
            lines=None,
            tracking=Tracking(),
            notify=True,
            who=WHO,
            now=NOW,
        ),
    )

    assert done == [True, False]
    with database.reading() as session:
        assert len(session.scalars(select(Shipment)).all()) == 1
