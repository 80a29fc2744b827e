"""What must be planned again: by item, by order, and when a lot has grown too old."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from hub.flow import replan
from hub.flow.planning import plan
from hub.flow.stock import ledger
from tests.factories import NOW, PIECE, make_account, make_item, make_lot, make_order
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
