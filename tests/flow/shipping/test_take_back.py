"""Goods come back: into lots of their own, never more than left, and somebody says what then."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.orders.decisions import Change, Follows, Stage
from hub.domain.stock.lot_states import LotState
from hub.domain.stock.trace import Direction, Node, NodeKind, walk
from hub.flow.planning.plan import replan
from hub.flow.refusal import Invalid, Missing
from hub.flow.shipping.ship import ship
from hub.flow.shipping.take_back import Back, Fate, NotSent, take_back
from hub.flow.stock.stock import set_lot_state
from hub.invariants import check
from hub.models.recalls.trace_edges import trace_edges
from hub.models.records.decisions import Decision
from hub.models.records.items import Item
from hub.models.records.orders import OrderLine, SalesOrder
from hub.models.records.shipping import Shipment
from hub.models.records.stock import Lot
from mapping.effects import Tracking
from tests.factories import NOW, PIECE, make_account, make_item, make_lot, make_order
from tests.flow.bench import WHO, balance, marked, unmark


def sent(session: Session, *, pieces: int = 5) -> tuple[Shipment, Lot, SalesOrder]:
    candle = make_item(session)
    lot = make_lot(
        session, item=candle, quantity=10 * PIECE, code="C-1", unit_cost_micros=70
    )
    order = make_order(session, account=make_account(session), lines={candle: pieces})
    replan(session, now=NOW)
    shipment_id = ship(
        session,
        order_id=order.id,
        lines=None,
        tracking=Tracking(carrier="DHL", number="0034", url=""),
        notify=True,
        who=WHO,
        now=NOW,
    )
    unmark(session)
    return session.get_one(Shipment, shipment_id), lot, order


def back(
    session: Session, shipment: Shipment, pieces: int, fate: Fate = Fate.INSPECT
) -> Lot:
    line = session.scalars(select(OrderLine).filter_by(order_id=shipment.order_id)).one()
    (lot_id,) = take_back(
        session,
        shipment_id=shipment.id,
        lines=[Back(order_line_id=line.id, pieces=pieces, fate=fate)],
        reason="melted in the sun",
        who=WHO,
        now=NOW,
    )
    return session.get_one(Lot, lot_id)


def test_what_comes_back_is_a_lot_of_its_own_in_quarantine(session: Session) -> None:
    shipment, lot, _ = sent(session)

    returned = back(session, shipment, 2)

    assert (returned.code, returned.state) == ("C-1-R1", "quarantined")
    assert (returned.unit_cost_micros, returned.item_id) == (70, lot.item_id)
    assert balance(session, returned) == (2 * PIECE, 0)
    assert balance(session, lot) == (5 * PIECE, 0)
    assert marked(session) == {lot.item_id}
    assert check(session) == []


def test_what_is_as_good_as_new_goes_to_whoever_waits(session: Session) -> None:
    shipment, lot, order = sent(session, pieces=10)
    candle = session.get_one(Item, lot.item_id)
    waiting = make_order(
        session, account=make_account(session, name="Other"), lines={candle: 2}
    )
    replan(session, now=NOW)
    before = waiting.phase

    back(session, shipment, 3, Fate.RESTOCK)
    replan(session, now=NOW)

    assert (before, waiting.phase) == ("needs_attention", "ready_to_ship")


def test_what_is_spoilt_comes_in_and_is_thrown_away(session: Session) -> None:
    shipment, _, _ = sent(session)

    returned = back(session, shipment, 2, Fate.SCRAP)

    assert balance(session, returned) == (0, 0)
    assert check(session) == []


def test_no_more_comes_back_than_left(session: Session) -> None:
    shipment, _, _ = sent(session)
    back(session, shipment, 3)

    with pytest.raises(NotSent, match="only 2 each"):
        back(session, shipment, 3)

    assert back(session, shipment, 2).code == "C-1-R2"


def test_the_order_stays_shipped_and_its_timeline_says_what_came_back(
    session: Session,
) -> None:
    shipment, _, order = sent(session)

    back(session, shipment, 5)
    replan(session, now=NOW)

    assert order.phase == "shipped"
    line = session.scalars(select(OrderLine).filter_by(order_id=order.id)).one()
    assert line.shipped == 5


def test_goods_of_a_recalled_lot_are_never_sold_again(session: Session) -> None:
    shipment, lot, _ = sent(session)
    set_lot_state(
        session, lot_id=lot.id, state=LotState.RECALLED, reason="glass", who=WHO, now=NOW
    )

    returned = back(session, shipment, 1, Fate.RESTOCK)

    assert returned.state == "quarantined"


def test_a_trace_goes_on_into_what_came_back(session: Session) -> None:
    shipment, lot, _ = sent(session)
    returned = back(session, shipment, 1)

    edges = trace_edges(session, lot_ids=[lot.id], direction=Direction.FORWARD)

    start, end = (Node(kind=NodeKind.LOT, id=each.id) for each in (lot, returned))
    assert end in walk(edges, start=start, direction=Direction.FORWARD).nodes


def test_a_return_that_was_waited_for_is_answered(session: Session) -> None:
    shipment, lot, order = sent(session)
    decision = Decision(
        order_id=order.id,
        item_id=lot.item_id,
        change=Change.CANCELLED.value,
        stage=Stage.SHIPPED.value,
        decision=Follows.EXPECT_RETURN.value,
        needs_person=True,
        at=NOW,
    )
    session.add(decision)
    session.flush()

    back(session, shipment, 1)

    session.refresh(decision)
    assert (decision.done_at, decision.done_by) == (NOW, WHO)


def test_what_was_not_in_the_parcel_cannot_come_back(session: Session) -> None:
    shipment, _, order = sent(session)
    line = session.scalars(select(OrderLine).filter_by(order_id=order.id)).one()
    for lines, field in (
        ([], "lines"),
        ([Back(order_line_id=999, pieces=1, fate=Fate.INSPECT)], "lines.0.line"),
        ([Back(order_line_id=line.id, pieces=0, fate=Fate.INSPECT)], "lines.0.quantity"),
    ):
        with pytest.raises(Invalid) as refused:
            take_back(
                session, shipment_id=shipment.id, lines=lines, reason="", who=WHO, now=NOW
            )
        assert refused.value.field == field
    with pytest.raises(Missing):
        take_back(session, shipment_id=999, lines=[], reason="", who=WHO, now=NOW)
