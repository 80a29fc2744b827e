"""An order typed by hand enters by the door every message enters by."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.intake.type_order import NumberTaken, Typed, TypedLine, type_order
from hub.flow.refusal import Invalid
from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import InboundMessage
from hub.models.records.orders import Customer, OrderLine, SalesOrder
from hub.models.records.planning import Replan
from mapping import canonical
from tests.factories import NOW, make_item

ANA = canonical.Customer(name="Ana Gil", email="ana@example.com")


def typed(number: str = "", *, sku: str = "CANDLE", pieces: int = 2) -> Typed:
    price = canonical.Money(minor=650, currency="EUR")
    line = TypedLine(sku=sku, title="Candle", quantity=pieces, unit_price=price)
    return Typed(number=number, customer=ANA, lines=[line])


def enter(session: Session, order: Typed) -> SalesOrder:
    order_id = type_order(session, typed=order, source="manual", who="user:7", now=NOW)
    return session.get_one(SalesOrder, order_id)


def test_it_becomes_an_order_of_the_built_in_channel(session: Session) -> None:
    order = enter(session, typed("T-100"))

    account = session.get_one(ChannelAccount, order.account_id)
    buyer = session.get_one(Customer, order.customer_id)
    line = session.scalars(select(OrderLine).filter_by(order_id=order.id)).one()
    assert (account.channel, order.external_id, order.number) == (
        "manual",
        "T-100",
        "T-100",
    )
    assert (order.release, order.placed_at) == ("ready", NOW)
    assert (buyer.name, buyer.email) == ("Ana Gil", "ana@example.com")
    assert (line.sku, line.ordered, line.unit_price_minor) == ("CANDLE", 2, 650)


def test_its_message_is_kept_and_already_read(session: Session) -> None:
    enter(session, typed("T-100"))

    message = session.scalars(select(InboundMessage)).one()
    assert (message.source, message.state, message.result) == ("manual", "done", "created")
    assert (message.external_order_id, message.done_at) == ("T-100", NOW)
    assert message.body is not None


def test_it_is_marked_for_the_planner(session: Session) -> None:
    item = make_item(session, code="CANDLE")

    enter(session, typed())

    assert item.id in set(session.scalars(select(Replan.item_id)))


def test_without_a_number_it_gets_the_next_of_ours(session: Session) -> None:
    first, second = enter(session, typed()), enter(session, typed())

    assert (first.number, second.number) == ("H-0001", "H-0002")
    assert first.external_id != second.external_id


def test_a_number_is_entered_only_once(session: Session) -> None:
    enter(session, typed("T-100"))

    with pytest.raises(NumberTaken) as refusal:
        enter(session, typed(" T-100 "))

    assert refusal.value.field == "number"


@pytest.mark.parametrize("number", ["H-0001", "h-7", "P-0003", "S-12", "PO-5"])
def test_a_number_like_ours_is_refused(session: Session, number: str) -> None:
    with pytest.raises(Invalid):
        enter(session, typed(number))


@pytest.mark.parametrize("number", ["H0001", "H-1a", "2026-7", "#1001"])
def test_any_other_number_is_fine(session: Session, number: str) -> None:
    assert enter(session, typed(number)).number == number


def test_a_day_centuries_away_is_a_slip_of_the_hand(session: Session) -> None:
    with pytest.raises(Invalid) as refused:
        enter(session, replace(typed(), requested_on=date(2926, 11, 30)))

    assert refused.value.field == "requested_on"
