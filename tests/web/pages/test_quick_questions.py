"""What is asked about goods and days goes to it by an index: no order that is over is read."""

import pytest
from sqlalchemy import select

from hub.flow.planning.plan import replan
from hub.flow.replan import mark
from hub.models.records.orders import SalesOrder
from hub.ports import Ports
from tests.factories import NOW, PIECE, make_order, make_purchase
from tests.web.pages.goods import item, order_to_make, shop
from tests.web.pages.plans import count_asked, plans_of, walked
from tests.web.pages.test_no_walks import GROWING
from tests.web.pages.visitor import Visitor

QUESTIONS = (
    "/what-if?kind=order_added&item=CANDLE&quantity=5",
    "/what-if?kind=purchase_late&purchase=PO-0001&days=7",
    "/what-if?kind=demand_times&item=CANDLE&factor=3",
    "/what-if?kind=purchase_late&purchase=PO-0001&days=7&part=fixes",
    "/orders/1/ways-out?part=fixes",
)
OF_NOW = ("ix_sales_order_at_risk", "ix_decision_standing", "production_slot")
"""Walked whole, and short: orders at risk, what waits for a person, slots of unfinished runs."""
PAGES = ("/", "/stock", "/stock/1", "/overview", *QUESTIONS)


@pytest.fixture
def waiting(ports: Ports) -> Ports:
    """A workshop with an order that waits for wax, which is on its way."""
    with ports.database.begin() as session:
        make_purchase(
            session,
            item=item(session, "WAX"),
            quantity=60_000 * PIECE,
            expected_on=NOW.date(),
        )
        order_to_make(session, pieces=4, wax_grams=0)
    return ports


@pytest.mark.parametrize("path", PAGES)
def test_a_page_about_goods_walks_no_table_that_grows(
    waiting: Ports, owner: Visitor, path: str
) -> None:
    steps = plans_of(waiting, owner, path)

    long = [step for step in steps if not any(each in step for each in OF_NOW)]
    assert steps
    assert not walked(long) & GROWING


@pytest.mark.parametrize("path", QUESTIONS[:3])
def test_a_question_takes_no_more_statements_with_more_orders(
    waiting: Ports, owner: Visitor, path: str
) -> None:
    more_orders(waiting, 2)
    few = count_asked(waiting, owner, path)

    more_orders(waiting, 12)

    assert count_asked(waiting, owner, path) == few
    with waiting.database.reading() as session:
        assert len(session.scalars(select(SalesOrder.id)).all()) == 15


def more_orders(ports: Ports, number: int) -> None:
    """Write so many orders for two candles."""
    with ports.database.begin() as session:
        candle, account = item(session, "CANDLE"), shop(session)
        for _ in range(number):
            make_order(session, account=account, lines={candle: 2})
        mark(session, item_ids=[candle.id], why="test", now=NOW)
        replan(session, now=NOW)
