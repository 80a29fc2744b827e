"""One channel's buyers, or one buyer, may ask that goods keep longer than the item says."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from hub.flow.catalogue.freshness import ask_of_channel, ask_of_customer
from hub.flow.planning.plan import replan
from hub.flow.refusal import Invalid, Missing
from hub.flow.replan import mark
from hub.flow.shipping.pack import NotReady
from hub.flow.shipping.ship import ship
from hub.models.records.orders import SalesOrder
from mapping.effects import Tracking
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_listing,
    make_lot,
    make_order,
    make_recipe,
)
from tests.flow.bench import WHO

IN_A_MONTH = NOW.date() + timedelta(days=30)


def an_order(session: Session) -> SalesOrder:
    """An order for which a lot that keeps a month is reserved."""
    soap = make_item(session, code="SOAP")
    make_lot(session, item=soap, quantity=9 * PIECE, best_before=IN_A_MONTH)
    order = make_order(session, account=make_account(session), lines={soap: 2})
    replan(session, now=NOW)
    assert order.phase == "ready_to_ship"
    return order


@pytest.mark.parametrize("whose", ["channel", "customer"])
def test_what_would_be_too_old_for_them_is_given_back(session: Session, whose: str) -> None:
    order = an_order(session)

    if whose == "channel":
        ask_of_channel(session, account_id=order.account_id, days=60, who=WHO, now=NOW)
    else:
        ask_of_customer(
            session, customer_id=order.customer_id or 0, days=60, who=WHO, now=NOW
        )
    replan(session, now=NOW)

    assert order.phase == "needs_attention"
    with pytest.raises(NotReady):
        ship(
            session,
            order_id=order.id,
            lines=None,
            tracking=Tracking(carrier="DHL", number="1"),
            notify=True,
            who=WHO,
            now=NOW,
        )


def test_the_strictest_of_item_channel_and_buyer_decides(session: Session) -> None:
    order = an_order(session)

    ask_of_channel(session, account_id=order.account_id, days=60, who=WHO, now=NOW)
    ask_of_customer(session, customer_id=order.customer_id or 0, days=10, who=WHO, now=NOW)
    replan(session, now=NOW)

    assert order.phase == "needs_attention"


def test_what_cannot_be_asked_is_refused(session: Session) -> None:
    order = an_order(session)

    with pytest.raises(Invalid):
        ask_of_channel(session, account_id=order.account_id, days=-1, who=WHO, now=NOW)
    with pytest.raises(Missing):
        ask_of_channel(session, account_id=99, days=1, who=WHO, now=NOW)
    with pytest.raises(Missing):
        ask_of_customer(session, customer_id=99, days=1, who=WHO, now=NOW)


def test_a_channel_is_told_only_what_keeps_long_enough_for_its_buyers(
    session: Session,
) -> None:
    milk = make_item(session, code="MILK")
    soap = make_item(session, code="SOAP", shelf_life_days=20)
    oil = make_item(session, code="OIL")
    make_recipe(session, item=soap, uses={oil: PIECE}, batch_size=PIECE)
    for item, days in ((milk, 20), (oil, 90)):
        best_before = NOW.date() + timedelta(days=days)
        make_lot(session, item=item, quantity=5 * PIECE, best_before=best_before)
    strict, easy = make_account(session), make_account(session, name="Market")
    listings = [
        make_listing(session, account=shop, components={item: PIECE})
        for shop in (strict, easy)
        for item in (milk, soap)
    ]
    for listing in listings:
        listing.is_tracked = True
    mark(session, item_ids=[milk.id, soap.id], why="listed", now=NOW)
    replan(session, now=NOW)
    before = [listing.stock_wanted for listing in listings]

    ask_of_channel(session, account_id=strict.id, days=30, who=WHO, now=NOW)
    replan(session, now=NOW)

    assert before == [5, 5, 5, 5]
    assert [listing.stock_wanted for listing in listings] == [0, 0, 5, 5]
