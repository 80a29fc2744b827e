"""Listening to mailboxes: what arrives is called for at once, and no failure ends the hub."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from connectors.email.channel import REGISTRATION, Email
from connectors.errors import Retryable
from connectors.protocol import Connection
from hub.flow.channels.channels import change_switches
from hub.models.records.channels import ChannelStream
from hub.models.session import Database
from hub.ports import Ports
from tests import imap_server
from tests.doors import Calls, HandClock, connect_shop, make_ports
from tests.factories import NOW
from workers.listen import Listeners
from workers.mailbox import look_into_mailboxes

PATIENCE = 10.0


class Heard(Email):
    """A mailbox in which news come when a test says so."""

    news = threading.Event()
    waits = 0
    fails = False

    def wait(self, *, seconds: float) -> bool:
        """Wait for the test."""
        type(self).waits += 1
        if self.fails:
            raise Retryable("the mail server ended the connection")
        heard = self.news.wait(seconds)
        self.news.clear()
        return heard


def until(is_so: Callable[[], bool]) -> None:
    """Wait a while for something that another thread does."""
    give_up = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < give_up, "it never came to be so"
        time.sleep(0.01)


def opened(database: Database, connect: Callable[[Connection], Email]) -> Ports:
    channels = {"email": replace(REGISTRATION, connect=connect)}
    return make_ports(database, clock=HandClock(), channels=channels)


def woken(ports: Ports) -> list[str]:
    assert isinstance(ports.wake, Calls)
    return ports.wake.kinds


def a_box(ports: Ports, **settings: str) -> int:
    return connect_shop(
        ports,
        channel="email",
        settings={"address": "orders@cera.example", "imap_host": "imap.x.example"}
        | settings,
        credentials={"password": imap_server.PASSWORD},
    ).id


@pytest.fixture
def ports(sqlite_database: Database) -> Ports:
    Heard.waits, Heard.fails = 0, False
    Heard.news.clear()
    return opened(sqlite_database, Heard)


def next_at(ports: Ports) -> object:
    with ports.database.reading() as session:
        return session.scalars(select(ChannelStream.next_at)).one()


def test_news_make_the_mailbox_due_and_wake_a_worker(ports: Ports) -> None:
    account_id = a_box(ports)
    with ports.database.begin() as session:
        session.add(
            ChannelStream(
                account_id=account_id, name="inbox", next_at=NOW + timedelta(minutes=1)
            )
        )
    listeners = Listeners(ports, wait_seconds=0.05)
    listeners.look()

    Heard.news.set()

    until(lambda: "mailbox" in woken(ports))
    listeners.stop()
    assert next_at(ports) == NOW


def test_a_mailbox_that_is_turned_off_is_listened_to_no_more(ports: Ports) -> None:
    account_id = a_box(ports)
    times = iter([0.0, 0.0] + [100.0] * 9_999)
    listeners = Listeners(ports, monotonic=lambda: next(times), wait_seconds=0.05)
    listeners.look()
    [ear] = listeners.listening.values()
    with ports.database.begin() as session:
        change_switches(session, account_id=account_id, mode="off", who="x", now=NOW)

    while listeners.listening:
        listeners.look()

    until(lambda: not ear.thread.is_alive())


def test_a_server_that_fails_is_left_alone_and_stopping_is_quick(ports: Ports) -> None:
    Heard.fails = True
    a_box(ports)
    listeners = Listeners(ports, wait_seconds=0.05)
    listeners.look()
    [ear] = listeners.listening.values()
    until(lambda: Heard.waits == 1)

    listeners.stop()

    until(lambda: not ear.thread.is_alive())
    assert Heard.waits == 1


def test_where_nothing_can_be_heard_nobody_asks_in_a_circle(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0

    def deaf(_self: Email, *, seconds: float) -> bool:
        nonlocal asked
        asked += 1
        return seconds < 0

    monkeypatch.setattr(Heard, "wait", deaf)
    a_box(ports)
    listeners = Listeners(ports, wait_seconds=PATIENCE)
    listeners.look()
    [ear] = listeners.listening.values()
    until(lambda: asked == 1)

    time.sleep(0.05)

    assert asked == 1
    listeners.stop()
    until(lambda: not ear.thread.is_alive())


def test_a_mail_at_a_real_server_is_heard_of_and_taken(sqlite_database: Database) -> None:
    with imap_server.running() as box:
        ports = opened(sqlite_database, Email)
        a_box(
            ports,
            address=box.user,
            imap_host="127.0.0.1",
            imap_port=str(box.port),
            imap_security="none",
        )
        look_into_mailboxes(ports)
        listeners = Listeners(ports, wait_seconds=0.5)
        listeners.look()
        time.sleep(0.3)
        box.deliver(b"Message-ID: <po-1@sol.example>\r\n\r\nSOAP-1 x 12\r\n")

        until(lambda: "mailbox" in woken(ports))

        assert look_into_mailboxes(ports) == 1
        listeners.stop()
