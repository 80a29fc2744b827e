"""From a shortage to goods in the house: suggested, ordered, awaited, received, closed."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.making.cost import UnitCost
from hub.flow.catalogue.suppliers import add_supplier, change_supplier, offer
from hub.flow.planning.plan import replan
from hub.flow.purchasing.purchase import cancel, close, expect, place
from hub.flow.purchasing.purchase_draft import Wanted, change_line, draft, draft_suggested
from hub.flow.purchasing.purchase_order import NotNow
from hub.flow.purchasing.purchase_receive import Arrived, receive
from hub.flow.refusal import Invalid, Missing, SomebodyWasFirst
from hub.flow.step import StepRefused
from hub.models.orders.order_shortages import order_shortages
from hub.models.purchasing.purchase_needs import suggestion_rows
from hub.models.purchasing.purchase_views import purchase_rows
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from hub.models.records.planning import Promise, Shortage
from hub.models.records.production import ProductionNeed, ProductionOrder
from hub.models.records.purchasing import PurchaseCover, PurchaseLine, PurchaseOrder
from hub.models.records.stock import Lot, LotBalance, Reservation
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_lot,
    make_order,
    make_recipe,
)

TODAY = NOW.date()
WHO = "user:1"
KILO = 1000 * PIECE


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


def plan(session: Session) -> None:
    replan(session, now=NOW)
    session.expire_all()


def wax(session: Session, *, lead_time_days: int | None = None) -> Item:
    found = session.scalar(select(Item).filter_by(code="WAX"))
    return found or make_item(session, code="WAX", lead_time_days=lead_time_days)


def a_candle(session: Session, *, grams: int = 500) -> SalesOrder:
    """An order for six candles: a run of one batch wants 2 kg of wax, and so many g are there."""
    candle, soy = make_item(session, code="CANDLE"), wax(session)
    make_recipe(session, item=candle, uses={soy: 2 * KILO})
    if grams:
        make_lot(session, item=soy, quantity=grams * PIECE)
    order = make_order(session, account=make_account(session), lines={candle: 6})
    plan(session)
    return order


def ceres(session: Session, code: str = "CERES", *, name: str = "Ceres") -> int:
    return add_supplier(session, code=code, name=name, who=WHO, now=NOW)


def sells(
    session: Session,
    supplier_id: int,
    *,
    lead: int | None = 7,
    smallest: int = 0,
    multiple: int = KILO,
    micros: int | None = 12_000,
    is_preferred: bool = False,
) -> None:
    offer(
        session,
        supplier_id=supplier_id,
        item_id=wax(session).id,
        lead_time_days=lead,
        smallest=smallest,
        multiple=multiple,
        unit_cost=None if micros is None else UnitCost(micros=micros, currency="EUR"),
        is_preferred=is_preferred,
        who=WHO,
        now=NOW,
    )


def bought(session: Session, quantity: int, *, expected_on: date | None = None) -> int:
    """Order so much wax of Ceres and plan."""
    made = draft(
        session,
        supplier_id=ceres(session),
        lines=[Wanted(item_id=wax(session).id, quantity=quantity)],
        who=WHO,
        now=NOW,
    )
    placed(session, made, expected_on=expected_on)
    return made


def placed(session: Session, order_id: int, *, expected_on: date | None = None) -> None:
    place(
        session,
        purchase_order_id=order_id,
        expected_on=expected_on,
        today=TODAY,
        who=WHO,
        now=NOW,
    )
    plan(session)


def came(
    session: Session, order_id: int, *quantities: int, seen: int | None = None
) -> list[int]:
    item_id = wax(session).id
    arrived = [Arrived(item_id=item_id, quantity=each, seen=seen) for each in quantities]
    lots = receive(session, purchase_order_id=order_id, arrived=arrived, who=WHO, now=NOW)
    plan(session)
    return lots


def suggested(session: Session) -> list[tuple[str, int, str]]:
    """Return what is suggested: item, grams, supplier."""
    return [
        (
            row.item.code,
            row.suggestion.quantity // PIECE,
            row.supplier.code if row.supplier else "",
        )
        for row in suggestion_rows(session, today=TODAY)
    ]


def short(session: Session) -> list[int]:
    return [row.quantity // PIECE for row in session.scalars(select(Shortage))]


def covered(session: Session) -> list[int]:
    query = select(PurchaseCover).order_by(PurchaseCover.id)
    return [row.quantity // PIECE for row in session.scalars(query)]


def reserved(session: Session) -> int:
    wanted = select(Reservation).where(Reservation.item_id == wax(session).id)
    return sum(row.quantity for row in session.scalars(wanted)) // PIECE


def earliest(session: Session, order: SalesOrder) -> date | None:
    session.refresh(order)
    return order.earliest_on


def line(session: Session) -> PurchaseLine:
    return session.scalars(select(PurchaseLine)).one()


def state(session: Session) -> str:
    return session.scalars(select(PurchaseOrder)).one().state


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


def test_a_cancelled_order_is_short_again_and_one_partly_here_cannot_be_cancelled(
    session: Session,
) -> None:
    a_candle(session, grams=0)
    order_id = bought(session, 2 * KILO, expected_on=in_days(5))
    came(session, order_id, 500 * PIECE)
    with pytest.raises(NotNow, match="close what is left"):
        cancel(session, purchase_order_id=order_id, who=WHO, now=NOW)
    other = draft(
        session,
        supplier_id=ceres(session, "MIEL", name="Miel"),
        lines=[Wanted(item_id=wax(session).id, quantity=3 * KILO)],
        who=WHO,
        now=NOW,
    )
    placed(session, other, expected_on=in_days(2))
    assert sum(covered(session)) == 1500

    cancel(session, purchase_order_id=other, who=WHO, now=NOW)
    plan(session)

    assert covered(session) == [1500]
    assert session.get_one(PurchaseOrder, other).state == "cancelled"


def test_a_draft_is_changed_line_by_line_and_an_order_on_its_way_is_not(
    session: Session,
) -> None:
    soy, wick = wax(session), make_item(session, code="WICK")
    order_id = draft(
        session,
        supplier_id=ceres(session),
        lines=[Wanted(item_id=soy.id, quantity=KILO)],
        who=WHO,
        now=NOW,
    )

    def write(item: Item, quantity: int) -> None:
        change_line(
            session,
            purchase_order_id=order_id,
            item_id=item.id,
            quantity=quantity,
            who=WHO,
            now=NOW,
        )

    write(wick, 50 * PIECE)
    write(soy, 3 * KILO)
    assert amounts(session) == {soy.id: 3 * KILO, wick.id: 50 * PIECE}
    write(soy, 0)
    assert amounts(session) == {wick.id: 50 * PIECE}
    with pytest.raises(Invalid, match="cancel the order"):
        write(wick, 0)
    placed(session, order_id)
    with pytest.raises(NotNow, match="PO-0001 is ordered"):
        write(wick, PIECE)


def amounts(session: Session) -> Mapping[int, int]:
    rows = session.scalars(select(PurchaseLine))
    return {row.item_id: row.quantity for row in rows}


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


def test_what_cannot_be_is_refused_and_nothing_is_written(session: Session) -> None:
    soy, seller = wax(session), ceres(session)

    def write(*lines: Wanted) -> int:
        return draft(session, supplier_id=seller, lines=lines, who=WHO, now=NOW)

    with pytest.raises(Invalid, match="what to order"):
        write()
    twice = Wanted(item_id=soy.id, quantity=KILO)
    with pytest.raises(Invalid, match="named twice"):
        write(twice, twice)
    order_id = write(twice)
    with pytest.raises(NotNow, match="PO-0001 is draft"):
        came(session, order_id, KILO)
    with pytest.raises(Invalid, match="That day is over"):
        placed(session, order_id, expected_on=in_days(-1))
    placed(session, order_id, expected_on=in_days(0))
    with pytest.raises(StepRefused):
        placed(session, order_id)
    with pytest.raises(Invalid, match="not in this purchase order"):
        receive(
            session,
            purchase_order_id=order_id,
            arrived=[Arrived(item_id=make_item(session, code="WICK").id, quantity=PIECE)],
            who=WHO,
            now=NOW,
        )
    with pytest.raises(Missing):
        cancel(session, purchase_order_id=99, who=WHO, now=NOW)
    assert session.scalars(select(LotBalance)).all() == []
