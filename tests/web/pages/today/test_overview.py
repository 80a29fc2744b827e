"""At a glance: every picture with its table, for everybody, in the same few statements."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from hub.domain.people.roles import Role
from hub.models.records.items import WorkCentre
from hub.models.records.orders import SalesOrder
from hub.ports import Ports
from tests.factories import NOW, make_account, make_order
from tests.web.pages.goods import item, order_of, order_to_make, shop
from tests.web.pages.visitor import Visitor


@pytest.mark.parametrize("role", list(Role))
def test_everybody_sees_the_pictures_of_a_new_workshop(
    be: Callable[[Role], Visitor], role: Role
) -> None:
    page = be(role).see("/overview")

    assert "No order yet" in page
    assert "No order is at risk" in page
    assert "No work centre yet" in page


def test_orders_flow_from_their_shop_to_their_phase(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        order_of(session, pieces=2, in_stock=10)
        order_to_make(session, pieces=40, wax_grams=0)

    page = owner.see("/overview")

    assert "Cera y Sal → Ready to ship: 1" in page
    assert "Cera y Sal → Waiting for materials: 1" in page
    assert 'href="/orders?phase=ready_to_ship"' in page
    assert "Show as a table" in page


def test_an_order_of_long_ago_that_left_is_in_no_flow(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        candle = item(session, "CANDLE")
        for days in (3, 30):
            order = make_order(
                session,
                account=shop(session),
                lines={candle: 1},
                placed_at=NOW - timedelta(days=days),
            )
            order.phase = "shipped"

    assert "Cera y Sal → Shipped: 1<" in owner.see("/overview")


def test_an_order_at_risk_is_named_with_both_days(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        order = session.get_one(SalesOrder, order_of(session, pieces=2, in_stock=10))
        order.is_at_risk = True
        order.promised_on, order.earliest_on = date(2026, 11, 26), date(2026, 12, 3)
        order.risk = {"kind": "run", "on": "2026-12-03", "ref": "P-0009"}

    page = owner.see("/overview")

    assert "promised Thu 26 Nov" in page
    assert "Thu 3 Dec" in page
    assert 'href="/orders/1"' in page


def test_an_order_that_comes_is_counted_on_its_day_in_the_workshop(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        order_of(session, pieces=1)

    assert "Mon 23 Nov · Orders in: 1" in owner.see("/overview")


def test_a_day_that_was_shut_after_the_plan_is_marked(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        session.add(
            WorkCentre(code="POT", name="Melting pot", open_minutes=[480] * 5 + [0, 0])
        )

    page = owner.see("/pictures/load")

    assert "Melting pot, Mon 23 Nov: 0 % of 8 h" in page
    assert "Melting pot, Sat 28 Nov: shut" in page


def test_more_orders_and_shops_need_no_more_statements(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        order_of(session, pieces=1)
    few = _statements(ports, owner)
    with ports.database.begin() as session:
        for n in range(5):
            account = make_account(session, name=f"Shop {n}")
            make_order(session, account=account, lines={item(session, "CANDLE"): 1})

    many = _statements(ports, owner)

    assert many == few
    assert many < 40


def _statements(ports: Ports, visitor: Visitor) -> int:
    seen: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        seen.append(statement)

    engine = ports.database.engine
    event.listen(engine, "before_cursor_execute", note)
    visitor.see("/overview")
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def test_a_shop_asks_for_patience_only_while_it_does(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        shop(session).paused_until = ports.clock.now() + timedelta(minutes=5)
    waiting = owner.see("/overview")
    with ports.database.begin() as session:
        shop(session).paused_until = ports.clock.now() - timedelta(minutes=5)

    assert "the shop asked for patience" in waiting
    assert "the shop asked for patience" not in owner.see("/overview")
