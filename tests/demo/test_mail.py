"""The demo's mail: what the sample's customers write becomes what it should, each mail once."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from sqlalchemy import select

from connectors.sandbox.faults import Fault
from connectors.sandbox.mail.letter import Letter
from connectors.sandbox.mail.office import PostOffice
from connectors.sandbox.mail.writing import Writing
from connectors.sandbox.messages import Signed
from hub.demo.mail import (
    EVERY,
    FIRST_AFTER,
    Mailbox,
    deliver,
    let_people_write,
    make_office,
    move_in_mail,
    open_office,
    sample_letters,
)
from hub.flow.planning.plan import replan
from hub.invariants import check
from hub.models.records.channels import ChannelAccount
from hub.models.records.mails import InboundMail, Review
from hub.models.records.messages import OutboundMessage
from hub.models.records.notifications import Notification
from hub.models.records.orders import Address, Customer, OrderLine, SalesOrder
from hub.models.session import Database
from hub.ports import Ports
from hub.sample.company import fill, the_company
from hub.sample.mail import the_mailbox
from tests.doors import HandClock, make_ports
from tests.factories import NOW
from tests.letters.reading_here import HERE
from webhooks.receive import make_blueprint
from workers.read import read_messages

SECRET = "a secret of the first start"  # noqa: S105 - a pretend one
TODAY = NOW.date()


@pytest.fixture(scope="module")
def furnished(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Mailbox]:
    """An SQLite file with the sample company and its mailbox, to be copied."""
    path = tmp_path_factory.mktemp("demo") / "workshop.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    with database.begin() as session:
        fill(session, company=the_company(), now=NOW)
    mailbox = moved_in(make_ports(database))
    database.dispose()
    return path, mailbox


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def ports(
    furnished: tuple[Path, Mailbox], clock: HandClock, tmp_path: Path
) -> Iterator[Ports]:
    """A workshop of the sample company, whose mails are read in this process."""
    path = tmp_path / "demo.db"
    shutil.copyfile(furnished[0], path)
    database = Database(f"sqlite:///{path}")
    yield make_ports(database, channels=HERE, clock=clock)
    database.dispose()


@pytest.fixture
def mailbox(furnished: tuple[Path, Mailbox]) -> Mailbox:
    return furnished[1]


@pytest.fixture
def office(ports: Ports, mailbox: Mailbox) -> PostOffice:
    """The post office, which posts to the hub's own front door."""
    return posting(ports, mailbox)


def moved_in(ports: Ports, *, secret: str = "secret-of-this-start") -> Mailbox:  # noqa: S107
    """Let the mailbox move in."""
    return ports.database.run(
        lambda session: move_in_mail(session, ports, secret=secret, now=NOW)
    )


def posting(ports: Ports, mailbox: Mailbox) -> PostOffice:
    """Make a post office whose posts go to the hub's front door, when told to."""
    app = Flask(__name__)
    app.register_blueprint(make_blueprint(ports))
    door = app.test_client()

    def send(message: Signed) -> int:
        answer = door.post(message.url, data=message.body, headers=message.headers)
        return answer.status_code

    sample, known = the_mailbox(), make_office(secret="", seed=7)
    made = PostOffice(
        sample.address,
        mx=sample.mx,
        secret=mailbox.secret,
        people=known.people,
        goods=known.goods,
        clock=ports.clock.now,
        rng=Random(7),
        send=send,
        background=False,
    )
    made.subscribe(mailbox.path)
    return made


def all_at_once(ports: Ports, office: PostOffice, *, mailbox: Mailbox) -> list[Letter]:
    """Deliver the sample, each mail read before the next comes."""

    def later(_seconds: float, act: Callable[[], object]) -> None:
        act()
        office.webhooks.deliver_due()
        read_messages(ports)

    return deliver(office, mailbox=mailbox, today=TODAY, later=later)


def fates(ports: Ports) -> dict[str, str]:
    """Say what became of each mail, by the part of its Message-ID that names it."""
    with ports.database.reading() as session:
        mails = session.scalars(select(InboundMail).order_by(InboundMail.id))
        return {
            each.message_id.partition("@")[0]: f"{each.state} {each.reason}".strip()
            for each in mails
        }


def test_each_mail_of_the_sample_becomes_what_it_is_there_to_show(
    ports: Ports, office: PostOffice, mailbox: Mailbox
) -> None:
    all_at_once(ports, office, mailbox=mailbox)

    assert fates(ports) == {
        "eb-2581": "processed",
        "fl-1180": "processed",
        "eb-2582": "processed",
        "la-1": "review first_orders",
        "fl-1181": "review pack_unit",
        "eb-2583": "review unknown_sku",
        "1001": "ignored notice",
        "eb-2581-cambio": "review change_or_cancel_intent",
    }
    with ports.database.begin() as session:
        orders = {
            order.po_number: order
            for order in session.scalars(
                select(SalesOrder).where(SalesOrder.po_number > "")
            )
        }
        first, second = orders["EB-2581"], orders["EB-2582"]
        assert first.ship_to_id is not None
        assert session.get_one(Address, first.ship_to_id).city == "Granada"
        assert first.requested_on == TODAY + timedelta(days=21)
        lines = session.scalars(select(OrderLine).filter_by(order_id=second.id))
        assert [line.ordered for line in lines] == [12, 4]
        change = session.scalars(select(Review).filter_by(kind="change")).one()
        assert change.order_id == first.id
        replan(session, now=NOW)
        assert check(session, now=NOW) == []


