"""What other servers say of our letters: noted on the letter, and an address given up in time."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.domain.letters.notices import Event
from hub.flow.letters.notify import tell
from hub.flow.mail.bounces import note
from hub.models.records.history import History
from hub.models.records.messages import OutboundMessage
from hub.models.records.notifications import Notification
from hub.models.records.orders import Customer, SalesOrder
from mapping.letter import Bounce
from tests.factories import NOW, make_account, make_item, make_order


@pytest.fixture
def order(session: Session) -> SalesOrder:
    """An order typed by hand, and a mailbox that sends."""
    box = make_account(session, channel="email", name="box")
    box.settings = {"address": "box@cerasal.example", "smtp_host": "smtp.example"}
    account = make_account(session, channel="manual", name="manual")
    return make_order(session, account=account, lines={make_item(session): 1})


def sent(session: Session, order: SalesOrder, *, turn: str) -> Notification:
    number = tell(session, order_id=order.id, event=Event.SHIPPED, turn=turn, now=NOW)
    assert number is not None
    session.execute(
        update(OutboundMessage)
        .where(OutboundMessage.notification_id == number)
        .values(state="sent", done_at=NOW)
    )
    return session.get_one(Notification, number)


def came_back(letter: Notification, *, is_final: bool = True, by: str = "id") -> Bounce:
    return Bounce(
        message_id=letter.message_id if by == "id" else "anew@relay.example",
        our_id=letter.message_id if by == "ours" else "",
        recipient=letter.recipient,
        status="5.1.1" if is_final else "4.2.2",
        words="no such user\nhere",
        is_final=is_final,
    )


def buyer(session: Session, order: SalesOrder) -> Customer:
    return session.get_one(Customer, order.customer_id)


@pytest.mark.parametrize("by", ["id", "ours"])
def test_a_letter_that_came_back_says_so_and_why(
    session: Session, order: SalesOrder, by: str
) -> None:
    letter = sent(session, order, turn="1")

    outcome = note(session, bounce=came_back(letter, by=by), now=NOW)

    told = session.scalars(select(History.what).where(History.subject == "order")).all()
    assert outcome == "bounced"
    assert (letter.bounced_at, letter.bounce) == (NOW, "5.1.1 no such user here")
    assert "letter.bounced" in told
    assert (buyer(session, order).bounces, buyer(session, order).mail_bad_at) == (1, None)


def test_two_in_a_row_make_an_address_bad_and_nobody_writes_there(
    session: Session, order: SalesOrder
) -> None:
    note(session, bounce=came_back(sent(session, order, turn="1")), now=NOW)

    outcome = note(session, bounce=came_back(sent(session, order, turn="2")), now=NOW)

    assert outcome == "address_bad"
    assert buyer(session, order).mail_bad_at == NOW
    assert tell(session, order_id=order.id, event=Event.CANCELLED, now=NOW) is None


def test_a_letter_that_arrived_in_between_begins_the_count_anew(
    session: Session, order: SalesOrder
) -> None:
    note(session, bounce=came_back(sent(session, order, turn="1")), now=NOW)
    sent(session, order, turn="2")

    outcome = note(session, bounce=came_back(sent(session, order, turn="3")), now=NOW)

    assert outcome == "bounced"
    assert buyer(session, order).mail_bad_at is None


def test_a_server_that_goes_on_trying_counts_for_nothing(
    session: Session, order: SalesOrder
) -> None:
    letter = sent(session, order, turn="1")

    outcome = note(session, bounce=came_back(letter, is_final=False), now=NOW)

    assert outcome == "delayed"
    assert (letter.bounced_at, letter.bounce) == (None, "4.2.2 no such user here")
    assert buyer(session, order).bounces == 0


def test_the_same_report_twice_counts_once(session: Session, order: SalesOrder) -> None:
    letter = sent(session, order, turn="1")
    note(session, bounce=came_back(letter), now=NOW)

    assert note(session, bounce=came_back(letter), now=NOW) == "repeated"
    assert buyer(session, order).bounces == 1


def test_a_report_about_no_letter_of_ours_changes_nothing(
    session: Session, order: SalesOrder
) -> None:
    letter = sent(session, order, turn="1")

    assert note(session, bounce=came_back(letter, by="nothing"), now=NOW) == "unknown"
    assert letter.bounced_at is None
