"""Mail out of a mailbox and back into its folders: nothing is lost and nothing is doubled."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from connectors.email.channel import REGISTRATION, Email
from connectors.email.keys import ask_nobody
from connectors.errors import Retryable
from connectors.protocol import Connection, Registration
from hub.flow.mail.mailbox import file_soon
from hub.models.records.channels import ChannelAccount, ChannelStream
from hub.models.records.mails import InboundMail
from hub.models.records.messages import InboundMessage
from hub.models.session import Database
from hub.ports import Ports
from tests import imap_server
from tests.contract.channels.email.mailbox import Folder, Post
from tests.doors import HandClock, calls_of, connect_shop, make_ports
from tests.factories import NOW
from workers.mailbox import look_into_mailboxes

LATER = timedelta(minutes=5)
"""Longer than every lease."""


class Crash(BaseException):
    """The worker is gone."""


@dataclass
class World:
    """A mailbox with mail in it, and the hub that reads it."""

    ports: Ports
    clock: HandClock
    account: ChannelAccount
    lying_in: Callable[[str], list[bytes]]

    def job(self, *, failpoint: Callable[[str], None] | None = None) -> int:
        """Do the job once, now."""
        ports = replace(self.ports, failpoint=failpoint) if failpoint else self.ports
        return look_into_mailboxes(ports)

    def later(self) -> int:
        """Do the job once when every lease is over."""
        self.clock.move(LATER)
        return self.job()

    def mails(self) -> list[InboundMail]:
        with self.ports.database.reading() as session:
            return list(session.scalars(select(InboundMail).order_by(InboundMail.id)))

    def messages(self) -> list[InboundMessage]:
        with self.ports.database.reading() as session:
            return list(session.scalars(select(InboundMessage).order_by(InboundMessage.id)))

    def stream(self) -> ChannelStream:
        with self.ports.database.reading() as session:
            return session.scalars(select(ChannelStream)).one()

    def settle(self, state: str = "processed") -> None:
        """Decide about every mail that waits, as reading it does."""
        with self.ports.database.begin() as session:
            for mail in session.scalars(select(InboundMail).filter_by(state="waiting")):
                mail.state = state
                file_soon(mail, now=self.clock.now())


def a_mail(number: int) -> bytes:
    return (
        f"From: ana@sol.example\r\nMessage-ID: <po-{number}@sol.example>\r\n\r\n"
        f"SOAP-{number} x 12\r\n"
    ).encode()


MAILS = [a_mail(1), a_mail(2), a_mail(3)]


def registered(connect: Callable[[Connection], Email]) -> dict[str, Registration]:
    return {"email": replace(REGISTRATION, connect=connect)}


def a_world(
    database: Database,
    connect: Callable[[Connection], Email],
    lying_in: Callable[[str], list[bytes]],
    settings: dict[str, str],
    password: str,
    *,
    mode: str = "live",
) -> World:
    clock = HandClock()
    ports = make_ports(database, clock=clock, channels=registered(connect))
    account = connect_shop(
        ports,
        channel="email",
        mode=mode,
        settings=settings,
        credentials={"username": settings["address"], "password": password},
    )
    return World(ports=ports, clock=clock, account=account, lying_in=lying_in)


@pytest.fixture
def post() -> Post:
    return Post(password="pw-of-the-box", now=NOW)


SETTINGS = {"address": "orders@cera.example", "imap_host": "imap.cera.example"}


def pretended(database: Database, post: Post, *, mode: str = "live") -> World:
    """A world whose mailbox is in memory."""

    def lying_in(folder: str) -> list[bytes]:
        return list(post.folders.get(folder, Folder(0)).mails.values())

    return a_world(
        database,
        lambda told: Email(told, open_imap=post.open, lookup=ask_nobody),
        lying_in,
        SETTINGS,
        post.password,
        mode=mode,
    )


@pytest.fixture
def world(sqlite_database: Database, post: Post) -> World:
    for mail in MAILS:
        post.folders["INBOX"].add(mail)
    return pretended(sqlite_database, post)


# Taking -----------------------------------------------------------------------------------------


def test_mail_is_written_down_with_where_it_lies_and_readers_are_called(
    world: World,
) -> None:
    did = world.job()

    assert did == 3
    assert [each.body for each in world.messages()] == MAILS
    assert {(each.topic, each.source, each.state) for each in world.messages()} == {
        ("mail", "poll", "waiting")
    }
    assert [(each.folder, each.validity, each.number) for each in world.mails()] == [
        ("INBOX", 17, 1), ("INBOX", 17, 2), ("INBOX", 17, 3),
    ]  # fmt: skip
    assert [each.inbound_message_id for each in world.mails()] == [
        each.id for each in world.messages()
    ]
    assert world.stream().cursor == "17:3"
    assert calls_of(world.ports) == ["read_messages"]


def test_a_mailbox_rests_a_minute_and_then_only_what_is_new_comes(
    world: World, post: Post
) -> None:
    world.job()
    asked = len(post.asked)

    assert world.job() == 0
    assert len(post.asked) == asked
    post.folders["INBOX"].add(a_mail(4))
    world.clock.move(timedelta(minutes=2))

    assert world.job() == 1
    assert len(world.messages()) == 4


def test_a_box_made_anew_is_read_again_and_makes_nothing_new(
    world: World, post: Post
) -> None:
    world.job()
    post.renumber()

    world.later()

    assert len(world.messages()) == len(world.mails()) == 3
    assert {each.validity for each in world.mails()} == {18}


def test_a_mail_moved_back_by_a_person_is_filed_again(world: World, post: Post) -> None:
    world.job()
    world.settle()
    world.later()
    back = post.folders["Processed"].mails.pop(1)
    post.folders["INBOX"].add(back)

    world.later()
    world.later()

    assert world.lying_in("INBOX") == []
    assert sorted(world.lying_in("Processed")) == sorted(MAILS)
    assert len(world.mails()) == 3


def test_a_second_copy_in_the_box_is_a_duplicate_and_ignored(
    world: World, post: Post
) -> None:
    post.folders["INBOX"].add(a_mail(1))

    world.job()
    world.later()

    [copy] = [each for each in world.mails() if each.inbound_message_id is None]
    assert (copy.state, copy.reason, copy.filed_into) == ("ignored", "duplicate", "Ignored")
    assert len(world.messages()) == 3
    assert world.lying_in("Ignored") == [a_mail(1)]


def test_a_wrong_password_asks_its_owner_and_is_not_tried_again(
    world: World, post: Post
) -> None:
    post.password = "changed"

    world.job()
    world.later()

    with world.ports.database.reading() as session:
        account = session.get_one(ChannelAccount, world.account.id)
    assert account.needs_reconnect
    assert post.asked.count("login") == 1


def test_a_server_that_is_away_is_asked_again_soon_and_says_why(
    world: World, post: Post
) -> None:
    away = True

    def failing(name: str) -> None:
        if away and name == "mailbox.before_call":
            raise Retryable("the mail server could not be reached")

    world.job(failpoint=failing)
    assert "could not be reached" in (world.stream().last_error or "")
    away = False

    world.clock.move(timedelta(minutes=1))
    assert world.job() == 3
    assert not world.stream().last_error


# Filing -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "state, folder",
    [
        ("processed", "Processed"),
        ("review", "Review"),
        ("ignored", "Ignored"),
        ("failed", "Failed"),
    ],
)
def test_a_settled_mail_is_filed_by_what_became_of_it(
    world: World, state: str, folder: str
) -> None:
    world.job()
    world.settle(state)

    world.job()

    assert world.lying_in(folder) == MAILS
    assert world.lying_in("INBOX") == []
    assert {(each.filed_into, each.file_at) for each in world.mails()} == {(folder, None)}


def test_what_waits_stays_in_the_inbox(world: World) -> None:
    world.job()
    world.later()

    assert world.lying_in("INBOX") == MAILS


def test_a_mail_decided_on_later_moves_on_from_review(world: World) -> None:
    world.job()
    world.settle("review")
    world.job()
    with world.ports.database.begin() as session:
        for mail in session.scalars(select(InboundMail)):
            mail.state = "processed"
            file_soon(mail, now=world.clock.now())

    world.job()

    assert world.lying_in("Review") == []
    assert sorted(world.lying_in("Processed")) == sorted(MAILS)


def test_a_mail_nobody_could_read_is_filed_as_failed(world: World) -> None:
    world.job()
    with world.ports.database.begin() as session:
        for message in session.scalars(select(InboundMessage)):
            message.state, message.error_class = "dead", "WorkerLost"

    world.later()

    assert sorted(world.lying_in("Failed")) == sorted(MAILS)
    assert {each.reason for each in world.mails()} == {"WorkerLost"}


def test_in_rehearsal_mail_is_read_and_left_where_it_lies(
    sqlite_database: Database, post: Post
) -> None:
    post.folders["INBOX"].add(a_mail(1))
    world = pretended(sqlite_database, post, mode="shadow")

    world.job()
    world.settle()
    world.later()

    assert len(world.messages()) == 1
    assert world.lying_in("INBOX") == [a_mail(1)]
    assert post.writes == 0


def test_a_mail_a_person_took_away_is_let_be(world: World, post: Post) -> None:
    world.job()
    del post.folders["INBOX"].mails[2]
    world.settle()

    world.later()
    world.later()

    [gone] = [each for each in world.mails() if each.file_problem]
    assert gone.message_id == "po-2@sol.example"
    assert gone.file_at is None
    assert len(world.lying_in("Processed")) == 2


def test_filing_that_fails_says_why_and_is_tried_again(world: World) -> None:
    world.job()
    world.settle()

    def failing(name: str) -> None:
        if name == "filing.before_call":
            raise Retryable("the mail server could not be reached")

    world.job(failpoint=failing)
    assert "could not be reached" in "".join(each.file_problem for each in world.mails())
    world.later()
    world.later()

    assert sorted(world.lying_in("Processed")) == sorted(MAILS)
    assert {each.file_problem for each in world.mails()} == {""}


# Crashes ----------------------------------------------------------------------------------------


@pytest.fixture(params=["in memory", "dovecot"])
def any_world(
    request: pytest.FixtureRequest, sqlite_database: Database, post: Post
) -> Iterator[World]:
    """The same mailbox twice: pretended, and on a real server."""
    if request.param == "in memory":
        yield request.getfixturevalue("world")
        return
    with imap_server.running() as box:
        box.deliver(*MAILS)
        settings = {
            "address": box.user,
            "imap_host": "127.0.0.1",
            "imap_port": str(box.port),
            "imap_security": "none",
        }
        yield a_world(
            sqlite_database,
            lambda told: Email(told, lookup=ask_nobody),
            box.mails,
            settings,
            imap_server.PASSWORD,
        )


def test_a_crash_between_any_two_steps_loses_and_doubles_nothing(any_world: World) -> None:
    world, crashed = any_world, set[str]()

    def crash_once(name: str) -> None:
        if name not in crashed:
            crashed.add(name)
            raise Crash

    for _ in range(12):
        with suppress(Crash):
            world.job(failpoint=crash_once)
            world.settle()
        world.clock.move(LATER)
    world.later()

    assert crashed == {
        "mailbox.before_call", "mailbox.after_call", "mailbox.after_keep",
        "filing.before_call", "filing.after_call",
    }  # fmt: skip
    assert [each.body for each in world.messages()] == MAILS
    assert {each.filed_into for each in world.mails()} == {"Processed"}
    assert len(world.mails()) == 3
    assert sorted(world.lying_in("Processed")) == sorted(MAILS)
    assert world.lying_in("INBOX") == []


def test_a_worker_that_dies_at_each_single_mail_still_files_each_once(
    any_world: World,
) -> None:
    world = any_world
    world.job()
    world.settle()
    died = 0

    def die(name: str) -> None:
        nonlocal died
        if name == "filing.after_call" and died < len(MAILS):
            died += 1
            raise Crash

    for _ in range(len(MAILS) + 2):
        with suppress(Crash):
            world.job(failpoint=die)
        world.clock.move(LATER)

    assert died == len(MAILS)
    assert sorted(world.lying_in("Processed")) == sorted(MAILS)
    assert world.lying_in("INBOX") == []
    assert {each.filed_into for each in world.mails()} == {"Processed"}


def test_a_mail_decided_on_while_its_mover_was_dead_is_moved_to_its_first_place_and_on(
    world: World,
) -> None:
    world.job()
    world.settle("review")

    def die(name: str) -> None:
        if name == "filing.after_call":
            raise Crash

    with suppress(Crash):
        world.job(failpoint=die)
    with world.ports.database.begin() as session:
        for mail in session.scalars(select(InboundMail)):
            mail.state = "processed"
            file_soon(mail, now=world.clock.now())
    world.clock.move(LATER)
    world.later()

    assert sorted(world.lying_in("Processed")) == sorted(MAILS)
    assert world.lying_in("Review") == []
    assert world.lying_in("INBOX") == []
    assert {(each.folder, each.number is None) for each in world.mails()} == {
        ("Processed", False)
    }
