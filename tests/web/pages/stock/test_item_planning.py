"""How an item is planned, on its page: levels, the forecast taken over, what is thrown away."""

import pytest
from flask import Flask
from sqlalchemy import select

from hub.domain.people.roles import Role
from hub.models.records.alternates import Alternate
from hub.models.records.forecasts import Forecast
from hub.models.records.items import Item
from hub.models.records.stock import StockMove
from hub.ports import Ports
from tests.factories import NOW, PIECE
from tests.web.pages.goods import item
from tests.web.pages.stock.test_stock import on_hand, wax
from tests.web.pages.visitor import Visitor, visit

LEVELS = {
    "policy": "make_to_stock",
    "reorder_point": "500",
    "safety_stock": "100",
    "stock_up_to": "2000",
    "window_days": "4",
    "lead_time_days": "",
    "shelf_life_days": "90",
    "min_remaining_days": "10",
    "quality_hold": "1",
    "lot_pattern": "W{yy}{ddd}-{nn}",
}


def test_levels_are_said_and_shown(anywhere: Ports, boss: Visitor) -> None:
    item_id = wax(anywhere)

    page = boss.did(f"/stock/{item_id}/planning", **LEVELS)

    assert "wait for a check" in page
    with anywhere.database.reading() as session:
        known = session.get_one(Item, item_id)
        assert (known.reorder_point, known.safety_stock) == (500_000, 100_000)
        assert (known.stock_up_to, known.window_days) == (2_000_000, 4)
        assert (known.lead_time_days, known.shelf_life_days) == (None, 90)
        assert (known.quality_hold, known.lot_pattern) == (True, "W{yy}{ddd}-{nn}")


@pytest.mark.parametrize(
    "change",
    [
        {"reorder_point": "many"},
        {"safety_stock": "-1"},
        {"window_days": "soon"},
        {"lot_pattern": "{colour}"},
        {"policy": "never"},
    ],
)
def test_levels_that_cannot_be_are_refused_beside_the_form(
    ports: Ports, owner: Visitor, change: dict[str, str]
) -> None:
    response = owner.press(f"/stock/{wax(ports)}/planning", **{**LEVELS, **change})

    assert response.status_code == 422
    assert 'id="trouble-levels"' in response.text


def test_a_forecast_says_how_wrong_it_was_and_is_taken_over(
    anywhere: Ports, boss: Visitor
) -> None:
    item_id = wax(anywhere)
    path = f"/stock/{item_id}/forecast"
    early = boss.press(path)
    with anywhere.database.begin() as session:
        session.add(
            Forecast(
                item_id=item_id,
                method="tsb",
                per_week=70 * PIECE,
                error=9 * PIECE,
                weeks=12,
                reorder_point=300 * PIECE,
                safety_stock=40 * PIECE,
                made_at=NOW,
            )
        )

    before = boss.see(f"/stock/{item_id}")
    after = boss.did(path)

    assert early.status_code == 404
    assert "off by 9" in before
    assert "Take over" in before
    assert "taken over" in after
    with anywhere.database.reading() as session:
        known = session.get_one(Item, item_id)
        assert (known.reorder_point, known.safety_stock) == (300_000, 40_000)


def test_what_may_stand_in_is_listed(app: Flask, ports: Ports, owner: Visitor) -> None:
    item_id = wax(ports)
    with ports.database.begin() as session:
        other = item(session, "BEESWAX")
        session.add(
            Alternate(item_id=item_id, substitute_id=other.id, factor_ppm=1_100_000)
        )

    reader = visit(app, ports, role=Role.VIEWER, locale="es")
    assert "× 1.1<" in owner.see(f"/stock/{item_id}").replace(" <", "<")
    assert "× 1,1<" in reader.see(f"/stock/{item_id}").replace(" <", "<")


def test_a_part_of_a_lot_is_thrown_away_with_a_reason(
    anywhere: Ports, boss: Visitor
) -> None:
    item_id = wax(anywhere, grams=100)
    path = f"/stock/{item_id}/lots/1/scrap"

    boss.did(path, quantity="30", scrap_reason="spilt", reason="the shelf fell")
    too_much = boss.press(path, quantity="900", scrap_reason="spilt")
    why = boss.press(path, quantity="1", scrap_reason="gremlins")
    elsewhere = boss.press("/stock/99/lots/1/scrap", quantity="1", scrap_reason="spilt")

    assert on_hand(anywhere) == [70_000]
    assert (too_much.status_code, why.status_code) == (422, 422)
    assert elsewhere.status_code == 404
    with anywhere.database.reading() as session:
        moves = session.scalars(select(StockMove).order_by(StockMove.id)).all()
        assert (moves[-1].kind, moves[-1].reason) == ("scrapped", "spilt")


def test_a_count_says_what_happened(ports: Ports, owner: Visitor) -> None:
    item_id = wax(ports, grams=100)
    path = f"/stock/{item_id}/lots/1/count"

    owner.did(path, seen="100", counted="90", count_reason="sample", reason="fair")
    wrong = owner.press(path, seen="90", counted="80", count_reason="gremlins")

    assert wrong.status_code == 422
    with ports.database.reading() as session:
        moves = session.scalars(select(StockMove).order_by(StockMove.id)).all()
        assert (moves[-1].quantity, moves[-1].reason) == (-10_000, "sample")
