"""Forecasts: each item kept in stock with what is expected of it, and how that was found."""

from datetime import date

import pytest

from hub.domain.people.roles import Role
from hub.domain.planning.forecast import Method
from hub.flow.planning.forecasts import refresh_forecasts
from hub.models.records.forecasts import Forecast
from hub.models.records.items import Item
from hub.ports import Ports
from hub.web.pictures.past_weeks import AHEAD, SHOWN, past_weeks
from tests.factories import NOW, PIECE, make_item
from tests.web.pages.conftest import As
from tests.web.pages.visitor import Visitor

SOLD = [week % 3 * 10 * PIECE for week in range(40)]


def kept_in_stock(ports: Ports, *, code: str = "SOAP", sold: bool = True) -> int:
    """Write an item kept in stock, with a forecast made of 40 weeks if it sold."""
    with ports.database.begin() as session:
        made = make_item(session, code=code, policy="make_to_stock")
        if sold:
            session.add(
                Forecast(
                    item_id=made.id, method="moving_average", per_week=10 * PIECE,
                    error=8 * PIECE, weeks=40, reorder_point=45 * PIECE,
                    safety_stock=25 * PIECE, made_at=NOW,
                    detail={
                        "weeks": SOLD,
                        "errors": {"tsb": 9 * PIECE, "moving_average": 8 * PIECE},
                    },
                )
            )  # fmt: skip
        return made.id


def test_every_item_kept_in_stock_is_listed_with_what_is_expected_of_it(
    ports: Ports, owner: Visitor
) -> None:
    kept_in_stock(ports)
    kept_in_stock(ports, code="BALM", sold=False)
    with ports.database.begin() as session:
        make_item(session, code="RING")

    page = owner.see("/forecasts")

    assert "the average of the last weeks" in page
    assert ">10 pcs</td>" in page
    assert "45 pcs" in page
    assert "not yet: too little of its past is known" in page
    assert "RING" not in page


@pytest.mark.parametrize("levels, code", [("other", "SOAP"), ("none", "BALM")])
def test_the_list_is_narrowed_to_what_asks_for_somebody(
    ports: Ports, owner: Visitor, levels: str, code: str
) -> None:
    kept_in_stock(ports)
    kept_in_stock(ports, code="BALM", sold=False)
    taken = kept_in_stock(ports, code="SALT")
    with ports.database.begin() as session:
        item = session.get_one(Item, taken)
        item.reorder_point, item.safety_stock = 45 * PIECE, 25 * PIECE

    page = owner.see(f"/forecasts?levels={levels}")

    shown = [each for each in ("SOAP", "BALM", "SALT") if f">{each}<" in page]
    assert shown == [code]
    assert "taken over" in owner.see("/forecasts")


def test_a_forecast_shows_its_past_the_ways_tried_and_why_its_levels(
    ports: Ports, owner: Visitor
) -> None:
    item_id = kept_in_stock(ports)

    page = owner.see(f"/stock/{item_id}/forecast")

    assert 'id="weeks-title"' in page
    assert page.count('<th scope="row">') == SHOWN + AHEAD + 2
    assert "20 pcs are expected to go in 2 weeks, until new goods are here." in page
    assert "25 pcs kept aside would have been enough in 19 of 20" in page
    assert page.index("the average of the last weeks") < page.index("less and less (TSB)")
    assert f'action="/stock/{item_id}/forecast"' in page
    assert f"/stock/{item_id}/forecast" in owner.see(f"/stock/{item_id}")


def test_an_item_without_a_forecast_says_what_it_lacks(
    ports: Ports, owner: Visitor
) -> None:
    kept = kept_in_stock(ports, sold=False)
    with ports.database.begin() as session:
        made = make_item(session, code="RING").id

    assert "10 whole weeks are needed" in owner.see(f"/stock/{kept}/forecast")
    assert "Only what is kept in stock is forecast." in owner.see(f"/stock/{made}/forecast")
    assert owner.open("/stock/99/forecast").status_code == 404


def test_whoever_may_not_plan_reads_it_and_cannot_take_it_over(
    ports: Ports, be: As
) -> None:
    item_id = kept_in_stock(ports)
    viewer = be(Role.VIEWER)

    assert "Take over" not in viewer.see(f"/stock/{item_id}/forecast")
    assert "45 pcs" in viewer.see("/forecasts")


def test_a_forecast_that_fell_away_leaves_the_page(ports: Ports, owner: Visitor) -> None:
    item_id = kept_in_stock(ports)
    with ports.database.begin() as session:
        refresh_forecasts(session, now=NOW, zone=ports.settings.zone)

    assert "Too little of its past is known yet" in owner.see(f"/stock/{item_id}/forecast")


def test_what_a_week_was_expected_to_ask_is_said_by_the_weeks_before_it_alone() -> None:
    sold = [10, 10, 10, 10, 10, 10, 10, 10, 90, 10]

    drawn = past_weeks(
        sold, method=Method.MOVING_AVERAGE, per_week=20, until=date(2026, 11, 23)
    )

    assert [week.expected for week in drawn.weeks[:8]] == [None] * 8
    assert [week.expected for week in drawn.weeks[8:]] == [10, 20, *[20] * AHEAD]
    assert [week.off for week in drawn.weeks[8:11]] == [80, -10, None]
    assert drawn.weeks[9].begins_on == date(2026, 11, 16)
    assert drawn.weeks[10].begins_on == date(2026, 11, 23)
    assert len(drawn.chart.centres) == len(drawn.weeks)


def test_an_item_that_sold_nothing_for_half_a_year_is_drawn_without_bars() -> None:
    drawn = past_weeks(
        [5, *[0] * 40], method=Method.TSB, per_week=0, until=date(2026, 11, 23)
    )

    assert len(drawn.weeks) == SHOWN + AHEAD
    assert {bar.series for bar in drawn.chart.bars} <= {1}
