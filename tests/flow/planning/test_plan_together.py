"""Of orders that come in together, whoever asked for the sooner day gets what is there."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from hub.models.records.production import ProductionOrder
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_lot,
    make_order,
    make_recipe,
)
from tests.flow.candle_maker import LATER, plan

TODAY = NOW.date()
SOON, LATE = TODAY + timedelta(days=10), TODAY + timedelta(days=20)
KILO = 1000 * PIECE


@pytest.fixture
def shop(session: Session) -> ChannelAccount:
    return make_account(session)


def oil_for_one(session: Session) -> Item:
    """Oil for one run; more of it takes three weeks."""
    oil = make_item(session, code="OIL", lead_time_days=21)
    make_lot(session, item=oil, quantity=KILO)
    return oil


def balm_and_soap(session: Session, *, part: Item) -> tuple[Item, Item]:
    balm, soap = (make_item(session, code=code) for code in ("BALM", "SOAP"))
    for item in (balm, soap):
        make_recipe(session, item=item, uses={part: KILO}, batch_size=20 * PIECE)
    return balm, soap


def leaves_on(session: Session) -> list[date | None]:
    """Say when each order can leave, the oldest first."""
    return list(session.scalars(select(SalesOrder.earliest_on).order_by(SalesOrder.id)))


@pytest.mark.parametrize("is_soap_first", [False, True])
def test_the_material_goes_to_the_run_for_the_sooner_day(
    session: Session, shop: ChannelAccount, is_soap_first: bool
) -> None:
    balm, soap = balm_and_soap(session, part=oil_for_one(session))
    sooner, later = (soap, balm) if is_soap_first else (balm, soap)
    make_order(session, account=shop, lines={later: 10}, requested_on=LATE)
    make_order(session, account=shop, lines={sooner: 10}, requested_on=SOON)

    for now in (NOW, LATER):
        plan(session, now=now)

        assert leaves_on(session) == [TODAY + timedelta(days=21), TODAY]


@pytest.mark.parametrize("is_soap_first", [False, True])
def test_who_asked_for_no_day_is_served_as_of_the_day_they_ordered(
    session: Session, shop: ChannelAccount, is_soap_first: bool
) -> None:
    balm, soap = balm_and_soap(session, part=oil_for_one(session))
    sooner, later = (soap, balm) if is_soap_first else (balm, soap)
    make_order(session, account=shop, lines={later: 10}, requested_on=SOON)
    make_order(session, account=shop, lines={sooner: 10})

    plan(session)

    assert leaves_on(session) == [TODAY + timedelta(days=21), TODAY]


def test_the_sooner_day_counts_for_what_goes_into_a_part_too(
    session: Session, shop: ChannelAccount
) -> None:
    base, other = (make_item(session, code=code) for code in ("SOAPBASE", "CREAM"))
    oil = oil_for_one(session)
    for part in (base, other):
        make_recipe(session, item=part, uses={oil: KILO}, batch_size=KILO)
    candle, soap = (make_item(session, code=code) for code in ("CANDLE", "SOAP"))
    make_recipe(session, item=candle, uses={base: KILO})
    make_recipe(session, item=soap, uses={other: KILO})
    make_order(session, account=shop, lines={candle: 10}, requested_on=LATE)
    make_order(session, account=shop, lines={soap: 10}, requested_on=SOON)

    plan(session)

    assert leaves_on(session) == [TODAY + timedelta(days=21), TODAY]


def test_an_order_that_joins_a_run_later_takes_no_material_from_a_promise(
    session: Session, shop: ChannelAccount
) -> None:
    balm, soap = balm_and_soap(session, part=oil_for_one(session))
    make_order(session, account=shop, lines={soap: 10}, requested_on=SOON)
    make_order(session, account=shop, lines={balm: 10}, requested_on=LATE)
    plan(session)

    make_order(session, account=shop, lines={balm: 10}, requested_on=TODAY)
    plan(session, now=LATER)

    three_weeks = TODAY + timedelta(days=21)
    assert len(session.scalars(select(ProductionOrder)).all()) == 2
    assert leaves_on(session) == [TODAY, three_weeks, three_weeks]
