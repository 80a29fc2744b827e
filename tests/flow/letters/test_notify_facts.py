"""Letters that follow from facts: a parcel, a cancelled order, a mail, an address gone bad."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from hub.domain.letters.notices import MOST_LETTERS, Event, Facts
from hub.flow.letters.notify import tell, tell_days
from hub.flow.orders import change
from hub.flow.reading.erase import erase_shop
from hub.flow.shipping import ship
from hub.models.claims.outbox import claim
from hub.models.records.channels import ChannelAccount
from hub.models.records.correspondents import CustomerSender
from hub.models.records.mails import InboundMail
from hub.models.records.messages import InboundMessage, OutboundMessage
from hub.models.records.orders import SalesOrder
from mapping.effects import Tracking
from tests.factories import (
    NOW,
    PIECE,
    make_item,
    make_lot,
    make_order,
)
from tests.flow.bench import demand_of, hold
from tests.flow.letters.letterbox import (
    FRIDAY,
    an_order,
    buyer,
    day,
    leaving,
    letters,
    mailbox,
    states,
)


def test_a_parcel_is_told_once_with_how_to_follow_it(session: Session) -> None:
    mailbox(session)
    order = an_order(session)
    item = make_item(session, code="SOAP")
    lot = make_lot(session, item=item, quantity=9 * PIECE)
    order = make_order(
        session, account=session.get_one(ChannelAccount, order.account_id), lines={item: 5}
    )
    hold(session, lot, owner=demand_of(session, order, item), quantity=5 * PIECE)

    ship.ship(
        session, order_id=order.id, lines=None, notify=True, who="user:1", now=NOW,
        tracking=Tracking(carrier="Correos", number="PK1", url="https://c.example/PK1"),
    )  # fmt: skip

    (letter,) = letters(session)
    assert letter.event == "shipped"
    for shown in ("5 x Olive soap", "Correos", "PK1", "https://c.example/PK1"):
        assert shown in letter.text


def test_a_cancelled_order_takes_the_place_of_what_has_not_left(session: Session) -> None:
    mailbox(session)
    order = an_order(session)
    order.promised_on = order.earliest_on = FRIDAY
    tell_days(session, days=[day(order, FRIDAY)], now=NOW)

    change.cancel_order(
        session, order_id=order.id, reason="they asked", who="user:1", now=NOW
    )

    confirmed, cancelled = leaving(session)
    assert confirmed is None
    assert cancelled is not None
    assert "cancelado" in cancelled.subject
    assert "they asked" not in cancelled.text


def test_a_letter_answers_the_mail_the_order_came_in(session: Session) -> None:
    box = mailbox(session)
    candle = make_item(session, code="CANDLE")
    order = make_order(session, account=box, lines={candle: 5})
    buyer(session, order).email = ""
    tied = _mail_of(session, box, order, sender="marta@panaderia.example")
    session.add(
        CustomerSender(
            customer_id=order.customer_id, kind="domain", value="panaderia.example"
        )
    )
    session.flush()

    tell(session, order_id=order.id, event=Event.RECEIVED, now=NOW)
    tell(
        session, order_id=order.id, event=Event.SHIPPED, turn="S-1", facts=Facts(), now=NOW
    )

    first, second = leaving(session)
    assert first is not None
    assert second is not None
    assert (first.to, first.in_reply_to) == ("marta@panaderia.example", tied.message_id)
    assert second.references == (tied.message_id, first.message_id)


def test_a_sender_who_is_not_the_customers_is_not_written_to(session: Session) -> None:
    box = mailbox(session)
    order = make_order(session, account=box, lines={make_item(session): 5})
    buyer(session, order).email = ""
    _mail_of(session, box, order, sender="somebody@else.example")

    assert tell(session, order_id=order.id, event=Event.RECEIVED, now=NOW) is None


def test_an_address_that_went_bad_meanwhile_keeps_its_letters_here(
    session: Session,
) -> None:
    mailbox(session)
    order = an_order(session)
    tell(session, order_id=order.id, event=Event.RECEIVED, now=NOW)
    buyer(session, order).mail_bad_at = NOW
    session.flush()

    with pytest.raises(Exception, match="came back"):
        leaving(session)


def test_two_machines_that_answer_each_other_are_stopped(session: Session) -> None:
    mailbox(session)
    order = an_order(session)

    for turn in range(MOST_LETTERS + 1):
        tell(session, order_id=order.id, event=Event.SHIPPED, turn=str(turn), now=NOW)
    later = NOW + timedelta(minutes=121)
    tell(session, order_id=order.id, event=Event.SHIPPED, turn="later", now=later)

    assert states(session) == ["waiting"] * MOST_LETTERS + ["held", "waiting"]


def test_a_letter_keeps_no_shop_waiting_for_the_news(session: Session) -> None:
    mailbox(session)
    order = an_order(session, channel="shopify")
    buyer(session, order).notify = {"received": True}
    session.flush()
    tell(session, order_id=order.id, event=Event.RECEIVED, now=NOW)
    session.add(
        OutboundMessage(
            account_id=order.account_id, order_id=order.id, kind="progress",
            idempotency_key="progress:1", payload={}, next_try_at=NOW, created_at=NOW,
        )
    )  # fmt: skip
    session.flush()

    (taken,) = claim(session, owner="w", now=NOW, lease=timedelta(minutes=1), limit=9)

    assert taken.kind == "progress"


def _mail_of(
    session: Session, box: ChannelAccount, order: SalesOrder, *, sender: str
) -> InboundMail:
    raw = InboundMessage(
        account_id=box.id, topic="mail", message_id="po@panaderia.example", body_hash="h",
        source="email", received_at=NOW, next_try_at=NOW, state="done", done_at=NOW,
    )  # fmt: skip
    session.add(raw)
    session.flush()
    mail = InboundMail(
        account_id=box.id, inbound_message_id=raw.id, message_id=raw.message_id, size=1,
        sender=sender, order_id=order.id, state="processed", received_at=NOW,
    )  # fmt: skip
    session.add(mail)
    session.flush()
    return mail


def test_who_is_forgotten_is_forgotten_in_our_letters_too(session: Session) -> None:
    mailbox(session)
    order = an_order(session)
    tell(session, order_id=order.id, event=Event.RECEIVED, now=NOW)

    erase_shop(session, account_id=order.account_id, who="user:1", now=NOW)

    (letter,) = letters(session)
    session.refresh(letter)
    assert (letter.recipient, letter.subject, letter.text, letter.html) == ("", "", "", "")
    assert leaving(session) == [None]
