"""The turn of the day: all dates are worked out anew, and only when they may have moved."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from hub.domain.planning.habits import Habits
from hub.flow.house.workshop import change_habits
from hub.flow.replan import mark
from hub.models.records.channels import ChannelAccount
from hub.models.records.listings import Listing
from hub.models.records.orders import SalesOrder
from hub.models.session import Database
from hub.ports import Ports
from tests.doors import HandClock, make_ports
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
from workers import day
from workers.day import turn_day
from workers.plan import plan
from workers.sweep import TIDY_EVERY, sweep

TODAY = NOW.date()
"""A Monday."""


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def ports(database: Database, clock: HandClock) -> Ports:
    """Three orders for what is in stock, planned and dated."""
    ports = make_ports(database, clock=clock)
    with database.begin() as session:
        candle = make_item(session)
        make_lot(session, item=candle, quantity=9 * PIECE)
        shop = make_account(session)
        for _ in range(3):
            make_order(session, account=shop, lines={candle: 2})
    plan(ports)
    return ports


def dates(ports: Ports) -> set[tuple[date | None, bool]]:
    with ports.database.reading() as session:
        orders = session.scalars(select(SalesOrder))
        return {(order.earliest_on, order.is_at_risk) for order in orders}


def offered(ports: Ports) -> dict[str, int | None]:
    with ports.database.reading() as session:
        tracked = select(Listing).filter_by(is_tracked=True)
        return {each.sku: each.stock_wanted for each in session.scalars(tracked)}


def test_what_did_not_leave_yesterday_leaves_today_and_is_at_risk(
    ports: Ports, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(day, "AT_ONCE", 2)
    assert dates(ports) == {(TODAY, False)}
    assert turn_day(ports) == 0

    clock.move(timedelta(days=1))

    assert turn_day(ports) == 3
    assert dates(ports) == {(TODAY + timedelta(days=1), True)}
    assert turn_day(ports) == 0


def test_what_grew_too_old_overnight_is_offered_by_no_shop(
    ports: Ports, clock: HandClock
) -> None:
    with ports.database.begin() as session:
        milk, soap = make_item(session, code="MILK"), make_item(session, code="SOAP")
        oil = make_item(session, code="OIL")
        for item in (milk, oil):
            make_lot(session, item=item, quantity=5 * PIECE, best_before=TODAY)
        make_recipe(session, item=soap, uses={oil: PIECE}, batch_size=PIECE)
        shop = session.scalars(select(ChannelAccount)).one()
        for item in (milk, soap):
            listing = make_listing(session, account=shop, components={item: PIECE})
            listing.is_tracked, listing.variant_id = True, item.code
        mark(session, item_ids=[milk.id, soap.id], why="listed", now=NOW)
    plan(ports)
    assert offered(ports) == {"MILK": 5, "SOAP": 5}

    clock.move(timedelta(days=1))
    turn_day(ports)

    assert offered(ports) == {"MILK": 0, "SOAP": 0}


def test_the_sweep_turns_the_day_when_it_tidies(ports: Ports, clock: HandClock) -> None:
    sweep(ports)
    clock.move(timedelta(days=1) + TIDY_EVERY)

    sweep(ports)

    assert dates(ports) == {(TODAY + timedelta(days=1), True)}


def test_a_change_of_habits_dates_every_order_with_the_next_plan(
    ports: Ports, clock: HandClock
) -> None:
    clock.move(timedelta(minutes=1))
    with ports.database.begin() as session:
        habits = Habits(pack_days=2)
        change_habits(session, habits=habits, who="user:1", now=clock.now())
    clock.move(timedelta(minutes=1))

    plan(ports)

    assert dates(ports) == {(TODAY + timedelta(days=2), True)}
