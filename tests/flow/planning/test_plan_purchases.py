"""What is on order covers who waits for it, and is told apart from what is missing."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.orders.change import cancel_order
from hub.flow.replan import mark
from hub.invariants import check
from hub.models.records.items import Item
from hub.models.records.messages import OutboundMessage
from hub.models.records.orders import SalesOrder
from hub.models.records.planning import Shortage
from hub.models.records.purchasing import PurchaseCover, PurchaseLine, PurchaseOrder
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
from tests.flow.candle_maker import (
    LATER,
    a_candle,
    everything,
    phases,
    plan,
    runs,
    shortages,
)

THURSDAY = date(2026, 12, 3)


def wax(session: Session) -> Item:
    return session.scalars(select(Item).filter_by(code="WAX")).one()


def settle(session: Session, *items: Item) -> None:
    """Plan once more: runs are then needed on the days that the first plan promised."""
    mark(session, item_ids=[item.id for item in items], why="asked again", now=LATER)
    plan(session, now=LATER)


def covers(session: Session) -> list[tuple[int, bool]]:
    """How many grams or pieces each cover is, and whether it is for an order line."""
    rows = session.scalars(select(PurchaseCover).order_by(PurchaseCover.id))
    return [(row.quantity // PIECE, row.demand_id is not None) for row in rows]


def reasons(session: Session) -> list[object]:
    return list(session.scalars(select(SalesOrder.hold_reasons)).one())


def test_a_material_on_order_is_covered_and_not_short(session: Session) -> None:
    candle = a_candle(session, wax=500)
    make_purchase(session, item=wax(session), quantity=9000 * PIECE, expected_on=THURSDAY)
    make_order(session, account=make_account(session), lines={candle: 6})

    plan(session)

    assert covers(session) == [(1500, False)]
    assert shortages(session) == []
    assert (phases(session), reasons(session)) == (
        ["waiting_for_materials"],
        ["on_its_way"],
    )
    assert check(session, now=NOW) == []


def test_what_is_ordered_too_little_is_short_by_the_rest(session: Session) -> None:
    candle = a_candle(session)
    make_purchase(session, item=wax(session), quantity=1400 * PIECE)
    make_order(session, account=make_account(session), lines={candle: 6})

    plan(session)

    assert (covers(session), shortages(session)) == ([(1400, False)], [(600, "no_stock")])
    assert reasons(session) == ["short"]


def test_goods_bought_for_sale_are_covered_for_the_order_itself(session: Session) -> None:
    box = make_item(session, code="BOX")
    make_purchase(session, item=box, quantity=10 * PIECE)
    make_order(session, account=make_account(session), lines={box: 3})

    plan(session)

    assert covers(session) == [(3, True)]
    assert (phases(session), reasons(session)) == (
        ["waiting_for_materials"],
        ["on_its_way"],
    )


def test_an_order_that_waits_for_a_purchase_is_held_at_the_shop(session: Session) -> None:
    candle = a_candle(session)
    make_purchase(session, item=wax(session), quantity=9000 * PIECE)
    make_order(session, account=make_account(session), lines={candle: 6})

    plan(session)

    [told] = session.scalars(select(OutboundMessage))
    assert told.kind == "hold"


@pytest.mark.parametrize("state", ["draft", "received", "cancelled"])
def test_only_what_was_really_ordered_is_counted_on(session: Session, state: str) -> None:
    candle = a_candle(session)
    make_purchase(session, item=wax(session), quantity=9000 * PIECE, state=state)
    make_order(session, account=make_account(session), lines={candle: 6})

    plan(session)

    assert (covers(session), shortages(session)) == ([], [(2000, "no_stock")])


def test_what_came_or_was_closed_covers_nobody_any_more(session: Session) -> None:
    candle = a_candle(session)
    line = make_purchase(session, item=wax(session), quantity=2000 * PIECE)
    make_order(session, account=make_account(session), lines={candle: 6})
    plan(session)
    session.get_one(PurchaseLine, line.id).received = 700 * PIECE
    make_lot(session, item=wax(session), quantity=700 * PIECE)
    mark(session, item_ids=[wax(session).id], why="received", now=LATER)
    plan(session, now=LATER)
    assert covers(session) == [(1300, False)]
    session.get_one(PurchaseLine, line.id).is_closed = True
    mark(session, item_ids=[wax(session).id], why="closed", now=LATER)

    plan(session, now=LATER)

    assert (covers(session), shortages(session)) == ([], [(1300, "no_stock")])


def test_a_cancelled_order_leaves_its_purchase_to_the_next(session: Session) -> None:
    box, shop = make_item(session, code="BOX"), make_account(session)
    make_purchase(session, item=box, quantity=4 * PIECE)
    first = make_order(session, account=shop, lines={box: 4})
    make_order(session, account=shop, lines={box: 3}, placed_at=LATER, now=LATER)
    plan(session)
    assert (covers(session), shortages(session)) == ([(4, True)], [(3, "no_stock")])

    cancel_order(session, order_id=first.id, reason="", who="user:1", now=LATER)
    plan(session, now=LATER)

    assert (covers(session), shortages(session)) == ([(3, True)], [])
    assert check(session, now=LATER) == []


def test_planning_again_with_purchases_writes_nothing(session: Session) -> None:
    candle = a_candle(session, wax=300)
    make_purchase(session, item=wax(session), quantity=900 * PIECE, expected_on=THURSDAY)
    make_purchase(session, item=wax(session), quantity=400 * PIECE)
    make_order(session, account=make_account(session), lines={candle: 6})
    plan(session)
    settle(session, candle)
    before = everything(session)
    assert [quantity for quantity, _ in covers(session)] == [900, 400]
    mark(session, item_ids=[candle.id, wax(session).id], why="asked again", now=LATER)

    plan(session, now=LATER)

    assert everything(session) == before


@pytest.mark.parametrize("policy", ["make_to_order", "make_to_stock"])
def test_what_a_bought_material_lacks_of_its_levels_is_written_down(
    session: Session, policy: str
) -> None:
    soy = make_item(session, code="WAX", policy=policy, reorder_point=1000 * PIECE)
    soy.stock_up_to = 5000 * PIECE
    make_lot(session, item=soy, quantity=400 * PIECE)
    make_purchase(session, item=soy, quantity=500 * PIECE)

    plan(session)

    assert wax(session).stock_short == 4100 * PIECE
    line = session.scalars(select(PurchaseLine)).one()
    line.quantity = 5000 * PIECE
    mark(session, item_ids=[soy.id], why="ordered more", now=LATER)

    plan(session, now=LATER)

    assert wax(session).stock_short == 0


def test_goods_made_to_stock_are_filled_up_to_their_level(session: Session) -> None:
    candle = a_candle(session, wax=50_000)
    candle.policy, candle.reorder_point = "make_to_stock", 10 * PIECE
    candle.stock_up_to = 35 * PIECE
    make_lot(session, item=candle, quantity=9 * PIECE)
    mark(session, item_ids=[candle.id], why="levels", now=NOW)

    plan(session)

    assert runs(session) == [("planned", 3, 30)]


def test_stock_takes_no_material_from_an_order(session: Session) -> None:
    candle = a_candle(session, wax=2000)
    candle.policy, candle.reorder_point = "make_to_stock", 10 * PIECE
    mark(session, item_ids=[candle.id], why="levels", now=NOW)
    plan(session)
    assert phases(session) == []
    balm = make_item(session, code="BALM")
    make_recipe(session, item=balm, uses={wax(session): 2000 * PIECE})
    make_order(
        session,
        account=make_account(session),
        lines={balm: 10},
        requested_on=NOW.date() + timedelta(days=20),
        now=LATER,
    )

    plan(session, now=LATER)

    assert phases(session) == ["materials_reserved"]
    [short] = session.scalars(select(Shortage))
    assert short.quantity == 2000 * PIECE


def test_a_purchase_order_is_never_touched_by_planning(session: Session) -> None:
    candle = a_candle(session)
    make_purchase(session, item=wax(session), quantity=9000 * PIECE)
    make_order(session, account=make_account(session), lines={candle: 6})

    plan(session)

    [order] = session.scalars(select(PurchaseOrder))
    [line] = session.scalars(select(PurchaseLine))
    assert (order.state, line.received, line.is_closed) == ("ordered", 0, False)
