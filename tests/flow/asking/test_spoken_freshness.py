"""Who only asks is told of goods that will still keep, as whoever really orders gets them."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from hub.domain.asking.what_if_changes import OrderAdded
from hub.flow.asking.what_if import what_moves
from hub.flow.catalogue.freshness import ask_of_channel, ask_of_customer
from hub.flow.channels.channels import manual_account
from hub.flow.intake.order_entry import Meant, Spoken, reply
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from tests.factories import (
    NOW,
    PIECE,
    make_customer,
    make_item,
    make_lot,
    make_order,
    make_recipe,
)
from tests.flow.candle_maker import plan

TODAY = NOW.date()
SOON, LATE = TODAY, TODAY + timedelta(days=21)


def old_cream(session: Session, *, min_remaining_days: int = 0) -> Item:
    """Ten creams good for ten days; the oil for new ones comes in three weeks."""
    cream = make_item(session, code="CREAM", min_remaining_days=min_remaining_days)
    oil = make_item(session, code="OIL", lead_time_days=21)
    make_recipe(session, item=cream, uses={oil: 1000 * PIECE})
    best_before = TODAY + timedelta(days=10)
    make_lot(session, item=cream, quantity=10 * PIECE, best_before=best_before)
    return cream


def spoken_of(cream: Item, *, customer_id: int | None = None) -> Spoken:
    line = Meant(sku="CREAM", title="", components={cream.id: PIECE})
    return Spoken(lines=[(line, 10)], customer_id=customer_id)


def really_comes(session: Session, *, account: ChannelAccount, cream: Item) -> object:
    """Say what is promised once the order is there."""
    order = make_order(session, account=account, lines={cream: 10})
    plan(session)
    return session.get_one(SalesOrder, order.id).earliest_on


@pytest.mark.parametrize("days, on", [(10, SOON), (11, LATE)])
def test_an_order_spoken_of_gets_no_goods_too_old_for_their_item(
    session: Session, days: int, on: object
) -> None:
    cream = old_cream(session, min_remaining_days=days)

    said = reply(session, spoken=spoken_of(cream), now=NOW)

    account = manual_account(session, now=NOW)
    assert said.promised_on == on
    assert really_comes(session, account=account, cream=cream) == on


@pytest.mark.parametrize("days, on", [(10, SOON), (11, LATE)])
def test_an_order_spoken_of_gets_no_goods_too_old_for_what_is_typed_by_hand(
    session: Session, days: int, on: object
) -> None:
    cream, account = old_cream(session), manual_account(session, now=NOW)
    ask_of_channel(session, account_id=account.id, days=days, who="user:1", now=NOW)

    said = reply(session, spoken=spoken_of(cream), now=NOW)

    assert said.promised_on == on
    assert really_comes(session, account=account, cream=cream) == on


def test_an_order_spoken_of_gets_no_goods_too_old_for_its_buyer(session: Session) -> None:
    cream, account = old_cream(session), manual_account(session, now=NOW)
    maria = make_customer(session, account=account)
    ask_of_customer(session, customer_id=maria.id, days=11, who="user:1", now=NOW)

    known = reply(session, spoken=spoken_of(cream, customer_id=maria.id), now=NOW)
    somebody = reply(session, spoken=spoken_of(cream), now=NOW)

    assert (known.promised_on, somebody.promised_on) == (LATE, SOON)


def test_an_order_that_might_come_gets_no_goods_too_old_for_their_item(
    session: Session,
) -> None:
    cream = old_cream(session, min_remaining_days=11)
    added = OrderAdded(item_id=cream.id, quantity=10 * PIECE, needed_on=TODAY)

    moves = what_moves(session, changes=[added], now=NOW)

    assert [order.after for order in moves.orders] == [LATE]
