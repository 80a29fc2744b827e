"""Each buyer is told once, by whom they should be told, of what they asked to be told."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.registry import CHANNELS
from hub.domain.letters.notices import MOST_LETTERS, Event, Facts
from hub.flow.letters.letters_out import desk_of, mail_of
from hub.flow.letters.notify import Day, tell, tell_days
from hub.flow.orders import change
from hub.flow.reading.erase import erase_shop
from hub.flow.shipping import ship
from hub.models.claims.outbox import claim, settle
from hub.models.records.channels import ChannelAccount
from hub.models.records.correspondents import CustomerSender
from hub.models.records.mails import InboundMail
from hub.models.records.messages import InboundMessage, OutboundMessage
from hub.models.records.notifications import Notification
from hub.models.records.orders import Customer, SalesOrder
from hub.models.records.workshop import Workshop
from mapping.effects import Mail, Tracking
from tests.doors import LINKS
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_lot,
    make_order,
)
from tests.flow.bench import demand_of, hold

ADDRESS = "pedidos@cerasal.example"
FRIDAY, MONDAY, TUESDAY = date(2026, 11, 27), date(2026, 11, 30), date(2026, 12, 1)
SOON = timedelta(minutes=15)


def mailbox(session: Session, *, mode: str = "live", name: str = "box") -> ChannelAccount:
    account = make_account(session, channel="email", mode=mode, name=name)
    account.settings = {"address": ADDRESS, "smtp_host": "smtp.cerasal.example"}
    session.flush()
    return account


def an_order(
    session: Session, *, channel: str = "manual", mode: str = "live"
) -> SalesOrder:
    account = make_account(session, channel=channel, name="from here", mode=mode)
    candle = make_item(session, code="CANDLE")
    return make_order(session, account=account, lines={candle: 5})


def buyer(session: Session, order: SalesOrder) -> Customer:
    return session.get_one(Customer, order.customer_id)


def letters(session: Session) -> Sequence[Notification]:
    return session.scalars(select(Notification).order_by(Notification.id)).all()


def said(session: Session) -> list[str]:
    return [letter.event for letter in letters(session)]


def states(session: Session) -> list[str]:
    query = select(OutboundMessage.state).where(OutboundMessage.kind == "mail")
    return list(session.scalars(query.order_by(OutboundMessage.id)))


def leaving(session: Session) -> list[Mail | None]:
    """Take what is due in a while, and put together what would be sent."""
    now = NOW + SOON
    lease = timedelta(minutes=1)
    found: list[Mail | None] = []
    while taken := claim(session, owner=f"w{len(found)}", now=now, lease=lease):
        (one,) = taken
        number = one.payload["notification"]
        assert isinstance(number, int)
        mail = mail_of(session, claimed=one, notification=number, links=LINKS)
        settle(
            session, message_id=one.id, owner=f"w{len(found)}", state="sent", now=now,
            outcome="created" if mail else "nothing_to_do",
        )  # fmt: skip
        found.append(mail)
    return found


def day(order: SalesOrder, on: date, *, committed: date | None = None) -> Day:
    return Day(order_id=order.id, on=on, committed=committed, reason="material")


def test_the_same_event_twice_is_one_letter(session: Session) -> None:
    mailbox(session)
    order = an_order(session)

    first = tell(session, order_id=order.id, event=Event.RECEIVED, now=NOW)
    again = tell(session, order_id=order.id, event=Event.RECEIVED, now=NOW + SOON)

    assert (first is not None, again) == (True, None)
    assert said(session) == ["received"]
    assert states(session) == ["waiting"]


def test_a_letter_is_in_the_buyers_language_and_names_what_they_ordered(
    session: Session,
) -> None:
    mailbox(session)
    order = an_order(session)

    tell(session, order_id=order.id, event=Event.RECEIVED, now=NOW)

    (letter,) = letters(session)
    assert letter.locale == "es"
    assert order.number in letter.subject
    assert "5 x Soy candle, fig" in letter.text
    assert "5 x Soy candle, fig" in letter.html
    assert letter.text.startswith("Hola, Maria Ruiz:")


@pytest.mark.parametrize(
    "own, of_workshop, language",
    [("es-MX", "en", "es"), ("ca", "es", "es"), ("", "es", "es"), ("fr", "en", "en")],
)
def test_who_has_no_language_of_ours_gets_the_workshops(
    session: Session, own: str, of_workshop: str, language: str
) -> None:
    mailbox(session)
    order = an_order(session)
    buyer(session, order).locale = own
    session.add(Workshop(id=1, locale=of_workshop, updated_at=NOW))
    session.flush()

    tell(session, order_id=order.id, event=Event.RECEIVED, now=NOW)

    assert [letter.locale for letter in letters(session)] == [language]


@pytest.mark.parametrize(
    "channel, of_channel, own, is_told",
    [
        ("manual", {}, {}, True),
        ("email", {}, {}, True),
        ("shopify", {}, {}, False),
        ("shopify", {"shipped": True}, {}, True),
        ("shopify", {"received": True}, {}, False),
        ("shopify", {"shipped": True}, {"shipped": False}, False),
        ("shopify", {}, {"shipped": True}, True),
        ("manual", {"shipped": False}, {}, False),
        ("etsy", {"shipped": True}, {"shipped": True}, False),
    ],
)
def test_the_customers_switch_goes_before_the_channels_before_the_usual(
    session: Session,
    channel: str,
    of_channel: Mapping[str, object],
    own: Mapping[str, object],
    is_told: bool,
) -> None:
    mailbox(session)
    order = an_order(session, channel=channel)
    session.get_one(ChannelAccount, order.account_id).notify = dict(of_channel)
    buyer(session, order).notify = dict(own)
    session.flush()

    letter = tell(session, order_id=order.id, event=Event.SHIPPED, now=NOW)

    assert (letter is not None) is is_told


@pytest.mark.parametrize(
    "why", ["test", "old", "no address", "bad", "forgotten", "off", "ours", "no buyer"]
)
def test_nobody_is_written_to_who_should_not_be(session: Session, why: str) -> None:
    box = mailbox(session)
    order = an_order(session)
    account, customer = (
        session.get_one(ChannelAccount, order.account_id),
        buyer(session, order),
    )
    if why == "test":
        order.is_test = True
    elif why == "old":
        account.notify_since = NOW + timedelta(seconds=1)
    elif why == "no address":
        customer.email = "not an address"
    elif why == "bad":
        customer.mail_bad_at = NOW
    elif why == "forgotten":
        customer.redacted_at = NOW
    elif why == "off":
        account.mode = "off"
    elif why == "ours":
        customer.email = str(box.settings["address"]).upper()
    else:
        order.customer_id = None
    session.flush()

    assert tell(session, order_id=order.id, event=Event.RECEIVED, now=NOW) is None
    assert (said(session), states(session)) == ([], [])


def test_orders_from_before_the_mailbox_are_let_alone(session: Session) -> None:
    box = mailbox(session)
    order = an_order(session)
    box.created_at = NOW + timedelta(days=1)
    session.flush()

    assert tell(session, order_id=order.id, event=Event.SHIPPED, now=NOW) is None


@pytest.mark.parametrize(
    "of_mailbox, of_shop, state",
    [
        ("live", "live", "waiting"),
        ("shadow", "live", "shadowed"),
        ("live", "shadow", "shadowed"),
    ],
)
def test_a_rehearsal_of_either_side_is_only_written_down(
    session: Session, of_mailbox: str, of_shop: str, state: str
) -> None:
    mailbox(session, mode=of_mailbox)
    order = an_order(session, mode=of_shop)

    tell(session, order_id=order.id, event=Event.RECEIVED, now=NOW)

    assert states(session) == [state]


def test_of_two_mailboxes_the_chosen_one_sends_and_without_a_choice_none(
    session: Session,
) -> None:
    mailbox(session)
    other = mailbox(session, name="other")

    undecided = desk_of(session, channels=CHANNELS)
    session.add(Workshop(id=1, mail_account_id=other.id, name="Cera y Sal", updated_at=NOW))
    session.flush()
    desk = desk_of(session, channels=CHANNELS)

    assert undecided is None
    assert desk is not None
    assert (desk.account.id, desk.house.name) == (other.id, "Cera y Sal")


def test_a_mailbox_that_cannot_send_writes_nothing(session: Session) -> None:
    mailbox(session).settings = {"address": ADDRESS}
    order = an_order(session)

    assert tell(session, order_id=order.id, event=Event.RECEIVED, now=NOW) is None


# Days -----------------------------------------------------------------------------------------


def test_the_first_day_confirms_and_nothing_else_is_said_in_the_same_breath(
    session: Session,
) -> None:
    mailbox(session)
    order = an_order(session)
    order.promised_on = order.earliest_on = FRIDAY
    tell(session, order_id=order.id, event=Event.RECEIVED, now=NOW)

    tell_days(session, days=[day(order, FRIDAY)], now=NOW)

    received, confirmed = leaving(session)
    assert received is None
    assert confirmed is not None
    assert "27 de noviembre de 2026" in confirmed.text


def test_who_only_hears_that_it_came_still_hears_that(session: Session) -> None:
    mailbox(session)
    order = an_order(session)
    tell(session, order_id=order.id, event=Event.RECEIVED, now=NOW)

    (received,) = leaving(session)

    assert received is not None
    assert received.to == "maria.ruiz@example.com"


def test_a_later_day_is_told_once_and_why(session: Session) -> None:
    mailbox(session)
    order = an_order(session)
    order.promised_on, order.earliest_on = FRIDAY, FRIDAY
    tell_days(session, days=[day(order, FRIDAY)], now=NOW)
    leaving(session)
    order.earliest_on = MONDAY

    tell_days(session, days=[day(order, MONDAY, committed=FRIDAY)], now=NOW)
    tell_days(session, days=[day(order, MONDAY, committed=FRIDAY)], now=NOW + SOON)

    (delayed,) = leaving(session)
    assert delayed is not None
    assert "30 de noviembre de 2026" in delayed.text
    assert "en lugar del viernes, 27 de noviembre" in delayed.text
    assert "un material llega más tarde" in delayed.text
    assert said(session) == ["confirmed", "delayed"]


def test_a_day_that_comes_nearer_again_is_not_told(session: Session) -> None:
    mailbox(session)
    order = an_order(session)
    order.promised_on, order.earliest_on = FRIDAY, MONDAY
    tell_days(session, days=[day(order, MONDAY)], now=NOW)
    leaving(session)

    tell_days(session, days=[day(order, FRIDAY, committed=FRIDAY)], now=NOW)

    assert said(session) == ["confirmed"]


def test_a_delay_that_is_over_before_its_letter_left_is_not_told(session: Session) -> None:
    mailbox(session)
    order = an_order(session)
    order.promised_on = order.earliest_on = FRIDAY
    tell_days(session, days=[day(order, FRIDAY)], now=NOW)
    leaving(session)
    tell_days(session, days=[day(order, MONDAY, committed=FRIDAY)], now=NOW)
    order.earliest_on = FRIDAY
    session.flush()

    assert leaving(session) == [None]


def test_a_delay_that_comes_back_is_told_after_all(session: Session) -> None:
    mailbox(session)
    order = an_order(session)
    order.promised_on = order.earliest_on = FRIDAY
    tell_days(session, days=[day(order, FRIDAY)], now=NOW)
    leaving(session)
    tell_days(session, days=[day(order, MONDAY, committed=FRIDAY)], now=NOW)
    leaving(session)
    order.earliest_on = MONDAY
    session.flush()

    tell_days(session, days=[day(order, MONDAY, committed=FRIDAY)], now=NOW)

    (delayed,) = leaving(session)
    assert delayed is not None


def test_of_two_delays_that_wait_only_the_newer_leaves(session: Session) -> None:
    mailbox(session)
    order = an_order(session)
    order.promised_on = order.earliest_on = FRIDAY
    tell_days(session, days=[day(order, FRIDAY)], now=NOW)
    leaving(session)
    order.earliest_on = TUESDAY

    tell_days(session, days=[day(order, MONDAY, committed=FRIDAY)], now=NOW)
    tell_days(session, days=[day(order, TUESDAY, committed=FRIDAY)], now=NOW)

    monday, tuesday = leaving(session)
    assert monday is None
    assert tuesday is not None
    assert "viernes, 27 de noviembre" in tuesday.text


def test_a_first_day_that_moves_before_its_letter_left_is_said_once(
    session: Session,
) -> None:
    mailbox(session)
    order = an_order(session)
    order.promised_on, order.earliest_on = FRIDAY, MONDAY

    tell_days(session, days=[day(order, FRIDAY)], now=NOW)
    tell_days(session, days=[day(order, MONDAY, committed=FRIDAY)], now=NOW)

    friday, monday = leaving(session)
    assert friday is None
    assert monday is not None
    assert said(session) == ["confirmed", "confirmed"]


def test_who_is_not_told_of_first_days_is_told_of_later_ones(session: Session) -> None:
    mailbox(session)
    order = an_order(session)
    buyer(session, order).notify = {"confirmed": False}
    order.promised_on, order.earliest_on = FRIDAY, MONDAY
    session.flush()

    tell_days(session, days=[day(order, FRIDAY)], now=NOW)
    tell_days(session, days=[day(order, MONDAY, committed=FRIDAY)], now=NOW)

    assert said(session) == ["delayed"]


# From the facts -------------------------------------------------------------------------------


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