def test_letters_are_written_and_never_leave(
    ports: Ports, office: PostOffice, mailbox: Mailbox
) -> None:
    all_at_once(ports, office, mailbox=mailbox)
    with ports.database.begin() as session:
        replan(session, now=NOW)

    with ports.database.reading() as session:
        letters = list(session.scalars(select(Notification)))
        states = set(session.scalars(select(OutboundMessage.state).filter_by(kind="mail")))
    assert {letter.recipient for letter in letters} == {
        "compras@elbosque.example",
        "orders@figandlinen.example",
    }
    assert {letter.locale for letter in letters} == {"es", "en"}
    assert states == {"shadowed"}


def test_the_next_start_finds_its_mailbox_and_posts_no_mail_twice(
    ports: Ports, office: PostOffice, mailbox: Mailbox
) -> None:
    first = all_at_once(ports, office, mailbox=mailbox)

    again = moved_in(ports, secret=SECRET)
    second = all_at_once(ports, posting(ports, again), mailbox=again)

    assert (again.path, again.secret) == (mailbox.path, mailbox.secret)
    assert (len(first), second) == (8, [])
    with ports.database.reading() as session:
        accounts = session.scalars(select(ChannelAccount).filter_by(channel="email"))
        assert len(accounts.all()) == 1
        names = session.scalars(select(Customer.name).where(Customer.external_id > ""))
        assert sorted(names) == ["Fig & Linen", "Herboristería El Bosque",
                                 "La Alhacena de Lucía"]  # fmt: skip


def test_an_answer_comes_when_what_it_answers_was_surely_read(mailbox: Mailbox) -> None:
    waits: list[float] = []
    with open_office(seed=7) as office:
        deliver(
            office,
            mailbox=mailbox,
            today=TODAY,
            later=lambda seconds, _: waits.append(seconds),
        )

    assert waits == [FIRST_AFTER + EVERY * number for number in range(8)]


def test_what_customers_go_on_writing_is_orders_and_what_people_look_at(
    ports: Ports, office: PostOffice, clock: HandClock
) -> None:
    writing = Writing(office, every_seconds=180, seed=7, first=9)

    for _ in range(24):
        writing.once()
        office.webhooks.deliver_due()
        read_messages(ports)
        clock.move(timedelta(minutes=3))

    came = list(fates(ports).values())
    assert came.count("processed") >= 8
    assert {
        "ignored automatic",
        "review sender_not_allowed",
        "review unknown_sku",
        "review change_or_cancel_intent",
    } <= set(came)
    assert not any(fate.startswith("failed") for fate in came)


def test_on_a_bad_day_no_mail_makes_two_orders(
    ports: Ports, office: PostOffice, clock: HandClock
) -> None:
    for kind in ("altered", "duplicate", "reorder", "bad_signature"):
        office.faults.add(Fault(kind=kind, times=None, chance=0.5, seconds=2))
    office.faults.add(Fault(kind="damaged", times=None, chance=0.2))
    writing = Writing(office, every_seconds=180, seed=3, first=9)

    for _ in range(24):
        writing.once()
        office.webhooks.deliver_due(ahead=60)
        read_messages(ports)
        clock.move(timedelta(minutes=3))

    with ports.database.begin() as session:
        orders = session.scalars(select(SalesOrder).where(SalesOrder.po_number > "")).all()
        numbers = [order.po_number for order in orders]
        assert len(set(numbers)) == len(numbers) > 5
        assert check(session, now=clock.now()) == []
    assert {"altered", "damaged"} <= {str(row["harm"]) for row in office.posted()}


def test_with_no_seconds_between_them_nobody_goes_on_writing(mailbox: Mailbox) -> None:
    with open_office(seed=7) as office:
        let_people_write(office, mailbox=mailbox, every_seconds=0, seed=7)

    assert office.posted() == []


def test_the_sample_writes_only_of_what_the_company_sells_or_never_had() -> None:
    codes = {item.code for item in the_company().item}
    mailbox = the_mailbox()

    meant = {code for each in mailbox.customer for code in each.aliases.values()}
    meant |= {sku for each in mailbox.customer for sku in each.prices}
    rows = [row for mail in mailbox.mail for row in (*mail.sheet[1:-1], *mail.table[1:])]
    assert meant <= codes
    assert {str(row[0]) for row in rows} <= codes
    assert len(sample_letters(today=TODAY)) == len(mailbox.mail)
