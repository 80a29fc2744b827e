"""We cancel an order, let it wait, let it go on; its items are planned anew."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from hub.flow.orders import change
from hub.flow.refusal import Missing, Refusal
from hub.flow.shipping import ship
from hub.flow.step import StepRefused
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from mapping.effects import Tracking
from tests.factories import NOW, PIECE, make_account, make_item, make_lot, make_order
from tests.flow.bench import WHO, demand_of, hold, marked, unmark


def candle_order(session: Session, *, ready: int = 0) -> tuple[SalesOrder, Item]:
    candle = make_item(session, code="CANDLE")
    order = make_order(session, account=make_account(session), lines={candle: 5})
    if ready:
        lot = make_lot(session, item=candle, quantity=9 * PIECE)
        hold(session, lot, owner=demand_of(session, order, candle), quantity=ready * PIECE)
    unmark(session)
    return order, candle


def cancel(session: Session, order: SalesOrder) -> None:
    change.cancel_order(session, order_id=order.id, reason="buyer rang", who=WHO, now=NOW)


def send(session: Session, order: SalesOrder) -> None:
    ship.ship(
        session, order_id=order.id, lines=None, tracking=Tracking(), notify=False,
        who=WHO, now=NOW,
    )  # fmt: skip


def test_a_cancelled_order_is_planned_out(session: Session) -> None:
    order, candle = candle_order(session)

    cancel(session, order)

    assert (order.intent, order.intent_why, order.phase) == (
        "cancelled", "buyer rang", "cancelled",
    )  # fmt: skip
    assert marked(session) == {candle.id}


def test_an_order_is_cancelled_once(session: Session) -> None:
    order, _ = candle_order(session)
    cancel(session, order)

    with pytest.raises(StepRefused):
        cancel(session, order)


def test_the_rest_of_a_partly_shipped_order_is_cancelled(session: Session) -> None:
    order, _ = candle_order(session, ready=2)
    send(session, order)

    cancel(session, order)

    assert order.intent == "cancelled"


def test_what_was_all_shipped_is_not_cancelled(session: Session) -> None:
    order, _ = candle_order(session, ready=5)
    send(session, order)

    with pytest.raises(change.AllSent, match="All of H-0001 was shipped"):
        cancel(session, order)

    assert order.intent == "open"


def test_an_order_waits_and_goes_on(session: Session) -> None:
    order, candle = candle_order(session)

    change.hold_order(session, order_id=order.id, reason="holiday", who=WHO, now=NOW)

    assert (order.intent, order.intent_why) == ("on_hold", "holiday")
    assert "on_hold" in order.hold_reasons
    assert marked(session) == {candle.id}
    unmark(session)

    change.release_order(session, order_id=order.id, reason="back", who=WHO, now=NOW)

    assert (order.intent, order.intent_why) == ("open", "back")
    assert marked(session) == {candle.id}


def test_an_order_that_waits_does_not_wait_again(session: Session) -> None:
    order, _ = candle_order(session)
    change.hold_order(session, order_id=order.id, reason="", who=WHO, now=NOW)

    with pytest.raises(StepRefused):
        change.hold_order(session, order_id=order.id, reason="", who=WHO, now=NOW)


@pytest.mark.parametrize("intent", ["open", "closed"])
def test_only_an_order_that_waits_goes_on(session: Session, intent: str) -> None:
    order, _ = candle_order(session)
    order.intent = intent

    with pytest.raises(Refusal, match="is not on hold"):
        change.release_order(session, order_id=order.id, reason="", who=WHO, now=NOW)


@pytest.mark.parametrize(
    "step", [change.cancel_order, change.hold_order, change.release_order]
)
def test_there_is_no_changing_an_order_that_is_not_there(
    session: Session, step: Callable[..., None]
) -> None:
    with pytest.raises(Missing):
        step(session, order_id=99, reason="", who=WHO, now=NOW)
