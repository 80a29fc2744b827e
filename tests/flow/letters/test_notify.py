"""Each buyer is told once, by whom they should be told, of what they asked to be told."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from connectors.registry import CHANNELS
from hub.domain.letters.notices import Event
from hub.flow.letters.letters_out import desk_of
from hub.flow.letters.notify import tell
from hub.models.records.channels import ChannelAccount
from hub.models.records.workshop import Workshop
from tests.factories import (
    NOW,
)
from tests.flow.letters.letterbox import (
    ADDRESS,
    SOON,
    an_order,
    buyer,
    letters,
    mailbox,
    said,
    states,
)


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
