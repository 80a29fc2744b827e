"""What to buy: suggested to whom it is bought of, in their packs, and once."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.catalogue.suppliers import change_supplier, offer
from hub.flow.purchasing.purchase import place
from hub.flow.purchasing.purchase_draft import draft_suggested
from hub.flow.purchasing.purchase_order import NotNow
from hub.flow.purchasing.purchase_receive import receive
from hub.models.orders.order_shortages import order_shortages
from hub.models.purchasing.purchase_needs import suggestion_rows
from hub.models.records.planning import Shortage
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_lot,
    make_order,
    make_recipe,
)
from tests.flow.purchasing.buying import (
    KILO,
    TODAY,
    WHO,
    a_candle,
    amounts,
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


def test_a_shortage_is_suggested_to_whom_it_is_bought_of_in_whole_packs(
    session: Session,
) -> None:
    a_candle(session)
    sells(session, ceres(session), lead=7)

    [row] = suggestion_rows(session, today=TODAY)

    found = row.suggestion
    assert (found.missing, found.quantity) == (1500 * PIECE, 2 * KILO)
    assert row.supplier is not None
    assert row.supplier.code == "CERES"
    assert [run.number for run in row.runs] == ["P-0001"]
    assert [order.number for order in row.orders] == ["H-0001"]
    assert found.expected_on == in_days(7)
    assert (found.cost_micros, found.currency) == (24_000_000, "EUR")


def test_of_several_suppliers_the_preferred_one_is_asked_and_is_the_only_one(
    session: Session,
) -> None:
    a_candle(session)
    quick, liked = ceres(session), ceres(session, "MIEL", name="Miel")
    sells(session, quick, lead=1)
    sells(session, liked, lead=9, is_preferred=True)
    assert suggested(session) == [("WAX", 2000, "MIEL")]

    sells(session, quick, lead=1, is_preferred=True)

    assert suggested(session) == [("WAX", 2000, "CERES")]


def test_nothing_is_suggested_of_a_supplier_no_longer_used(session: Session) -> None:
    a_candle(session)
    gone = ceres(session)
    sells(session, gone)

    change_supplier(session, supplier_id=gone, is_active=False, who=WHO, now=NOW)

    assert suggested(session) == [("WAX", 1500, "")]


def test_a_shortage_is_dated_by_the_preferred_supplier_and_not_by_the_item(
    session: Session,
) -> None:
    wax(session, lead_time_days=20)
    a_candle(session)
    sells(session, ceres(session), lead=4)

    plan(session)

    assert session.scalars(select(Shortage)).one().expected_on == in_days(4)


def test_what_is_below_its_level_is_suggested_though_nobody_waits(session: Session) -> None:
    soy = wax(session)
    soy.reorder_point = 3 * KILO
    make_lot(session, item=soy, quantity=KILO)
    sells(session, ceres(session), smallest=5 * KILO)
    plan(session)

    assert suggested(session) == [("WAX", 5000, "CERES")]
    assert [row.orders + row.runs for row in suggestion_rows(session, today=TODAY)] == [[]]


def test_what_is_ordered_is_not_suggested_again_neither_as_a_draft_nor_on_its_way(
    session: Session,
) -> None:
    a_candle(session)
    seller = ceres(session)
    sells(session, seller)

    order_id = draft_suggested(session, supplier_id=seller, today=TODAY, who=WHO, now=NOW)
    as_draft = suggested(session)
    place(session, purchase_order_id=order_id, today=TODAY, who=WHO, now=NOW)
    before_the_plan = suggested(session)
    plan(session)

    assert (as_draft, before_the_plan, suggested(session)) == ([], [], [])
    assert (short(session), covered(session)) == ([], [1500])
    with pytest.raises(NotNow, match="Nothing is to be ordered of Ceres now"):
        draft_suggested(session, supplier_id=seller, today=TODAY, who=WHO, now=NOW)


def test_what_came_before_the_next_plan_is_not_suggested_again(session: Session) -> None:
    a_candle(session)
    seller = ceres(session)
    sells(session, seller)
    order_id = draft_suggested(session, supplier_id=seller, today=TODAY, who=WHO, now=NOW)
    place(session, purchase_order_id=order_id, today=TODAY, who=WHO, now=NOW)

    receive(session, purchase_order_id=order_id, arrived=None, who=WHO, now=NOW)

    assert suggested(session) == []


def test_what_is_bought_to_be_sold_as_it_is_is_suggested_and_covers_the_order(
    session: Session,
) -> None:
    dish = make_item(session, code="DISH")
    order = make_order(session, account=make_account(session), lines={dish: 3})
    plan(session)
    assert suggested(session) == []
    seller = ceres(session)
    offer(
        session,
        supplier_id=seller,
        item_id=dish.id,
        lead_time_days=2,
        smallest=10 * PIECE,
        who=WHO,
        now=NOW,
    )

    order_id = draft_suggested(session, supplier_id=seller, today=TODAY, who=WHO, now=NOW)
    placed(session, order_id)

    assert amounts(session) == {dish.id: 10 * PIECE}
    [lack] = order_shortages(session, order_id=order.id)
    assert (lack.quantity, lack.reason) == (0, "covered")
    assert [part.quantity for part in lack.covered] == [3 * PIECE]
    found = earliest(session, order)
    assert found is not None
    assert found >= in_days(2)


@pytest.mark.parametrize("lead", [None, 7])
def test_an_order_for_the_first_day_of_the_calendar_is_bought_for_too(
    session: Session, lead: int | None
) -> None:
    oil = make_item(session, code="OIL", lead_time_days=lead, shelf_life_days=540)
    soap, shop = make_item(session, code="SOAP"), make_account(session)
    make_recipe(session, item=soap, uses={oil: KILO}, rest_days=28)
    first = date.min  # as programs write it where nobody said a day
    make_order(session, account=shop, lines={soap: 5, oil: 5}, requested_on=first)
    plan(session)

    [row] = suggestion_rows(session, today=TODAY)

    assert row.suggestion.missing == KILO + 5 * PIECE
    assert row.suggestion.order_by == (None if lead is None else first)
