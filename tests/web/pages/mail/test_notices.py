"""Letters on the pages: who hears what, in which words, and what became of each."""

import re

import pytest
from flask import Flask
from sqlalchemy import select, update

from hub.domain.letters.notices import Event
from hub.flow.letters.alerts import PAGES, page_of, raise_alerts
from hub.flow.letters.letter_settings import switches_of
from hub.flow.letters.notification_templates import current
from hub.flow.letters.notify import tell
from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import OutboundMessage
from hub.models.records.notifications import Notification
from hub.models.records.orders import Customer, SalesOrder
from hub.models.records.people import User
from hub.models.records.workshop import Workshop
from hub.ports import Ports, as_it_is
from tests.factories import NOW, make_account, make_item, make_order
from tests.web.pages.visitor import Visitor

WORDS = "/letters/words/received/en"
MINE = {
    "subject": "Hi {{ customer.name }}",
    "text": "We have {{ order.name }}.",
    "html": "<p>We have <b>{{ order.name }}</b>.</p>",
}


@pytest.fixture
def order_id(ports: Ports) -> int:
    """An order typed by hand, whose buyer was just written to from a mailbox."""
    with ports.database.begin() as session:
        box = make_account(session, channel="email", name="Orders")
        box.settings = {"address": "orders@cerasal.example", "smtp_host": "smtp.example"}
        account = make_account(session, channel="manual", name="By hand")
        order = make_order(session, account=account, lines={make_item(session): 2})
        tell(session, order_id=order.id, event=Event.RECEIVED, now=NOW)
        return order.id


def test_who_hears_what_is_shown_and_switched(
    ports: Ports, owner: Visitor, order_id: int
) -> None:
    with ports.database.begin() as session:
        shop = make_account(session, name="The shop")
        etsy = make_account(session, channel="etsy", name="On Etsy")

    page = owner.see("/letters")
    owner.did(f"/letters/channels/{shop.id}", event="shipped")

    with ports.database.reading() as session:
        kept = session.get_one(ChannelAccount, shop.id)
    assert "the shop mails its buyers itself" in page
    assert "its own messages only" in page
    assert f"/letters/channels/{etsy.id}" not in page
    assert [name for name, on in switches_of(kept).items() if on] == ["shipped"]
    assert kept.notify_since is not None


def test_more_letters_than_fit_are_a_link_away(
    ports: Ports, owner: Visitor, order_id: int
) -> None:
    with ports.database.begin() as session:
        for turn in range(20):
            tell(session, order_id=order_id, event=Event.RECEIVED, turn=str(turn), now=NOW)

    newest = owner.see("/letters")

    [older] = re.findall(r'href="(\?after=[0-9]+)"', newest)
    assert '<a href="/letters/1"' not in newest
    assert '<a href="/letters/1"' in owner.see(f"/letters{older}")


def test_who_writes_is_said_once(ports: Ports, owner: Visitor, order_id: int) -> None:
    page = owner.did("/letters/house", name="Cera y Sal", locale="es", mailbox="")

    with ports.database.reading() as session:
        workshop = session.get_one(Workshop, 1)
    assert (workshop.name, workshop.locale) == ("Cera y Sal", "es")
    assert "Cera y Sal" in page


def test_words_are_looked_at_before_they_are_kept(
    ports: Ports, owner: Visitor, order_id: int
) -> None:
    looked = owner.press(f"{WORDS}/look", order="H-0001", **MINE)
    with ports.database.reading() as session:
        before = current(session, event=Event.RECEIVED, locale="en").version
    page = owner.did(WORDS, seen="0", **MINE)

    assert "We have #1001 (H-0001)." in looked.text
    assert before == 0
    assert "version 1" in page


def test_a_word_nobody_knows_is_named_with_its_line_and_nothing_is_kept(
    ports: Ports, owner: Visitor
) -> None:
    page = owner.press(WORDS, seen="0", **MINE | {"text": "a\n{{ order.numbr }}"})

    assert page.status_code == 422
    assert "Line 2: there is no word “order.numbr”." in page.text
    with ports.database.reading() as session:
        assert current(session, event=Event.RECEIVED, locale="en").version == 0


def test_own_words_are_taken_back(ports: Ports, owner: Visitor) -> None:
    owner.did(WORDS, seen="0", **MINE)

    page = owner.did(f"{WORDS}/withdraw")

    assert "the words Hornada brings along" in page


def test_what_is_shown_of_html_does_nothing(owner: Visitor) -> None:
    evil = '<p>a</p><script>x()</script><img src="https://evil.example/1.gif">'

    page = owner.press(f"{WORDS}/look", **MINE | {"html": evil})

    shown = page.text.split('id="looks"', 1)[1]
    assert "<script>x" not in shown
    assert 'src="https://evil.example' not in shown


def test_an_order_shows_its_letters_and_each_can_be_read(
    owner: Visitor, order_id: int
) -> None:
    page = owner.see(f"/orders/{order_id}")
    letter = owner.see("/letters/1")

    assert 'href="/letters/1"' in page
    assert "maria.ruiz@example.com" in page
    assert "Hola, Maria Ruiz:" in letter
    assert "Waiting" in letter


def test_what_was_held_says_why_and_can_be_sent_again(
    ports: Ports, owner: Visitor, order_id: int
) -> None:
    with ports.database.begin() as session:
        session.execute(
            update(OutboundMessage).values(
                state="held",
                error_class="Rejected",
                last_error="the mail server refuses the letter: 550 no such user",
                done_at=NOW,
            )
        )

    letter = owner.see("/letters/1")
    owner.did("/messages/out/1/retry")

    assert "550 no such user" in letter
    assert "Send again" in letter
    with ports.database.reading() as session:
        assert session.get_one(OutboundMessage, 1).state == "waiting"


def test_an_address_that_takes_no_mail_shows_on_the_order(
    ports: Ports, owner: Visitor, order_id: int
) -> None:
    with ports.database.begin() as session:
        session.execute(update(Customer).values(mail_bad_at=NOW))

    assert "give the customer another address" in owner.see(f"/orders/{order_id}")


@pytest.mark.parametrize("path", ["/letters/words/won/en", "/letters/words/received/xx"])
def test_there_are_no_other_letters(owner: Visitor, path: str) -> None:
    assert owner.open(path).status_code == 404


# Letters to the owners ---------------------------------------------------------------------------


def test_a_letter_to_the_owner_leads_to_the_pages_of_what_it_is_about(
    ports: Ports, owner: Visitor, order_id: int
) -> None:
    with ports.database.begin() as session:
        session.execute(update(User).values(gets_alerts=True, email="alba@cerasal.example"))
        session.execute(update(SalesOrder).values(is_at_risk=True))
        raise_alerts(session, url="", say=as_it_is, now=NOW)
        letter = session.scalars(select(Notification).filter_by(event="alert")).one()
        number = session.get_one(SalesOrder, order_id).number

    page = owner.see(f"/letters/{letter.id}")

    assert f'<a class="button" href="/orders/{order_id}">Order {number}</a>' in page


def test_every_page_an_alert_leads_to_is_one(app: Flask, owner: Visitor) -> None:
    routes = app.url_map.bind("")

    views = {kind: routes.match(page_of(f"{kind}:7:since"))[0] for kind in PAGES}

    assert views == {
        "item": "pages.show_item", "order": "pages.show_order",
        "channel": "pages.show_channel", "in": "pages.show_inbound",
        "out": "pages.show_outbound", "review": "pages.show_review",
    }  # fmt: skip
