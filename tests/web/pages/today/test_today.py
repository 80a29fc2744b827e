"""The first page: who will miss a date, and why."""

from datetime import date

from hub.models.records.orders import SalesOrder
from hub.ports import Ports
from tests.web.pages.goods import order_to_make
from tests.web.pages.visitor import Visitor


def test_an_order_at_risk_is_shown_with_what_makes_it_late(
    anywhere: Ports, boss: Visitor
) -> None:
    with anywhere.database.begin() as session:
        order = session.get_one(
            SalesOrder, order_to_make(session, pieces=3, wax_grams=9_000)
        )
        order.promised_on, order.earliest_on = date(2026, 11, 24), date(2026, 12, 3)
        order.is_at_risk = True
        order.risk = {
            "kind": "material",
            "run": "P-0012",
            "item": "WAX",
            "ref": "PO-0007",
            "on": "2026-12-03",
            "days_late": 9,
        }
        number = order.number

    page = boss.see("/")

    assert f"{number} will miss" in page
    assert "P-0012 waits for Soy wax, expected Thu 3 Dec (PO-0007)" in page
