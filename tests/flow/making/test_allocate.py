"""A new lot goes to whom its run was made for, the most urgent first."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from hub.flow.making.allocate import allocate_output
from hub.models.records.items import Item
from hub.models.records.orders import Demand, SalesOrder
from hub.models.records.production import ProductionOrder
from tests.factories import NOW, PIECE, make_account, make_item, make_lot, make_order
from tests.flow.bench import demand_of, held, hold, make_run, need_of

TODAY = NOW.date()


def order_candles(
    session: Session, candle: Item, *, pieces: int = 4, priority: int = 100
) -> tuple[SalesOrder, Demand]:
    account = make_account(session, name=f"shop {priority} {pieces}")
    order = make_order(session, account=account, lines={candle: pieces}, priority=priority)
    return order, demand_of(session, order, candle)


def allocate(
    session: Session,
    run: ProductionOrder,
    candle: Item,
    *,
    pieces: int,
    days: int | None = None,
) -> int:
    """Bring pieces out of the run in a lot C1 that keeps for so many days."""
    best_before = None if days is None else TODAY + timedelta(days=days)
    lot = make_lot(
        session, item=candle, quantity=pieces * PIECE, code="C1", best_before=best_before
    )
    return allocate_output(
        session, production_order_id=run.id, lot_id=lot.id, on=NOW.date()
    )


def test_when_there_is_too_little_the_most_urgent_is_served(session: Session) -> None:
    candle = make_item(session, code="CANDLE")
    _, patient = order_candles(session, candle, priority=100)
    _, urgent = order_candles(session, candle, priority=50)
    run = make_run(
        session, item=candle, uses={}, made_for={patient: 4 * PIECE, urgent: 4 * PIECE}
    )

    given = allocate(session, run, candle, pieces=5)

    assert given == 5 * PIECE
    assert held(session, urgent) == {"C1": 4 * PIECE}
    assert held(session, patient) == {"C1": PIECE}


def test_nobody_gets_more_than_they_were_to_get_or_still_want(session: Session) -> None:
    candle = make_item(session, code="CANDLE")
    _, small = order_candles(session, candle, pieces=4)
    _, served = order_candles(session, candle, pieces=6)
    stock = make_lot(session, item=candle, quantity=5 * PIECE, code="C0")
    hold(session, stock, owner=served, quantity=5 * PIECE)
    run = make_run(
        session, item=candle, uses={}, made_for={small: 3 * PIECE, served: 6 * PIECE}
    )

    given = allocate(session, run, candle, pieces=20)

    assert given == 4 * PIECE
    assert held(session, small) == {"C1": 3 * PIECE}
    assert held(session, served) == {"C0": 5 * PIECE, "C1": PIECE}


@pytest.mark.parametrize(
    "intent, release",
    [("on_hold", "ready"), ("cancelled", "ready"), ("open", "hold_payment")],
)
def test_an_order_that_waits_or_ended_gets_nothing(
    session: Session, intent: str, release: str
) -> None:
    candle = make_item(session, code="CANDLE")
    order, demand = order_candles(session, candle)
    order.intent, order.release = intent, release
    run = make_run(session, item=candle, uses={}, made_for={demand: 4 * PIECE})

    assert allocate(session, run, candle, pieces=5) == 0


@pytest.mark.parametrize("days, given", [(29, 0), (30, 4 * PIECE)])
def test_what_would_be_too_old_to_send_stays_free(
    session: Session, days: int, given: int
) -> None:
    candle = make_item(session, code="CANDLE", min_remaining_days=30)
    _, demand = order_candles(session, candle)
    run = make_run(session, item=candle, uses={}, made_for={demand: 4 * PIECE})

    assert allocate(session, run, candle, pieces=5, days=days) == given


def test_a_part_goes_to_the_run_that_waits_for_it(session: Session) -> None:
    soap, base = make_item(session, code="SOAP"), make_item(session, code="SOAPBASE")
    soap_run = make_run(session, item=soap, uses={base: 300})
    need = need_of(session, soap_run, base)
    base_run = make_run(session, item=base, uses={}, made_for={need: 300})
    lot = make_lot(session, item=base, quantity=1000, code="B1")

    allocate_output(session, production_order_id=base_run.id, lot_id=lot.id, on=NOW.date())

    assert held(session, need) == {"B1": 300}


def test_a_run_that_is_over_gets_no_part(session: Session) -> None:
    soap, base = make_item(session, code="SOAP"), make_item(session, code="SOAPBASE")
    soap_run = make_run(session, item=soap, uses={base: 300})
    base_run = make_run(
        session, item=base, uses={}, made_for={need_of(session, soap_run, base): 300}
    )
    soap_run.state = "cancelled"
    lot = make_lot(session, item=base, quantity=1000)

    assert (
        allocate_output(
            session, production_order_id=base_run.id, lot_id=lot.id, on=NOW.date()
        )
        == 0
    )
