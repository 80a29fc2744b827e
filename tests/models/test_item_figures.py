"""What can be promised counts every piece somebody bought, paid for or not."""

from sqlite3 import Cursor

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hub.flow.making.produce import release as release_run
from hub.flow.planning.plan import replan
from hub.flow.replan import mark
from hub.models.catalogue.item_figures import item_figures
from hub.models.records.production import ProductionOrder
from hub.models.session import Database
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_lot,
    make_order,
    make_recipe,
)
from tests.flow.bench import demand_of, hold, make_run


@pytest.mark.parametrize(
    "release,intent,left",
    [
        ("ready", "open", 6),
        ("hold_payment", "open", 6),
        ("hold_channel", "open", 6),
        ("ready", "on_hold", 6),
        ("cancelled", "open", 10),
        ("test", "open", 10),
        ("ready", "cancelled", 10),
    ],
)
def test_what_is_sold_is_not_promised_again_before_it_is_paid(
    session: Session, release: str, intent: str, left: int
) -> None:
    candle = make_item(session)
    make_lot(session, item=candle, quantity=10 * PIECE)
    order = make_order(
        session, account=make_account(session), lines={candle: 4}, release=release
    )
    order.intent = intent
    session.flush()

    figures = item_figures(session, item_ids=[candle.id], on=NOW.date())

    assert figures[candle.id].promisable == left * PIECE


def test_what_is_planned_for_stock_is_promised_as_what_could_be_made(
    session: Session,
) -> None:
    """It may lose its materials to an order, so they count, not its output; released, it counts."""
    wax = make_item(session, code="WAX")
    make_lot(session, item=wax, quantity=5_000_000)
    soap = make_item(session, code="SOAP", policy="make_to_stock", reorder_point=10 * PIECE)
    make_recipe(session, item=soap, uses={wax: 5_000_000}, batch_size=20 * PIECE)
    mark(session, item_ids=[soap.id], why="kept in stock", now=NOW)
    replan(session, now=NOW)

    planned = soap.makeable
    promised = item_figures(session, item_ids=[soap.id], on=NOW.date())[soap.id].promisable
    run = session.scalars(select(ProductionOrder).filter_by(item_id=soap.id)).one()
    release_run(session, production_order_id=run.id, who="user:1", now=NOW)
    released = item_figures(session, item_ids=[soap.id], on=NOW.date())[soap.id].promisable

    assert (planned, promised, released) == (20 * PIECE,) * 3


def test_what_covers_a_demand_is_counted_once_and_no_more_than_it_wants(
    session: Session,
) -> None:
    """One is packed in part, one is made in part, one has more than it wants, one nothing."""
    candle, soap = make_item(session), make_item(session, code="SOAP")
    lot = make_lot(session, item=candle, quantity=20 * PIECE)
    account = make_account(session)
    first, second, third, _ = (
        demand_of(session, make_order(session, account=account, lines={candle: 5}), candle)
        for _ in range(4)
    )
    hold(session, lot, owner=first, quantity=2 * PIECE)
    hold(session, make_lot(session, item=soap, quantity=PIECE), owner=first, quantity=PIECE)
    hold(session, lot, owner=third, quantity=5 * PIECE)
    make_run(session, item=candle, uses={}, made_for={second: 4 * PIECE, third: PIECE})
    session.flush()

    figures = item_figures(session, item_ids=[candle.id, soap.id], on=NOW.date())

    lacking = (5 - 2) + (5 - 4) + 0 + 5
    assert figures[candle.id].promisable == (20 - 2 - 5 - lacking) * PIECE


def test_the_cover_of_tens_of_thousands_of_demands_is_not_looked_up_one_by_one(
    sqlite_database: Database,
) -> None:
    with Session(sqlite_database.engine) as session:
        asked: list[str] = []

        def plan(
            _conn: object, cursor: Cursor, statement: str, values: list[int], *_: object
        ) -> None:
            if statement.startswith("SELECT demand.item_id"):
                steps = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)
                asked.extend(str(step[3]) for step in steps)

        event.listen(sqlite_database.engine, "before_cursor_execute", plan)
        item_figures(session, item_ids=[1], on=NOW.date())
        event.remove(sqlite_database.engine, "before_cursor_execute", plan)

    assert any("ix_demand_open" in step for step in asked), asked
    assert not any("CORRELATED" in step for step in asked)
