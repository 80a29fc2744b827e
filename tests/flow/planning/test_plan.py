"""Who gets what, what must be made and what is missing; and calm plans that write nothing."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.domain.stock.trace import MoveKind
from hub.flow.planning.plan import Planned
from hub.flow.replan import mark
from hub.flow.stock import ledger
from hub.models.planning.held import held_in_lot
from hub.models.records.history import History
from hub.models.records.items import Item
from hub.models.records.messages import OutboundMessage
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.planning import Promise, Replan, Shortage
from hub.models.records.production import ProductionLink, ProductionNeed, ProductionOrder
from hub.models.records.stock import LotBalance, Reservation
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_lot,
    make_order,
    make_recipe,
)
from tests.flow.candle_maker import (
    LATER,
    a_candle,
    everything,
    links,
    phases,
    plan,
    runs,
    shortages,
)


def test_what_is_in_stock_is_allocated_and_nothing_is_made(session: Session) -> None:
    candle = a_candle(session)
    make_lot(session, item=candle, quantity=8 * PIECE)
    make_order(session, account=make_account(session), lines={candle: 3})

    plan(session)

    held = session.scalars(select(Reservation)).one()
    assert (held.quantity, held.is_firm) == (3 * PIECE, False)
    assert runs(session) == []
    assert phases(session) == ["ready_to_ship"]


def test_what_is_missing_becomes_a_run_linked_to_the_line(session: Session) -> None:
    candle = a_candle(session, wax=5000)
    make_lot(session, item=candle, quantity=2 * PIECE)
    make_order(session, account=make_account(session), lines={candle: 6})

    plan(session)

    need = session.scalars(select(ProductionNeed)).one()
    assert runs(session) == [("planned", 1, 10)]
    assert links(session) == [(4, 0)]
    assert need.needed == 2000 * PIECE
    assert phases(session) == ["materials_reserved"]


def test_a_missing_material_is_named_and_dated(session: Session) -> None:
    candle = a_candle(session, wax=500)
    make_order(session, account=make_account(session), lines={candle: 6})

    plan(session)

    short = session.scalars(select(Shortage)).one()
    assert (short.quantity, short.reason) == (1500 * PIECE, "no_stock")
    assert short.expected_on == NOW.date() + timedelta(days=5)
    assert phases(session) == ["waiting_for_materials"]


def test_a_shortage_holds_the_order_at_the_shop_and_its_end_releases_it(
    session: Session,
) -> None:
    candle = a_candle(session)
    make_order(session, account=make_account(session), lines={candle: 6})
    plan(session)
    wax = session.scalars(select(Item).filter_by(code="WAX")).one()
    make_lot(session, item=wax, quantity=9000 * PIECE)
    mark(session, item_ids=[wax.id], why="received", now=LATER)

    plan(session, now=LATER)

    told = [
        row.kind
        for row in session.scalars(select(OutboundMessage).order_by(OutboundMessage.id))
    ]
    assert told == ["hold", "release_hold"]
    assert shortages(session) == []


def test_no_recipe_is_a_shortage_with_that_reason(session: Session) -> None:
    soap = make_item(session, code="SOAP")
    make_order(session, account=make_account(session), lines={soap: 1})

    plan(session)

    assert shortages(session) == [(1, "no_recipe")]
    assert session.scalars(select(SalesOrder)).one().hold_reasons == ["no_recipe"]


def test_sub_recipes_are_made_for_the_runs_that_need_them(session: Session) -> None:
    soap, base = make_item(session, code="SOAP"), make_item(session, code="SOAPBASE")
    lye = make_item(session, code="LYE")
    make_recipe(session, item=soap, uses={base: 1000 * PIECE})
    make_recipe(session, item=base, uses={lye: 300 * PIECE}, batch_size=5000 * PIECE)
    make_lot(session, item=lye, quantity=1000 * PIECE)
    make_order(session, account=make_account(session), lines={soap: 5})

    plan(session)

    linked = session.scalars(select(ProductionLink).order_by(ProductionLink.id)).all()
    assert runs(session) == [("planned", 1, 10), ("planned", 1, 5000)]
    assert [(row.demand_id is None, row.need_id is None) for row in linked] == [
        (False, True),
        (True, False),
    ]
    assert phases(session) == ["materials_reserved"]


def test_several_orders_share_one_run(session: Session) -> None:
    candle = a_candle(session, wax=5000)
    shop = make_account(session)
    for _ in range(3):
        make_order(session, account=shop, lines={candle: 3})

    plan(session)

    assert runs(session) == [("planned", 1, 10)]
    assert links(session) == [(3, 0)] * 3


def test_the_same_unit_is_never_promised_twice(session: Session) -> None:
    candle = a_candle(session, wax=50_000)
    shop = make_account(session)
    for pieces in (5, 3, 2, 4):
        make_order(session, account=shop, lines={candle: pieces})
        plan(session)

    made = sum(planned for _, _, planned in runs(session))

    assert sum(planned for planned, _ in links(session)) == 14
    assert made >= 14


def test_planning_again_writes_nothing(session: Session) -> None:
    candle = a_candle(session, wax=5000)
    make_order(session, account=make_account(session), lines={candle: 6})
    plan(session)
    before = everything(session)
    mark(session, item_ids=[candle.id], why="asked again", now=LATER)

    plan(session, now=LATER)

    assert everything(session) == before


def test_a_smaller_order_shrinks_its_planned_run(session: Session) -> None:
    candle = a_candle(session, wax=50_000)
    make_order(session, account=make_account(session), lines={candle: 25})
    plan(session)
    line = session.scalars(select(OrderLine)).one()
    line.cancelled, session.scalars(select(Demand)).one().quantity = 10, 15 * PIECE
    mark(session, item_ids=[candle.id], why="order H-0001 changed", now=LATER)

    plan(session, now=LATER)

    [noted] = session.scalars(select(History).filter_by(what="run.shrank"))
    assert runs(session) == [("planned", 2, 20)]
    assert (noted.from_state, noted.to_state, noted.why) == (
        "3",
        "2",
        "order H-0001 changed",
    )
    wax = session.scalars(select(func.sum(Reservation.quantity))).one()
    assert wax == 4000 * PIECE


def test_a_cancelled_order_gives_back_all_it_held_and_keeps_its_link(
    session: Session,
) -> None:
    candle = a_candle(session, wax=50_000)
    make_lot(session, item=candle, quantity=2 * PIECE)
    order = make_order(session, account=make_account(session), lines={candle: 6})
    plan(session)
    order.intent = "cancelled"
    mark(session, item_ids=[candle.id], why="order H-0001 was cancelled", now=LATER)
    session.flush()

    plan(session, now=LATER)

    assert runs(session) == [("cancelled", 1, 10)]
    assert links(session) == [(0, 0)]
    assert session.scalars(select(Reservation)).all() == []
    assert session.scalars(select(func.sum(LotBalance.reserved))).one() == 0


def test_a_released_run_keeps_its_size_and_offers_the_rest(session: Session) -> None:
    candle = a_candle(session, wax=50_000)
    shop = make_account(session)
    first = make_order(session, account=shop, lines={candle: 8})
    plan(session)
    session.scalars(select(ProductionOrder)).one().state = "released"
    first.intent = "cancelled"
    make_order(session, account=shop, lines={candle: 5})
    mark(session, item_ids=[candle.id], why="changed", now=LATER)
    session.flush()

    plan(session, now=LATER)

    assert runs(session) == [("released", 1, 10)]
    assert links(session) == [(0, 0), (5, 0)]


def test_an_unpaid_order_is_planned_only_when_it_is_paid(session: Session) -> None:
    candle = a_candle(session, wax=5000)
    order = make_order(
        session, account=make_account(session), lines={candle: 6}, release="hold_payment"
    )
    plan(session)
    assert runs(session) == []
    order.release = "ready"
    mark(session, item_ids=[candle.id], why="paid", now=LATER)
    session.flush()

    plan(session, now=LATER)

    assert runs(session) == [("planned", 1, 10)]


def test_an_urgent_order_takes_the_stock_of_one_that_can_wait(session: Session) -> None:
    candle = a_candle(session, wax=5000)
    make_lot(session, item=candle, quantity=4 * PIECE)
    shop = make_account(session)
    make_order(session, account=shop, lines={candle: 4})
    plan(session)
    make_order(session, account=shop, lines={candle: 4}, priority=1)

    plan(session, now=LATER)

    assert phases(session) == ["materials_reserved", "ready_to_ship"]


def test_quarantined_stock_is_given_to_nobody(session: Session) -> None:
    candle = a_candle(session, wax=5000)
    make_lot(session, item=candle, quantity=9 * PIECE, state="quarantined")
    make_order(session, account=make_account(session), lines={candle: 4})

    plan(session)

    assert runs(session) == [("planned", 1, 10)]


def test_the_lot_that_expires_first_goes_first(session: Session) -> None:
    candle = a_candle(session)
    late = make_lot(session, item=candle, quantity=5 * PIECE, best_before=date(2027, 9, 1))
    soon = make_lot(session, item=candle, quantity=5 * PIECE, best_before=date(2027, 3, 1))
    make_order(session, account=make_account(session), lines={candle: 6})

    plan(session)

    rows = session.scalars(select(Reservation))
    assert {row.lot_id: row.quantity // PIECE for row in rows} == {soon.id: 5, late.id: 1}


def test_a_date_is_promised_with_its_reasons_and_then_kept(session: Session) -> None:
    candle = a_candle(session)
    order = make_order(session, account=make_account(session), lines={candle: 6})
    plan(session)
    first = session.scalars(select(Promise)).one()
    assert order.promised_on == first.committed_on
    wax = session.scalars(select(Item).filter_by(code="WAX")).one()
    wax.lead_time_days = 20
    mark(session, item_ids=[wax.id], why="supplier is late", now=LATER)
    session.flush()

    plan(session, now=LATER)

    second = session.scalars(select(Promise).filter_by(version=2)).one()
    assert second.committed_on == first.committed_on
    assert (first.earliest_on, second.earliest_on) == (
        NOW.date() + timedelta(days=7),
        NOW.date() + timedelta(days=21),
    )
    assert [reason["kind"] for reason in second.reasons if isinstance(reason, dict)][
        :1
    ] == ["run"]


def test_nobody_is_promised_a_date_nobody_knows(session: Session) -> None:
    candle = make_item(session, code="CANDLE")
    make_recipe(session, item=candle, uses={make_item(session, code="WAX"): PIECE})
    make_order(session, account=make_account(session), lines={candle: 1})

    plan(session)

    order = session.scalars(select(SalesOrder)).one()
    assert (order.earliest_on, order.promised_on) == (None, None)


def test_a_lot_eaten_by_a_count_is_planned_around(session: Session) -> None:
    candle = a_candle(session, wax=5000)
    lot = make_lot(session, item=candle, quantity=6 * PIECE)
    make_order(session, account=make_account(session), lines={candle: 6})
    plan(session)
    ledger.give_back(session, held_in_lot(session, lot_id=lot.id))
    ledger.move(
        session, lot_id=lot.id, quantity=-2 * PIECE, kind=MoveKind.ADJUSTED,
        ref_type="adjustment", ref_id=1, who="user:1", now=LATER,
    )  # fmt: skip
    mark(session, item_ids=[candle.id], why="counted", now=LATER)

    plan(session, now=LATER)

    assert links(session) == [(2, 0)]


def test_the_set_is_taken_whole_and_only_once(session: Session) -> None:
    candle = a_candle(session, wax=5000)
    make_order(session, account=make_account(session), lines={candle: 6})

    assert plan(session).items
    assert plan(session) == Planned(items=(), orders=())
    assert session.scalars(select(Replan)).all() == []


def test_today_is_the_workshops_today(session: Session) -> None:
    candle = a_candle(session)
    make_lot(session, item=candle, quantity=9 * PIECE, best_before=date(2026, 11, 23))
    make_order(session, account=make_account(session), lines={candle: 1})

    plan(session, now=datetime(2026, 11, 23, 23, 30, tzinfo=UTC))

    assert session.scalars(select(Reservation)).one().quantity == PIECE


def test_an_order_for_the_last_day_of_the_calendar_stops_nobodys_plan(
    session: Session,
) -> None:
    oil, soap = make_item(session, code="OIL"), make_item(session, code="SOAP")
    make_lot(session, item=oil, quantity=1000 * PIECE)
    make_recipe(session, item=soap, uses={oil: 10 * PIECE})
    shop = make_account(session)
    make_order(session, account=shop, lines={soap: 1}, requested_on=date.max)
    order = make_order(session, account=shop, lines={soap: 1})

    plan(session)

    assert order.promised_on == NOW.date()
