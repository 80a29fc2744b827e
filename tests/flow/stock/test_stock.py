"""Goods received, lots put aside and let go, counts put right."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.making.cost import UnitCost
from hub.domain.stock.lot_states import LotState
from hub.flow.refusal import Invalid, Missing
from hub.flow.step import StepRefused
from hub.flow.stock import ledger, stock
from hub.flow.stock.lot_codes import CodeTaken
from hub.flow.stock.room import AlreadyPicked
from hub.models.records.history import History
from hub.models.records.orders import SalesOrder
from hub.models.records.stock import Lot, StockMove
from mapping.canonical import Money
from tests.factories import NOW, PIECE, make_account, make_item, make_lot, make_order
from tests.flow.bench import (
    WHO,
    balance,
    demand_of,
    held,
    hold,
    make_run,
    marked,
    moves,
    need_of,
    plan_candles,
    unmark,
)

YESTERDAY = NOW.date() - timedelta(days=1)


# Received ---------------------------------------------------------------------------------


def test_received_goods_are_a_lot_with_its_ledger_row(session: Session) -> None:
    wax = make_item(session, code="WAX")

    lot_id = stock.receive(
        session,
        item_id=wax.id,
        quantity=2500 * PIECE,
        code=" W-77 ",
        best_before=date(2027, 6, 1),
        supplier_lot="KX9",
        who=WHO,
        now=NOW,
    )

    lot = session.get_one(Lot, lot_id)
    assert (lot.code, lot.best_before, lot.supplier_lot) == (
        "W-77",
        date(2027, 6, 1),
        "KX9",
    )
    assert moves(session, lot) == [("received", 2500 * PIECE)]
    assert balance(session, lot) == (2500 * PIECE, 0)
    assert marked(session) == {wax.id}


def test_a_lot_without_a_code_gets_one_nobody_has(session: Session) -> None:
    wax = make_item(session, code="WAX")
    make_lot(session, item=wax, quantity=1, code="WAX-26327-01")

    codes = {
        session.get_one(
            Lot, stock.receive(session, item_id=wax.id, quantity=5, who=WHO, now=NOW)
        ).code
        for _ in range(2)
    }

    assert codes == {"WAX-26327-02", "WAX-26327-03"}


def test_the_code_of_a_lot_names_the_day_of_the_workshop(session: Session) -> None:
    wax = make_item(session, code="WAX")
    afternoon = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)  # of the 23rd, in California
    there = ZoneInfo("America/Los_Angeles")

    lot_id = stock.receive(
        session, item_id=wax.id, quantity=1, who=WHO, now=afternoon, zone=there
    )

    assert session.get_one(Lot, lot_id).code.startswith("WAX-26327-")


def test_two_lots_of_one_item_do_not_share_a_code(session: Session) -> None:
    wax = make_item(session, code="WAX")
    make_lot(session, item=wax, quantity=1, code="W1")

    with pytest.raises(CodeTaken, match="already has a lot W1") as refused:
        stock.receive(session, item_id=wax.id, quantity=5, code="W1", who=WHO, now=NOW)

    assert (refused.value.field, refused.value.kind) == ("code", "conflict")


@pytest.mark.parametrize(
    "cost, micros",
    [
        (Money(minor=1250, currency="EUR"), 12_500_000),
        (Money(minor=1250, currency="JPY"), 1_250_000_000),
        (Money(minor=1250, currency="KWD"), 1_250_000),
        (UnitCost(micros=12_345, currency="EUR"), 12_345),
    ],
)
def test_a_cost_is_kept_in_millionths(
    session: Session, cost: Money | UnitCost, micros: int
) -> None:
    wax = make_item(session, code="WAX")

    lot_id = stock.receive(
        session, item_id=wax.id, quantity=5, unit_cost=cost, who=WHO, now=NOW
    )

    lot = session.get_one(Lot, lot_id)
    assert (lot.unit_cost_micros, lot.currency) == (micros, cost.currency)


@pytest.mark.parametrize("quantity", [0, -5, 10**16])
def test_nothing_and_out_of_all_reason_is_not_received(
    session: Session, quantity: int
) -> None:
    wax = make_item(session, code="WAX")

    with pytest.raises(Invalid) as refused:
        stock.receive(session, item_id=wax.id, quantity=quantity, who=WHO, now=NOW)

    assert refused.value.field == "quantity"
    assert session.scalars(select(Lot)).all() == []


@pytest.mark.parametrize(
    "cost, words",
    [
        (Money(minor=5, currency="XYZ"), "no currency"),
        (Money(minor=-5, currency="EUR"), "nothing or more"),
    ],
)
def test_a_cost_that_cannot_be_is_named(session: Session, cost: Money, words: str) -> None:
    wax = make_item(session, code="WAX")

    with pytest.raises(Invalid, match=words) as refused:
        stock.receive(session, item_id=wax.id, quantity=5, unit_cost=cost, who=WHO, now=NOW)

    assert refused.value.field == "unit_cost"


def test_nothing_is_received_of_an_item_that_is_not_there(session: Session) -> None:
    with pytest.raises(Missing):
        stock.receive(session, item_id=99, quantity=5, who=WHO, now=NOW)


# Put aside --------------------------------------------------------------------------------


def put_aside(
    session: Session, lot: Lot, state: LotState = LotState.QUARANTINED
) -> list[str]:
    holders = stock.set_lot_state(
        session, lot_id=lot.id, state=state, reason="smells odd", who=WHO, now=NOW
    )
    return [holder.number for holder in holders]


@pytest.mark.parametrize("state", [LotState.QUARANTINED, LotState.RECALLED])
def test_a_lot_put_aside_gives_back_what_was_only_planned(
    session: Session, state: LotState
) -> None:
    candle = make_item(session, code="CANDLE")
    order = make_order(session, account=make_account(session), lines={candle: 5})
    demand = demand_of(session, order, candle)
    lot = make_lot(session, item=candle, quantity=8 * PIECE)
    hold(session, lot, owner=demand, quantity=5 * PIECE)
    unmark(session)

    still_held = put_aside(session, lot, state)

    assert still_held == []
    assert held(session, demand) == {}
    assert balance(session, lot) == (8 * PIECE, 0)
    assert marked(session) == {candle.id}
    assert session.get_one(Lot, lot.id).state == state


def test_an_order_that_lost_its_lot_is_no_longer_ready(session: Session) -> None:
    candle = make_item(session, code="CANDLE")
    order = make_order(session, account=make_account(session), lines={candle: 5})
    lot = make_lot(session, item=candle, quantity=8 * PIECE)
    hold(session, lot, owner=demand_of(session, order, candle), quantity=5 * PIECE)
    order.phase = "ready_to_ship"

    put_aside(session, lot)

    assert session.get_one(SalesOrder, order.id).phase != "ready_to_ship"


def test_what_is_picked_for_a_running_run_stays_and_is_named(session: Session) -> None:
    scene = plan_candles(session, candle=make_item(session, code="CANDLE"))
    ledger.make_firm(session, need_ids=[scene.wax_need.id])

    still_held = put_aside(session, scene.wax_lot)

    assert still_held == [scene.run.number]
    assert held(session, scene.wax_need) == {"W1": 1800 * PIECE}


def test_a_lot_let_go_again_is_planned_anew(session: Session) -> None:
    wax = make_item(session, code="WAX")
    lot = make_lot(session, item=wax, quantity=5, state="quarantined")

    put_aside(session, lot, LotState.AVAILABLE)

    assert lot.state == "available"
    assert marked(session) == {wax.id}
    [trace] = session.scalars(select(History))
    assert (trace.what, trace.from_state, trace.why) == (
        "lot.available", "quarantined", "smells odd",
    )  # fmt: skip


def test_a_lot_called_back_is_not_sold_again(session: Session) -> None:
    lot = make_lot(
        session, item=make_item(session, code="WAX"), quantity=5, state="recalled"
    )

    with pytest.raises(StepRefused):
        put_aside(session, lot, LotState.AVAILABLE)


def test_there_is_no_putting_aside_a_lot_that_is_not_there(session: Session) -> None:
    with pytest.raises(Missing):
        stock.set_lot_state(
            session, lot_id=99, state=LotState.RECALLED, reason="", who=WHO, now=NOW
        )


# Counted ----------------------------------------------------------------------------------


def count(session: Session, lot: Lot, *, delta: int) -> None:
    stock.adjust(session, lot_id=lot.id, delta=delta, reason="counted", who=WHO, now=NOW)


@pytest.mark.parametrize("delta", [-200, 300])
def test_a_count_is_a_move_with_its_reason(session: Session, delta: int) -> None:
    wax = make_item(session, code="WAX")
    lot = make_lot(session, item=wax, quantity=500)

    count(session, lot, delta=delta)
    count(session, lot, delta=delta)

    assert moves(session, lot) == [
        ("received", 500),
        ("adjusted", delta),
        ("adjusted", delta),
    ]
    assert balance(session, lot) == (500 + 2 * delta, 0)
    assert marked(session) == {wax.id}
    reasons = select(StockMove.reason).filter_by(kind="adjusted")
    assert set(session.scalars(reasons)) == {"counted"}


def test_a_lot_is_put_right_for_a_reason_that_is_on_the_list(session: Session) -> None:
    lot = make_lot(session, item=make_item(session, code="WAX"), quantity=500)

    with pytest.raises(Invalid, match="counted, damaged") as refused:
        stock.adjust(session, lot_id=lot.id, delta=1, reason="moths", who=WHO, now=NOW)

    assert refused.value.field == "reason"
    assert balance(session, lot) == (500, 0)


def test_goods_that_are_not_there_are_given_back_latest_first(session: Session) -> None:
    candle = make_item(session, code="CANDLE")
    account = make_account(session)
    early, late = (
        demand_of(session, make_order(session, account=account, lines={candle: 4}), candle)
        for _ in range(2)
    )
    lot = make_lot(session, item=candle, quantity=9 * PIECE, code="C1")
    for demand in (early, late):
        hold(session, lot, owner=demand, quantity=4 * PIECE)

    count(session, lot, delta=-3 * PIECE)

    assert held(session, early) == {"C1": 4 * PIECE}
    assert held(session, late) == {"C1": 2 * PIECE}
    assert balance(session, lot) == (6 * PIECE, 6 * PIECE)


def test_what_is_picked_for_a_running_run_is_not_counted_away(session: Session) -> None:
    scene = plan_candles(session, candle=make_item(session, code="CANDLE"))
    ledger.make_firm(session, need_ids=[scene.wax_need.id])
    other = make_run(session, item=scene.candle, uses={scene.wax: 100 * PIECE})
    hold(
        session,
        scene.wax_lot,
        owner=need_of(session, other, scene.wax),
        quantity=100 * PIECE,
    )

    with pytest.raises(AlreadyPicked, match=f"picked for {scene.run.number}:"):
        count(session, scene.wax_lot, delta=-201 * PIECE)

    assert balance(session, scene.wax_lot) == (2000 * PIECE, 1900 * PIECE)


def test_a_lot_does_not_hold_less_than_nothing(session: Session) -> None:
    lot = make_lot(session, item=make_item(session, code="WAX"), quantity=500)

    with pytest.raises(Invalid, match="holds only 500 mg") as refused:
        count(session, lot, delta=-501)

    assert refused.value.field == "delta"


def test_a_count_without_a_difference_is_none(session: Session) -> None:
    lot = make_lot(session, item=make_item(session, code="WAX"), quantity=500)

    with pytest.raises(Invalid):
        count(session, lot, delta=0)


def test_there_is_no_counting_a_lot_that_is_not_there(session: Session) -> None:
    with pytest.raises(Missing):
        stock.adjust(session, lot_id=99, delta=1, reason="counted", who=WHO, now=NOW)
