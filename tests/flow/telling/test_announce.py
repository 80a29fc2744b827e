"""What the channels are owed: once each, in the order it became true, rehearsed in shadow."""

from dataclasses import fields
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.shipping import ship
from hub.flow.telling import announce
from hub.flow.telling.push import effect_of
from hub.models.claims.outbox import ClaimedEffect
from hub.models.records.messages import OutboundMessage
from hub.models.records.orders import SalesOrder
from mapping.effects import (
    AmendTracking,
    Delivered,
    Fulfil,
    LineQuantity,
    Progress,
    Promised,
    Tracking,
)
from tests.doors import LINKS
from tests.factories import NOW
from tests.flow.bench import (
    WHO,
    line_of,
    owed,
)
from tests.flow.telling.told_orders import (
    DHL,
    account_of,
    effects,
    ready_order,
    send,
    short_order,
    the_candle,
)

FRIDAY, MONDAY = date(2026, 12, 4), date(2026, 12, 7)


# Parcels ----------------------------------------------------------------------------------


def test_a_parcel_is_told_by_the_channels_own_lines(session: Session) -> None:
    order = ready_order(session)

    shipment = send(session, order, notify=False)

    line = line_of(session, order, the_candle(session))
    assert effects(session) == [
        Fulfil(
            order_id=order.external_id,
            lines=(LineQuantity(line_id=line.external_id, quantity=5),),
            tracking=DHL,
            notify=False,
        )
    ]
    assert owed(session) == [(f"fulfil:{shipment.id}", "fulfil", "waiting")]
    assert shipment.is_owed


def test_the_same_news_twice_is_one_row(session: Session) -> None:
    shipment = send(session, ready_order(session))

    announce.tell_shipped(session, shipment_id=shipment.id, now=NOW)

    assert len(owed(session)) == 1


def test_in_shadow_the_news_is_only_written_down(session: Session) -> None:
    shipment = send(session, ready_order(session, mode="shadow"))

    assert owed(session) == [(f"fulfil:{shipment.id}", "fulfil", "shadowed")]


@pytest.mark.parametrize("channel, mode", [("shopify", "off"), ("manual", "live")])
def test_who_is_off_or_has_no_shop_hears_nothing(
    session: Session, channel: str, mode: str
) -> None:
    shipment = send(session, ready_order(session, channel=channel, mode=mode))

    assert owed(session) == []
    assert not shipment.is_owed


def test_what_is_switched_off_is_not_told(session: Session) -> None:
    order = ready_order(session)
    account_of(session, order).capabilities = {"fulfil": False}

    shipment = send(session, order)

    assert owed(session) == []
    assert not shipment.is_owed


def test_arrival_and_new_tracking_are_told_after_the_parcel(session: Session) -> None:
    order = ready_order(session)
    shipment = send(session, order)
    for tracking in (Tracking(number="PQ77"), Tracking(number="PQ78")):
        ship.amend_tracking(
            session,
            shipment_id=shipment.id,
            tracking=tracking,
            notify=False,
            who=WHO,
            now=NOW,
        )

    ship.mark_delivered(session, shipment_id=shipment.id, who=WHO, now=NOW)

    number = shipment.id
    assert [key for key, _, _ in owed(session)] == [
        f"fulfil:{number}",
        f"amend_tracking:{number}:1",
        f"amend_tracking:{number}:2",
        f"delivered:{number}",
    ]
    external = order.external_id
    assert effects(session)[2:] == [
        AmendTracking(
            order_id=external,
            fulfilment_refs=(),
            tracking=Tracking(number="PQ78"),
            notify=False,
        ),
        Delivered(order_id=external, fulfilment_refs=(), at=NOW),
    ]


def test_what_was_rehearsed_goes_on_in_rehearsal(session: Session) -> None:
    order = ready_order(session, mode="shadow")
    shipment = send(session, order)
    account_of(session, order).mode = "live"

    ship.mark_delivered(session, shipment_id=shipment.id, who=WHO, now=NOW)

    assert [state for _, _, state in owed(session)] == ["shadowed", "shadowed"]


def test_who_never_heard_of_a_parcel_does_not_hear_that_it_arrived(
    session: Session,
) -> None:
    order = ready_order(session, mode="off")
    shipment = send(session, order)
    account_of(session, order).mode = "live"

    ship.mark_delivered(session, shipment_id=shipment.id, who=WHO, now=NOW)

    assert owed(session) == []


# Progress ---------------------------------------------------------------------------------


def test_progress_is_told_once(session: Session) -> None:
    order = short_order(session)

    for note in ("P-0001: candles in production", "P-0002: candles in production"):
        announce.tell_progress(session, order_ids=[order.id], note=note, now=NOW)

    assert effects(session) == [
        Progress(order_id=order.external_id, note="P-0001: candles in production")
    ]
    assert order.progress_told


def test_who_could_not_hear_of_progress_hears_of_the_next(session: Session) -> None:
    order = short_order(session, mode="off")
    announce.tell_progress(session, order_ids=[order.id], note="first", now=NOW)
    account_of(session, order).mode = "live"

    announce.tell_progress(session, order_ids=[order.id], note="second", now=NOW)

    assert effects(session) == [Progress(order_id=order.external_id, note="second")]


def test_an_order_that_ended_is_not_being_made(session: Session) -> None:
    order = short_order(session)
    order.intent = "cancelled"

    announce.tell_progress(session, order_ids=[order.id], note="first", now=NOW)

    assert owed(session) == []


# The promised day -------------------------------------------------------------------------


def promised_order(session: Session, *, switch: str | None) -> SalesOrder:
    order = ready_order(session)
    if switch:
        account_of(session, order).capabilities = {"promised": switch}
        session.flush()
    return order


def test_the_promised_day_is_told_where_somebody_asked_for_it(session: Session) -> None:
    order = promised_order(session, switch="live")

    announce.tell_promised(session, order=order, on=FRIDAY, now=NOW)

    assert effects(session) == [Promised(order_id=order.external_id, on=FRIDAY)]
    assert [state for _, _, state in owed(session)] == ["waiting"]


@pytest.mark.parametrize("switch, states", [(None, []), ("shadow", ["shadowed"])])
def test_nobody_is_told_a_day_unasked(
    session: Session, switch: str | None, states: list[str]
) -> None:
    order = promised_order(session, switch=switch)

    announce.tell_promised(session, order=order, on=FRIDAY, now=NOW)

    assert [state for _, _, state in owed(session)] == states


def test_the_same_day_is_told_once_and_another_replaces_what_waits(
    session: Session,
) -> None:
    order = promised_order(session, switch="live")
    for day in (FRIDAY, FRIDAY, MONDAY):
        announce.tell_promised(session, order=order, on=day, now=NOW)
    first = session.scalars(select(OutboundMessage).order_by(OutboundMessage.id)).first()
    assert first is not None
    assert len(owed(session)) == 2

    sent = effect_of(session, claimed(first), today=NOW.date(), links=LINKS)

    assert sent == Promised(order_id=order.external_id, on=MONDAY)


def claimed(row: OutboundMessage) -> ClaimedEffect:
    names = [each.name for each in fields(ClaimedEffect)]
    return ClaimedEffect(**{name: getattr(row, name) for name in names})
