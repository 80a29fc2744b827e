"""A letter reaches a real mail server at most once, whatever happens on the way."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.domain.letters.notices import Event
from hub.flow.letters.notify import tell
from hub.models.claims.outbox import retry
from hub.models.records.messages import OutboundMessage
from hub.models.records.notifications import Notification
from hub.models.session import Database
from tests.doors import HandClock, connect_shop, make_ports
from tests.factories import make_account, make_item, make_order
from tests.smtp_server import HOST, PASSWORD, USER, PostOffice, post_office
from workers.push import push

SETTLED = timedelta(minutes=2)
HORIZON = timedelta(minutes=15)


class Killed(BaseException):
    """The process is gone: nothing after this runs."""


class Desk:
    """A mailbox on a real mail server, an order, and a clock."""

    def __init__(self, database: Database, office: PostOffice) -> None:
        self.office = office
        self.clock = HandClock()
        self.kill_at = ""
        self.ports = make_ports(database, clock=self.clock, failpoint=self._die_at)
        self.box = connect_shop(
            self.ports,
            channel="email",
            settings={
                "address": USER,
                "smtp_host": HOST,
                "smtp_port": str(office.port),
                "smtp_security": "none",
            },
            credentials={"password": PASSWORD},
            webhook_secrets=(),
        )
        with database.begin() as session:
            account = make_account(session, channel="manual", name="manual")
            order = make_order(session, account=account, lines={make_item(session): 2})
            self.order_id = order.id

    def _die_at(self, name: str) -> None:
        if name == self.kill_at:
            self.kill_at = ""
            raise Killed

    def tell(self, turn: str = "") -> None:
        with self.ports.database.begin() as session:
            tell(
                session, order_id=self.order_id, event=Event.SHIPPED, turn=turn,
                now=self.clock.now(),
            )  # fmt: skip

    def push(self) -> None:
        self.clock.move(SETTLED)
        with contextlib.suppress(Killed):
            push(self.ports)

    def messages(self) -> list[OutboundMessage]:
        with self.ports.database.reading() as session:
            return list(session.scalars(select(OutboundMessage).order_by("id")))

    def states(self) -> list[str]:
        return [each.state for each in self.messages()]


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    """A mailbox, a mail server and an order."""
    with post_office() as office:
        yield Desk(database, office)


def test_a_letter_is_sent_once_however_often_the_work_is_done(desk: Desk) -> None:
    desk.tell()
    desk.tell()

    desk.push()
    desk.push()

    (letter,) = desk.office.letters
    with desk.ports.database.reading() as session:
        written = session.scalars(select(Notification)).one()
    assert letter["Message-ID"] == f"<{written.message_id}>"
    assert str(letter["To"]) == "maria.ruiz@example.com"
    assert desk.states() == ["sent"]


def test_a_server_that_is_busy_gets_it_later(desk: Desk) -> None:
    desk.office.refuse("rcpt", "451 4.7.1 greylisted")
    desk.tell()

    desk.push()
    before = desk.states()
    desk.push()

    assert (before, desk.states()) == (["waiting"], ["sent"])
    assert len(desk.office.taken) == 1


def test_a_refusal_for_good_is_shown_in_the_servers_words(desk: Desk) -> None:
    desk.office.refuse("rcpt", "550 5.1.1 no such user here")
    desk.tell()

    desk.push()

    (message,) = desk.messages()
    assert message.state == "held"
    assert "no such user here" in (message.last_error or "")


def test_an_answer_lost_after_the_letter_waits_for_a_person(desk: Desk) -> None:
    desk.office.deaths = 1
    desk.tell()
    desk.push()

    desk.clock.move(HORIZON)
    desk.push()
    desk.clock.move(HORIZON)
    desk.push()

    (message,) = desk.messages()
    assert message.state == "held"
    assert "may have been sent" in (message.last_error or "")
    assert len(desk.office.taken) == 1


def test_a_person_who_sends_it_again_sends_the_same_letter(desk: Desk) -> None:
    desk.office.deaths = 1
    desk.tell()
    desk.push()
    desk.clock.move(HORIZON)
    desk.push()
    (held,) = desk.messages()

    with desk.ports.database.begin() as session:
        retry(session, message_id=held.id, now=desk.clock.now())
    desk.push()

    first, second = desk.office.taken
    assert first == second
    assert desk.states() == ["sent"]


@pytest.mark.parametrize("when, sent", [("push.before_call", 0), ("push.after_call", 1)])
def test_a_process_that_dies_while_sending_never_makes_it_two(
    desk: Desk, when: str, sent: int
) -> None:
    desk.kill_at = when
    desk.tell()
    desk.push()

    desk.clock.move(HORIZON)
    desk.push()
    desk.clock.move(HORIZON)
    desk.push()

    assert desk.states() == ["held"]
    assert len(desk.office.taken) == sent


def test_a_letter_that_is_held_does_not_hold_the_next_one(desk: Desk) -> None:
    desk.office.refuse("rcpt", "550 5.1.1 no such user here")
    desk.tell("1")
    desk.tell("2")

    desk.push()

    assert desk.states() == ["held", "sent"]
