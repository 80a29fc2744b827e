"""Goods on their way: what they cover, and the day they move."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.purchasing.purchase import expect
from hub.flow.purchasing.purchase_draft import Wanted, draft
from hub.models.orders.order_shortages import order_shortages
from hub.models.records.planning import Promise
from hub.models.records.production import ProductionNeed
from hub.models.records.purchasing import PurchaseLine
from tests.factories import (
    NOW,
    PIECE,
    make_item,
)
from tests.flow.purchasing.buying import (
    KILO,
    TODAY,
    WHO,
    a_candle,
    bought,
    ceres,
    covered,
    earliest,
    in_days,
    placed,
    plan,
    sells,
    short,
    suggested,
    wax,
)


def test_a_draft_is_nobodys_supply(session: Session) -> None:
    a_candle(session)
    draft(
        session,
        supplier_id=ceres(session),
        lines=[Wanted(item_id=wax(session).id, quantity=2 * KILO)],
        who=WHO,
        now=NOW,
    )

    plan(session)

    assert (short(session), covered(session)) == ([1500], [])


def test_an_expected_day_moves_the_promise_there_and_back(session: Session) -> None:
    order = a_candle(session)
    assert earliest(session, order) is None
    order_id = bought(session, 2 * KILO, expected_on=in_days(8))
    first = earliest(session, order)

    def expected(day: int) -> date | None:
        expect(
            session,
            purchase_order_id=order_id,
            expected_on=in_days(day),
            today=TODAY,
            who=WHO,
            now=NOW,
        )
        plan(session)
        return earliest(session, order)

    later, soonest = expected(15), expected(3)

    assert first is not None
    assert later is not None
    assert soonest is not None
    assert in_days(3) <= soonest < first < later
    assert later >= in_days(15)
    reasons = session.scalars(select(Promise.reasons).order_by(Promise.id.desc())).first()
    assert "PO-0001" in str(reasons)


def test_half_a_need_on_its_way_and_half_of_it_short_are_never_added_up(
    session: Session,
) -> None:
    order = a_candle(session, grams=0)
    bought(session, KILO, expected_on=in_days(10))

    [lack] = order_shortages(session, order_id=order.id)

    assert (lack.item.code, lack.quantity, lack.reason) == ("WAX", KILO, "no_stock")
    [part] = lack.covered
    assert (part.purchase.number, part.quantity) == ("PO-0001", KILO)
    assert part.expected_on == in_days(10)
    assert short(session) == [1000]
    assert covered(session) == [1000]
    need = session.scalars(select(ProductionNeed)).one()
    assert need.needed == lack.quantity + part.quantity


def test_what_is_wholly_on_its_way_blocks_an_order_without_being_short(
    session: Session,
) -> None:
    order = a_candle(session)
    bought(session, 2 * KILO, expected_on=in_days(10))

    [lack] = order_shortages(session, order_id=order.id)

    assert (lack.quantity, lack.reason, lack.expected_on) == (0, "covered", in_days(10))
    assert [part.quantity for part in lack.covered] == [1500 * PIECE]
    assert suggested(session) == []


def test_what_nobody_dated_comes_after_the_lead_time_or_nobody_knows_when(
    session: Session,
) -> None:
    soy, wick = wax(session, lead_time_days=20), make_item(session, code="WICK")
    seller = ceres(session)
    sells(session, seller, lead=4)
    order_id = draft(
        session,
        supplier_id=seller,
        lines=[
            Wanted(item_id=soy.id, quantity=KILO),
            Wanted(item_id=wick.id, quantity=PIECE),
        ],
        who=WHO,
        now=NOW,
    )

    placed(session, order_id)

    days = {row.item_id: row.expected_on for row in session.scalars(select(PurchaseLine))}
    assert days == {soy.id: in_days(4), wick.id: None}
