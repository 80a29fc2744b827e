"""Goods that come in, late, in parts or too many, and orders that are closed short."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.making.cost import UnitCost
from hub.flow.purchasing.purchase import close
from hub.flow.purchasing.purchase_draft import draft_suggested
from hub.flow.purchasing.purchase_receive import Arrived, receive
from hub.flow.refusal import SomebodyWasFirst
from hub.models.orders.order_shortages import order_shortages
from hub.models.purchasing.purchase_views import purchase_rows
from hub.models.records.production import ProductionOrder
from hub.models.records.purchasing import PurchaseOrder
from hub.models.records.stock import Lot
from tests.factories import (
    NOW,
    PIECE,
)
from tests.flow.purchasing.buying import (
    KILO,
    TODAY,
    WHO,
    a_candle,
    bought,
    came,
    ceres,
    covered,
    in_days,
    line,
    placed,
    plan,
    reserved,
    sells,
    short,
    state,
    suggested,
    wax,
)


def test_goods_that_come_in_parts_cover_who_waited_lot_by_lot(session: Session) -> None:
    order = a_candle(session, grams=0)
    order_id = bought(session, 2 * KILO, expected_on=in_days(5))

    [first] = came(session, order_id, 800 * PIECE)
    after_the_first = (state(session), reserved(session), covered(session))
    second, third = came(session, order_id, 700 * PIECE, 500 * PIECE)

    assert after_the_first == ("ordered", 800, [1200])
    assert (state(session), reserved(session), covered(session)) == ("received", 2000, [])
    assert order_shortages(session, order_id=order.id) == []
    assert session.scalars(select(ProductionOrder)).one().starts_on == TODAY
    lots = session.scalars(select(Lot).order_by(Lot.id)).all()
    assert [lot.id for lot in lots] == [first, second, third]
    assert {lot.purchase_line_id for lot in lots} == {line(session).id}
    session.refresh(order)
    assert order.phase == "materials_reserved"


def test_a_lot_keeps_what_its_supplier_said_of_it_and_what_it_cost(
    session: Session,
) -> None:
    a_candle(session)
    seller = ceres(session)
    sells(session, seller, micros=12_000)
    order_id = draft_suggested(session, supplier_id=seller, today=TODAY, who=WHO, now=NOW)
    placed(session, order_id)
    item_id = wax(session).id

    lots = receive(
        session,
        purchase_order_id=order_id,
        arrived=[
            Arrived(
                item_id=item_id,
                quantity=KILO,
                code="W-7",
                supplier_lot="CV-1187",
                best_before=date(2028, 1, 31),
            ),
            Arrived(
                item_id=item_id,
                quantity=KILO,
                unit_cost=UnitCost(micros=13_500, currency="EUR"),
            ),
        ],
        who=WHO,
        now=NOW,
    )

    told, dearer = (session.get_one(Lot, lot_id) for lot_id in lots)
    assert (told.code, told.supplier_lot, told.best_before) == (
        "W-7",
        "CV-1187",
        date(2028, 1, 31),
    )
    assert (told.unit_cost_micros, told.currency) == (12_000, "EUR")
    assert (dearer.unit_cost_micros, dearer.currency) == (13_500, "EUR")


def test_more_than_was_ordered_is_taken_in_and_shown(session: Session) -> None:
    a_candle(session)
    order_id = bought(session, 2 * KILO, expected_on=in_days(5))

    came(session, order_id, 2500 * PIECE)

    [row] = purchase_rows(session, orders=[session.get_one(PurchaseOrder, order_id)])
    [only] = row.lines
    assert (only.open, only.over, row.order.state) == (0, 500 * PIECE, "received")


def test_what_a_supplier_sends_late_is_still_of_its_order(session: Session) -> None:
    a_candle(session, grams=0)
    order_id = bought(session, 2 * KILO, expected_on=in_days(5))
    came(session, order_id, KILO)
    close(session, purchase_order_id=order_id, who=WHO, now=NOW)

    came(session, order_id, KILO)

    assert (state(session), reserved(session)) == ("received", 2000)


def test_of_two_who_take_the_same_parcel_in_one_is_told_to_look(session: Session) -> None:
    a_candle(session)
    order_id = bought(session, 2 * KILO, expected_on=in_days(5))
    came(session, order_id, KILO, seen=0)

    with pytest.raises(SomebodyWasFirst, match="look again"):
        came(session, order_id, KILO, seen=0)


def test_what_is_closed_short_is_short_again_and_suggested_again(session: Session) -> None:
    a_candle(session, grams=0)
    order_id = bought(session, 2 * KILO, expected_on=in_days(5))
    came(session, order_id, 500 * PIECE)

    close(session, purchase_order_id=order_id, reason="sold out", who=WHO, now=NOW)
    plan(session)

    assert (state(session), short(session), covered(session)) == ("received", [1500], [])
    assert suggested(session) == [("WAX", 1500, "")]


def test_an_order_closed_before_anything_came_is_cancelled(session: Session) -> None:
    a_candle(session)
    order_id = bought(session, 2 * KILO, expected_on=in_days(5))

    close(session, purchase_order_id=order_id, who=WHO, now=NOW)
    plan(session)

    assert (state(session), short(session)) == ("cancelled", [1500])
