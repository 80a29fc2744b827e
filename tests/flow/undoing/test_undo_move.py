"""A receipt, a count, an adjustment and a loss are taken back by a move of the other sign."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import invariants
from hub.flow.making import produce
from hub.flow.planning import plan
from hub.flow.refusal import Missing
from hub.flow.stock import stock
from hub.flow.stock.counts import count, scrap
from hub.flow.undoing.undo_move import NotByItself, undo_move
from hub.flow.undoing.undo_run import NotWhole
from hub.models.records.history import History
from hub.models.records.items import Item
from hub.models.records.purchasing import PurchaseLine, PurchaseOrder, Supplier
from hub.models.records.stock import Lot, StockMove
from tests.factories import NOW, PIECE, make_account, make_item, make_order
from tests.flow.bench import (
    WHO,
    balance,
    demand_of,
    held,
    hold,
    marked,
    moves,
    plan_candles,
    unmark,
)


@pytest.fixture
def wax(session: Session) -> Item:
    return make_item(session, code="WAX")


def receive(
    session: Session, item: Item, quantity: int = 500, *, line_id: int | None = None
) -> Lot:
    lot_id = stock.receive(
        session,
        item_id=item.id,
        quantity=quantity,
        purchase_line_id=line_id,
        who=WHO,
        now=NOW,
    )
    return session.get_one(Lot, lot_id)


def last_move(session: Session, lot: Lot) -> StockMove:
    query = select(StockMove).filter_by(lot_id=lot.id).order_by(StockMove.id.desc())
    return session.scalars(query.limit(1)).one()


def take_back(session: Session, move: StockMove, *, reason: str = "a slip") -> int:
    return undo_move(session, move_id=move.id, reason=reason, who=WHO, now=NOW)


def books(session: Session) -> list[str]:
    return [each.what for each in invariants.check(session, now=NOW)]


def test_goods_received_by_mistake_go_out_again(session: Session, wax: Item) -> None:
    lot = receive(session, wax)
    unmark(session)

    assert take_back(session, last_move(session, lot)) == lot.id

    assert moves(session, lot) == [("received", 500), ("received", -500)]
    assert balance(session, lot) == (0, 0)
    back = last_move(session, lot)
    assert (back.ref_type, back.reverses_id is None, back.why) == ("undo", False, "a slip")
    assert marked(session) == {wax.id}
    [told] = session.scalars(select(History).filter_by(what="lot.undone"))
    assert (told.who, told.why) == (WHO, "a slip")
    plan.replan(session, now=NOW)
    assert books(session) == []


@pytest.mark.parametrize("there", [200, 900])
def test_a_count_is_taken_back(session: Session, wax: Item, there: int) -> None:
    lot = receive(session, wax)
    count(session, lot_id=lot.id, quantity=there, who=WHO, now=NOW)

    take_back(session, last_move(session, lot))

    assert balance(session, lot) == (500, 0)
    assert [kind for kind, _ in moves(session, lot)] == ["received", "adjusted", "adjusted"]


def test_a_loss_is_taken_back(session: Session, wax: Item) -> None:
    lot = receive(session, wax)
    scrap(session, lot_id=lot.id, quantity=120, reason="spilt", who=WHO, now=NOW)

    take_back(session, last_move(session, lot))

    assert balance(session, lot) == (500, 0)
    assert moves(session, lot)[1:] == [("scrapped", -120), ("scrapped", 120)]


def test_an_earlier_count_is_taken_back_under_a_later_one(
    session: Session, wax: Item
) -> None:
    lot = receive(session, wax)
    count(session, lot_id=lot.id, quantity=450, who=WHO, now=NOW)
    first = last_move(session, lot)
    count(session, lot_id=lot.id, quantity=440, who=WHO, now=NOW)

    take_back(session, first)

    assert balance(session, lot) == (490, 0)


def test_a_move_is_taken_back_once_and_its_undoing_never(
    session: Session, wax: Item
) -> None:
    lot = receive(session, wax)
    count(session, lot_id=lot.id, quantity=450, who=WHO, now=NOW)
    first = last_move(session, lot)
    take_back(session, first)

    with pytest.raises(NotByItself, match="taken back already"):
        take_back(session, first)
    with pytest.raises(NotByItself, match="do that again"):
        take_back(session, last_move(session, lot))

    assert balance(session, lot) == (500, 0)


def test_what_was_only_planned_with_the_goods_gives_way(session: Session) -> None:
    candle = make_item(session, code="CANDLE")
    order = make_order(session, account=make_account(session), lines={candle: 4})
    demand = demand_of(session, order, candle)
    lot = receive(session, candle, 4 * PIECE)
    hold(session, lot, owner=demand, quantity=4 * PIECE)

    take_back(session, last_move(session, lot))

    assert held(session, demand) == {}
    plan.replan(session, now=NOW)
    assert books(session) == []


def test_goods_that_were_used_or_picked_are_not_sent_back(session: Session) -> None:
    scene = plan_candles(session, candle=make_item(session, code="CANDLE"))
    received = last_move(session, scene.wax_lot)
    produce.start(session, production_order_id=scene.run.id, who=WHO, now=NOW)

    with pytest.raises(NotWhole, match=f"{scene.run.number} took of it"):
        take_back(session, received)
    produce.finish(session, production_order_id=scene.run.id, who=WHO, now=NOW)
    with pytest.raises(NotWhole, match=f"{scene.run.number} took of it"):
        take_back(session, received)


def test_goods_that_were_counted_since_are_not_sent_back_before_the_count(
    session: Session, wax: Item
) -> None:
    lot = receive(session, wax)
    received = last_move(session, lot)
    count(session, lot_id=lot.id, quantity=600, who=WHO, now=NOW)
    counted = last_move(session, lot)

    with pytest.raises(NotByItself, match="counted since"):
        take_back(session, received)

    take_back(session, counted)
    take_back(session, received)
    assert balance(session, lot) == (0, 0)


def test_what_a_run_moved_is_taken_back_with_the_run(session: Session) -> None:
    scene = plan_candles(session, candle=make_item(session, code="CANDLE"))
    produce.start(session, production_order_id=scene.run.id, who=WHO, now=NOW)
    made = produce.finish(session, production_order_id=scene.run.id, who=WHO, now=NOW)

    for lot in (scene.wax_lot, session.get_one(Lot, made)):
        with pytest.raises(NotByItself, match="take it back there"):
            take_back(session, last_move(session, lot))


def test_there_is_no_taking_back_what_never_moved(session: Session) -> None:
    with pytest.raises(Missing):
        undo_move(session, move_id=99, reason="", who=WHO, now=NOW)


def test_a_purchase_expects_again_what_was_received_by_mistake(
    session: Session, wax: Item
) -> None:
    supplier = Supplier(code="CERA", name="Cera", created_at=NOW)
    session.add(supplier)
    session.flush()
    order = PurchaseOrder(
        number="PO-0001", supplier_id=supplier.id, state="received", created_at=NOW
    )
    session.add(order)
    session.flush()
    line = PurchaseLine(
        purchase_order_id=order.id,
        item_id=wax.id,
        quantity=500,
        received=500,
        expected_on=date(2026, 12, 3),
    )
    session.add(line)
    session.flush()
    lot = receive(session, wax, line_id=line.id)

    take_back(session, last_move(session, lot))

    assert (line.received, order.state) == (0, "ordered")
