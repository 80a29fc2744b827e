"""Ways out of a missed day, and questions of what if: tried in memory, one really done."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from hub.domain.people.roles import Role
from hub.flow.planning.plan import replan
from hub.models.records.orders import SalesOrder
from hub.models.records.production import ProductionOrder
from hub.models.records.purchasing import PurchaseLine
from hub.ports import Ports
from tests.factories import NOW, PIECE, make_order, make_purchase, make_recipe
from tests.web.pages.conftest import As
from tests.web.pages.goods import item, shop
from tests.web.pages.visitor import Visitor

TODAY = NOW.date()


def late_order(ports: Ports) -> int:
    """Write an order whose wax comes after the day it was promised for."""
    with ports.database.begin() as session:
        candle, wax = item(session, "CANDLE"), item(session, "WAX")
        make_recipe(session, item=candle, uses={wax: 2000 * PIECE})
        make_purchase(
            session,
            item=wax,
            quantity=9_000 * PIECE,
            expected_on=TODAY + timedelta(days=9),
        )
        order = make_order(session, account=shop(session), lines={candle: 4})
        order.promised_on = TODAY + timedelta(days=4)
        session.flush()
        replan(session, now=NOW)
        return order.id


def expected_on(ports: Ports) -> date | None:
    """Return the day the wax is expected on."""
    with ports.database.reading() as session:
        return session.scalars(select(PurchaseLine.expected_on)).one()


def test_the_page_says_at_once_what_makes_an_order_late(
    ports: Ports, owner: Visitor
) -> None:
    order_id = late_order(ports)

    page = owner.see(f"/orders/{order_id}/ways-out")

    assert "P-0001 waits for 8 kg Soy wax" in page.replace("\N{NO-BREAK SPACE}", " ") or (
        "P-0001 waits for Soy wax" in page
    )
    assert f'hx-get="/orders/{order_id}/ways-out?part=fixes"' in page


def test_what_would_help_says_which_day_it_would_be_and_is_done_with_one_press(
    anywhere: Ports, boss: Visitor
) -> None:
    order_id = late_order(anywhere)
    part = boss.see(f"/orders/{order_id}/ways-out?part=fixes")
    assert "Have Soy wax of PO-0001 come" in part
    assert "H-0001" in part
    before = expected_on(anywhere)
    fix = part.split('name="fix" value="')[1].split('"')[0]

    page = boss.did(f"/orders/{order_id}/ways-out", fix=fix)

    assert "Done. Whoever waits for it is planned again." in page
    after = expected_on(anywhere)
    assert before is not None
    assert after is not None
    assert after < before


def test_asking_changes_nothing(ports: Ports, owner: Visitor) -> None:
    order_id = late_order(ports)
    before = expected_on(ports)

    owner.see(f"/orders/{order_id}/ways-out?part=fixes")
    owner.see("/what-if?kind=purchase_late&purchase=PO-0001&days=7")

    assert expected_on(ports) == before
    with ports.database.reading() as session:
        assert session.scalars(select(ProductionOrder.state)).one() == "planned"


def test_what_is_no_remedy_is_refused_on_the_page(ports: Ports, owner: Visitor) -> None:
    order_id = late_order(ports)

    response = owner.press(f"/orders/{order_id}/ways-out", fix="miracle:1")

    assert response.status_code == 422
    assert 'role="alert"' in response.text
    assert owner.open("/orders/77/ways-out").status_code == 404


def test_whoever_may_not_decide_sees_the_ways_and_no_button(ports: Ports, be: As) -> None:
    order_id = late_order(ports)

    part = be(Role.VIEWER).see(f"/orders/{order_id}/ways-out?part=fixes")

    assert "Have Soy wax of PO-0001 come" in part
    assert 'name="fix"' not in part


def test_an_order_in_time_has_no_need_of_ways_out(ports: Ports, owner: Visitor) -> None:
    order_id = late_order(ports)
    with ports.database.begin() as session:
        order = session.get_one(SalesOrder, order_id)
        order.promised_on = TODAY + timedelta(days=60)

    part = owner.see(f"/orders/{order_id}/ways-out?part=fixes")

    assert 'name="fix"' not in part
    assert "Nothing that was tried would help." in part


def test_a_late_purchase_says_which_orders_move(ports: Ports, owner: Visitor) -> None:
    late_order(ports)

    page = owner.see("/what-if?kind=purchase_late&purchase=PO-0001&days=7")

    assert 'aria-labelledby="then"' in page
    assert ">H-0001</a>" in page


@pytest.mark.parametrize(
    "asked",
    [
        "kind=lot_rejected&lot_item=CANDLE&lot=C9",
        "kind=lot_rejected&lot_item=NOTHING&lot=C9",
        "kind=purchase_late&purchase=PO-9999&days=1",
        "kind=purchase_late&purchase=PO-0001&days=0",
        "kind=purchase_late&purchase=PO-0001&days=x",
        "kind=demand_times&item=CANDLE&factor=lots",
        "kind=demand_times&item=CANDLE&factor=101",
        "kind=demand_times&item=CANDLE&factor=NaN",
        "kind=work_centre_down&centre=NONE",
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_beside_its_form(
    ports: Ports, owner: Visitor, asked: str
) -> None:
    late_order(ports)

    response = owner.open(f"/what-if?{asked}")

    assert response.status_code == 422
    assert 'role="alert"' in response.text


def test_twice_the_demand_is_asked_with_a_comma_too(ports: Ports, owner: Visitor) -> None:
    late_order(ports)

    page = owner.see("/what-if?kind=demand_times&item=CANDLE&factor=2,5")

    assert 'aria-labelledby="then"' in page
