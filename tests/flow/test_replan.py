"""What must be planned again: by item, by order, and when a lot has grown too old."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow import replan
from hub.flow.planning import plan
from hub.flow.stock import ledger
from hub.models.records.planning import Shortage
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_lot,
    make_order,
    make_purchase,
    make_recipe,
)
from tests.flow.bench import demand_of, held, hold, marked, plan_candles, unmark

TODAY = NOW.date()


def test_all_an_order_asks_for_is_planned_again(session: Session) -> None:
    candle, soap = make_item(session, code="CANDLE"), make_item(session, code="SOAP")
    make_item(session, code="BALM")
    order = make_order(session, account=make_account(session), lines={candle: 1, soap: 1})
    unmark(session)

    replan.mark_orders(session, order_ids=[order.id], why="changed", now=NOW)

    assert marked(session) == {candle.id, soap.id}


@pytest.mark.parametrize("days_left, is_too_old", [(29, True), (30, False)])
def test_goods_too_old_to_send_are_planned_again(
    session: Session, days_left: int, is_too_old: bool
) -> None:
    candle = make_item(session, code="CANDLE", min_remaining_days=30)
    order = make_order(session, account=make_account(session), lines={candle: 1})
    lot = make_lot(
        session,
        item=candle,
        quantity=9 * PIECE,
        best_before=TODAY + timedelta(days=days_left),
    )
    hold(session, lot, owner=demand_of(session, order, candle), quantity=PIECE)
    unmark(session)

    count = replan.mark_too_old(session, today=TODAY, now=NOW)

    assert count == int(is_too_old)
    assert marked(session) == ({candle.id} if is_too_old else set())


@pytest.mark.parametrize("days_left, is_too_old", [(-1, True), (0, False)])
def test_materials_are_used_up_to_their_last_day(
    session: Session, days_left: int, is_too_old: bool
) -> None:
    scene = plan_candles(session, candle=make_item(session, code="CANDLE"))
    scene.wax.min_remaining_days = 30
    scene.wax_lot.best_before = TODAY + timedelta(days=days_left)

    replan.mark_too_old(session, today=TODAY, now=NOW)

    assert marked(session) == ({scene.wax.id} if is_too_old else set())


@pytest.mark.parametrize("begins_in, is_too_old", [(4, True), (3, False)])
def test_materials_too_old_when_their_run_begins_are_planned_again(
    session: Session, begins_in: int, is_too_old: bool
) -> None:
    """What moved the run, another material say, did not speak of this one."""
    scene = plan_candles(session, candle=make_item(session, code="CANDLE"))
    scene.wax_lot.best_before = TODAY + timedelta(days=3)
    scene.run.starts_on = TODAY + timedelta(days=begins_in)
    session.flush()

    replan.mark_too_old(session, today=TODAY, now=NOW)

    assert marked(session) == ({scene.wax.id} if is_too_old else set())


@pytest.mark.parametrize("promised_in, is_too_old", [(4, True), (3, False)])
def test_goods_too_old_on_the_day_that_was_promised_are_planned_again(
    session: Session, promised_in: int, is_too_old: bool
) -> None:
    candle = make_item(session, code="CANDLE")
    order = make_order(session, account=make_account(session), lines={candle: 1})
    order.promised_on = TODAY + timedelta(days=promised_in)
    best_before = TODAY + timedelta(days=3)
    lot = make_lot(session, item=candle, quantity=9 * PIECE, best_before=best_before)
    hold(session, lot, owner=demand_of(session, order, candle), quantity=PIECE)
    unmark(session)

    replan.mark_too_old(session, today=TODAY, now=NOW)

    assert marked(session) == ({candle.id} if is_too_old else set())


def test_a_late_purchase_lets_go_of_what_will_be_too_old_by_then(session: Session) -> None:
    candle, oil = make_item(session, code="CANDLE"), make_item(session, code="OIL")
    wax = make_item(session, code="WAX")
    make_recipe(session, item=candle, uses={wax: PIECE, oil: PIECE})
    best_before = TODAY + timedelta(days=3)
    make_lot(session, item=oil, quantity=9 * PIECE, best_before=best_before)
    line = make_purchase(session, item=wax, quantity=9 * PIECE, expected_on=TODAY)
    make_order(session, account=make_account(session), lines={candle: 1})
    plan.replan(session, now=NOW)
    line.expected_on = TODAY + timedelta(days=8)
    replan.mark(session, item_ids=[wax.id], why="late", now=NOW)
    plan.replan(session, now=NOW)

    replan.mark_too_old(session, today=TODAY, now=NOW)
    plan.replan(session, now=NOW)

    assert [short.item_id for short in session.scalars(select(Shortage))] == [oil.id]
    assert replan.mark_too_old(session, today=TODAY, now=NOW) == 0


def test_what_is_picked_may_grow_old(session: Session) -> None:
    scene = plan_candles(session, candle=make_item(session, code="CANDLE"))
    scene.wax_lot.best_before = TODAY - timedelta(days=1)
    ledger.make_firm(session, need_ids=[scene.wax_need.id])

    assert replan.mark_too_old(session, today=TODAY, now=NOW) == 0


def test_once_planned_again_nothing_is_too_old(session: Session) -> None:
    candle = make_item(session, code="CANDLE")
    order = make_order(session, account=make_account(session), lines={candle: 2})
    demand = demand_of(session, order, candle)
    old = make_lot(
        session, item=candle, quantity=9 * PIECE, best_before=TODAY - timedelta(days=1)
    )
    make_lot(session, item=candle, quantity=9 * PIECE, code="FRESH")
    hold(session, old, owner=demand, quantity=2 * PIECE)
    replan.mark_too_old(session, today=TODAY, now=NOW)

    plan.replan(session, now=NOW)

    assert held(session, demand) == {"FRESH": 2 * PIECE}
    assert replan.mark_too_old(session, today=TODAY, now=NOW) == 0
