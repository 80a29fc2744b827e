"""What the shop shows otherwise than we know it, as long as it does."""

from sqlalchemy.orm import Session

from connectors.readings import OrderMissing
from hub.flow.reading.read import apply
from tests.factories import NOW
from tests.flow.bench import owed
from tests.flow.telling.manual_tasks import account_of, allowed, drift, send, shows, took


def test_a_fulfilment_cancelled_there_shows_until_the_channel_has_it_again(
    session: Session,
) -> None:
    order = allowed(session)
    send(session, order)
    took(session, order)

    shows(session, order, sent=5, after=5)
    assert drift(session, order) == []
    shows(session, order, sent=0, after=6)
    assert drift(session, order) == ["fulfilment"]
    assert owed(session)[0][2] == "sent"
    shows(session, order, sent=5, after=7)

    assert drift(session, order) == []


def test_a_view_from_before_the_parcel_was_told_is_no_difference(session: Session) -> None:
    order = allowed(session)
    send(session, order)
    took(session, order)

    shows(session, order, sent=0, after=0)

    assert drift(session, order) == []


def test_of_an_order_that_is_gone_there_nothing_differs_any_more(session: Session) -> None:
    order = allowed(session)
    send(session, order)
    took(session, order)
    shows(session, order, sent=0, after=6)
    assert drift(session, order) == ["fulfilment"]

    account = account_of(session, order)
    missing = OrderMissing(external_id=order.external_id)
    apply(session, account=account, reading=missing, now=NOW)
    session.expire_all()

    assert drift(session, order) == []
    assert order.intent == "open"
