"""What can be promised counts every piece somebody bought, paid for or not."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.plan import replan
from hub.flow.produce import release as release_run
from hub.flow.replan import mark
from hub.models.item_figures import item_figures
from hub.models.production import ProductionOrder
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_lot,
    make_order,
    make_recipe,
)


@pytest.mark.parametrize(
    "release,intent,left",
    [
        ("ready", "open", 6),
        ("hold_payment", "open", 6),
        ("hold_channel", "open", 6),
        ("ready", "on_hold", 6),
        ("cancelled", "open", 10),
        ("test", "open", 10),
        ("ready", "cancelled", 10),
    ],
)
def test_what_is_sold_is_not_promised_again_before_it_is_paid(
    session: Session, release: str, intent: str, left: int
) -> None:
    candle = make_item(session)
    make_lot(session, item=candle, quantity=10 * PIECE)
    order = make_order(
        session, account=make_account(session), lines={candle: 4}, release=release
    )
    order.intent = intent
    session.flush()

    figures = item_figures(session, item_ids=[candle.id], on=NOW.date())

    assert figures[candle.id].promisable == left * PIECE


def test_what_is_planned_for_stock_is_promised_as_what_could_be_made(
    session: Session,
) -> None:
    """It may lose its materials to an order, so they count, not its output; released, it counts."""
    wax = make_item(session, code="WAX")
    make_lot(session, item=wax, quantity=5_000_000)
    soap = make_item(session, code="SOAP", policy="make_to_stock", reorder_point=10 * PIECE)
    make_recipe(session, item=soap, uses={wax: 5_000_000}, batch_size=20 * PIECE)
    mark(session, item_ids=[soap.id], why="kept in stock", now=NOW)
    replan(session, now=NOW)

    planned = soap.makeable
    promised = item_figures(session, item_ids=[soap.id], on=NOW.date())[soap.id].promisable
    run = session.scalars(select(ProductionOrder).filter_by(item_id=soap.id)).one()
    release_run(session, production_order_id=run.id, who="user:1", now=NOW)
    released = item_figures(session, item_ids=[soap.id], on=NOW.date())[soap.id].promisable

    assert (planned, promised, released) == (20 * PIECE,) * 3
