"""What is counted, thrown away and rejected, each for a reason."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import invariants
from hub.domain.making.scrap import ScrapReason
from hub.domain.stock.counting import CountReason
from hub.flow.making import produce
from hub.flow.planning import plan
from hub.flow.refusal import Invalid, Missing
from hub.flow.stock.counts import NothingThere, count, reject, scrap
from hub.flow.stock.room import AlreadyPicked
from hub.models.records.history import History
from hub.models.records.stock import Lot, StockMove
from tests.factories import NOW, PIECE, make_account, make_item, make_lot, make_order
from tests.flow.bench import (
    WHO,
    balance,
    demand_of,
    held,
    hold,
    marked,
    moves,
    plan_candles,
)


def books(session: Session) -> list[str]:
    return [each.what for each in invariants.check(session, now=NOW)]


def last_move(session: Session) -> StockMove:
    return session.scalars(select(StockMove).order_by(StockMove.id.desc()).limit(1)).one()


# Counted -------------------------------------------------------------------------------------


@pytest.mark.parametrize("there, delta", [(350, -150), (720, 220), (0, -500)])
def test_a_count_says_what_is_there_and_the_ledger_moves_the_difference(
    session: Session, there: int, delta: int
) -> None:
    wax = make_item(session, code="WAX")
    lot = make_lot(session, item=wax, quantity=500)

    found = count(session, lot_id=lot.id, quantity=there, note="shelf 2", who=WHO, now=NOW)

    assert found == delta
    assert balance(session, lot) == (there, 0)
    move = last_move(session)
    assert (move.kind, move.quantity) == ("adjusted", delta)
    assert (move.reason, move.why) == ("counted", "shelf 2")
    assert marked(session) == {wax.id}


def test_a_count_that_finds_what_was_known_moves_nothing_and_is_remembered(
    session: Session,
) -> None:
    lot = make_lot(session, item=make_item(session, code="WAX"), quantity=500)

    assert count(session, lot_id=lot.id, quantity=500, who=WHO, now=NOW) == 0

    assert moves(session, lot) == [("received", 500)]
    assert session.scalars(select(History.what)).all() == ["lot.confirmed"]


@pytest.mark.parametrize("reason", list(CountReason))
def test_a_lot_is_counted_for_any_reason_on_the_list(
    session: Session, reason: CountReason
) -> None:
    lot = make_lot(session, item=make_item(session, code="WAX"), quantity=500)

    count(session, lot_id=lot.id, quantity=1, reason=reason, who=WHO, now=NOW)

    assert last_move(session).reason == reason.value


def test_a_count_is_something_that_can_be(session: Session) -> None:
    lot = make_lot(session, item=make_item(session, code="WAX"), quantity=500)

    for quantity, reason, field in (
        (-1, "counted", "quantity"),
        (10**16, "counted", "quantity"),
        (1, "moths", "reason"),
    ):
        with pytest.raises(Invalid) as refused:
            count(
                session,
                lot_id=lot.id,
                quantity=quantity,
                reason=reason,
                who=WHO,
                now=NOW,
            )
        assert refused.value.field == field
    with pytest.raises(Missing):
        count(session, lot_id=99, quantity=1, who=WHO, now=NOW)


def test_what_a_count_does_not_find_is_planned_anew(session: Session) -> None:
    candle = make_item(session, code="CANDLE")
    order = make_order(session, account=make_account(session), lines={candle: 4})
    lot = make_lot(session, item=candle, quantity=4 * PIECE)
    demand = demand_of(session, order, candle)
    hold(session, lot, owner=demand, quantity=4 * PIECE)

    count(session, lot_id=lot.id, quantity=3 * PIECE, who=WHO, now=NOW)

    assert held(session, demand) == {lot.code: 3 * PIECE}
    plan.replan(session, now=NOW)
    assert books(session) == []


# Thrown away ---------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", list(ScrapReason))
def test_what_is_thrown_away_leaves_the_lot_as_scrap(
    session: Session, reason: ScrapReason
) -> None:
    lot = make_lot(session, item=make_item(session, code="WAX"), quantity=500)

    scrap(session, lot_id=lot.id, quantity=120, reason=reason, note="x", who=WHO, now=NOW)

    assert moves(session, lot) == [("received", 500), ("scrapped", -120)]
    assert (last_move(session).reason, last_move(session).why) == (reason.value, "x")
    assert balance(session, lot) == (380, 0)


def test_no_more_is_thrown_away_than_there_is(session: Session) -> None:
    lot = make_lot(session, item=make_item(session, code="WAX"), quantity=500)

    for quantity, reason, field in (
        (0, "burnt", "quantity"),
        (501, "burnt", "quantity"),
        (5, "counted", "reason"),
    ):
        with pytest.raises(Invalid) as refused:
            scrap(
                session, lot_id=lot.id, quantity=quantity, reason=reason, who=WHO, now=NOW
            )
        assert refused.value.field == field

    assert balance(session, lot) == (500, 0)


def test_what_is_picked_for_a_run_is_not_thrown_away(session: Session) -> None:
    scene = plan_candles(session, candle=make_item(session, code="CANDLE"))
    produce.start(session, production_order_id=scene.run.id, who=WHO, now=NOW)
    lot = scene.wax_lot.id

    with pytest.raises(AlreadyPicked, match=scene.run.number):
        scrap(session, lot_id=lot, quantity=201 * PIECE, reason="spilt", who=WHO, now=NOW)

    scrap(session, lot_id=lot, quantity=200 * PIECE, reason="spilt", who=WHO, now=NOW)
    assert balance(session, lot) == (1800 * PIECE, 1800 * PIECE)


# Rejected ------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["available", "quarantined"])
def test_a_rejected_lot_is_put_aside_and_thrown_away(session: Session, state: str) -> None:
    candle = make_item(session, code="CANDLE")
    order = make_order(session, account=make_account(session), lines={candle: 4})
    lot = make_lot(session, item=candle, quantity=4 * PIECE, state=state)
    demand = demand_of(session, order, candle)
    if state == "available":
        hold(session, lot, owner=demand, quantity=3 * PIECE)

    holders = reject(session, lot_id=lot.id, reason="cracked", who=WHO, now=NOW)

    assert (holders, held(session, demand)) == ((), {})
    assert balance(session, lot) == (0, 0)
    assert session.get_one(Lot, lot.id).state == "quarantined"
    move = last_move(session)
    assert (move.kind, move.quantity) == ("scrapped", -4 * PIECE)
    assert (move.reason, move.why) == ("rejected", "cracked")


def test_what_is_picked_of_a_rejected_lot_stays_and_is_named(session: Session) -> None:
    scene = plan_candles(session, candle=make_item(session, code="CANDLE"))
    produce.start(session, production_order_id=scene.run.id, who=WHO, now=NOW)

    [holder] = reject(session, lot_id=scene.wax_lot.id, reason="", who=WHO, now=NOW)

    assert (holder.number, holder.quantity) == (scene.run.number, 1800 * PIECE)
    assert balance(session, scene.wax_lot) == (1800 * PIECE, 1800 * PIECE)
    with pytest.raises(NothingThere):
        reject(session, lot_id=scene.wax_lot.id, reason="", who=WHO, now=NOW)


def test_an_empty_lot_is_not_rejected(session: Session) -> None:
    lot = make_lot(session, item=make_item(session, code="WAX"), quantity=500)
    count(session, lot_id=lot.id, quantity=0, who=WHO, now=NOW)

    with pytest.raises(NothingThere, match=lot.code):
        reject(session, lot_id=lot.id, reason="", who=WHO, now=NOW)

    assert session.get_one(Lot, lot.id).state == "available"
