"""What is expected to sell, from the orders there were, and how people take it over."""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.planning.forecasts import cover_weeks, refresh_forecasts, take_over
from hub.flow.refusal import Missing
from hub.models.planning.sold_weeks import sold_weeks
from hub.models.records.forecasts import Forecast
from hub.models.records.items import Item
from hub.models.records.orders import OrderLine
from tests.factories import NOW, PIECE, make_account, make_item, make_order
from tests.flow.bench import WHO, marked

TODAY = NOW.date()
MONDAY = NOW - timedelta(days=NOW.weekday())


def sell(session: Session, item: Item, *, weeks_ago: int, pieces: int = 1) -> None:
    account = session.info.get("shop") or make_account(session)
    session.info["shop"] = account
    placed_at = MONDAY - timedelta(days=7 * weeks_ago - 2)
    make_order(session, account=account, lines={item: pieces}, placed_at=placed_at)


def weeks_of(session: Session, item: Item) -> list[int]:
    found = sold_weeks(session, item_ids=[item.id], today=TODAY, zone=UTC)
    return found.get(item.id, [])


def test_sales_are_counted_in_whole_weeks_from_the_first_one_on(session: Session) -> None:
    soap = make_item(session, code="SOAP")
    sell(session, soap, weeks_ago=4, pieces=2)
    sell(session, soap, weeks_ago=4)
    sell(session, soap, weeks_ago=1)

    assert weeks_of(session, soap) == [3 * PIECE, 0, 0, PIECE]


def test_the_week_that_is_not_over_does_not_count(session: Session) -> None:
    soap = make_item(session, code="SOAP")
    account = make_account(session)

    make_order(session, account=account, lines={soap: 5}, placed_at=MONDAY)

    assert weeks_of(session, soap) == []


def test_weeks_begin_at_the_workshops_midnight(session: Session) -> None:
    """Sunday 23:30 in New York is Monday in Greenwich."""
    soap = make_item(session, code="SOAP")
    new_york = ZoneInfo("America/New_York")
    late_sunday = (NOW.astimezone(new_york) - timedelta(days=NOW.weekday() + 1)).replace(
        hour=23, minute=30
    )
    make_order(
        session, account=make_account(session), lines={soap: 1}, placed_at=late_sunday
    )

    there = sold_weeks(session, item_ids=[soap.id], today=TODAY, zone=new_york)
    here = sold_weeks(session, item_ids=[soap.id], today=TODAY, zone=UTC)

    assert there == {soap.id: [PIECE]}
    assert here == {}


def test_what_was_cancelled_was_not_asked_for_and_what_was_sent_by_hand_was(
    session: Session,
) -> None:
    soap = make_item(session, code="SOAP")
    sell(session, soap, weeks_ago=1, pieces=5)
    line = session.scalars(select(OrderLine)).one()
    line.cancelled, line.sent_elsewhere = 2, 1
    session.flush()

    assert weeks_of(session, soap) == [3 * PIECE]


def test_only_what_is_kept_in_stock_has_a_forecast(session: Session) -> None:
    kept = make_item(session, code="SOAP", policy="make_to_stock", lead_time_days=7)
    made_to_order = make_item(session, code="CANDLE")
    for ago in range(1, 31):
        sell(session, kept, weeks_ago=ago, pieces=2)
        sell(session, made_to_order, weeks_ago=ago)

    count = refresh_forecasts(session, now=NOW, zone=UTC)

    forecast = session.scalars(select(Forecast)).one()
    assert count == 1
    assert forecast.item_id == kept.id
    assert (forecast.per_week, forecast.error) == (2 * PIECE, 0)
    assert forecast.reorder_point == cover_weeks(kept) * 2 * PIECE
    assert forecast.detail["weeks"] == [2 * PIECE] * 30


def test_a_forecast_goes_when_its_item_is_no_longer_kept_in_stock(session: Session) -> None:
    soap = make_item(session, code="SOAP", policy="make_to_stock")
    for ago in range(1, 20):
        sell(session, soap, weeks_ago=ago)
    refresh_forecasts(session, now=NOW, zone=UTC)

    soap.policy = "make_to_order"
    refresh_forecasts(session, now=NOW, zone=UTC)

    assert session.scalars(select(Forecast)).all() == []


def test_taking_a_forecast_over_sets_the_levels_and_plans_anew(session: Session) -> None:
    soap = make_item(session, code="SOAP", policy="make_to_stock", lead_time_days=7)
    for ago in range(1, 20):
        sell(session, soap, weeks_ago=ago, pieces=ago % 4)
    refresh_forecasts(session, now=NOW, zone=UTC)

    take_over(session, item_id=soap.id, who=WHO, now=NOW)

    forecast = session.scalars(select(Forecast)).one()
    assert forecast.safety_stock > 0
    assert (soap.reorder_point, soap.safety_stock) == (
        forecast.reorder_point,
        forecast.safety_stock,
    )
    assert soap.id in marked(session)


def test_what_has_no_forecast_cannot_be_taken_over(session: Session) -> None:
    soap = make_item(session, code="SOAP")

    with pytest.raises(Missing):
        take_over(session, item_id=soap.id, who=WHO, now=NOW)
