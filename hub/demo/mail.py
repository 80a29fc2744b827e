"""The demo's mail: a mailbox that mails are posted to, and customers who order by mail."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from secrets import token_hex

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.protocol import Connection
from connectors.sandbox.clockwork import Later, in_a_thread
from connectors.sandbox.mail.letter import Letter
from connectors.sandbox.mail.office import PostOffice
from connectors.sandbox.mail.people import Goods, Person
from connectors.sandbox.mail.writing import keep_writing
from connectors.spec import Capability
from hub.flow.channels.channels import change_switches, connect, open_connection
from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import InboundMessage
from hub.ports import Ports
from hub.sample.company import the_company
from hub.sample.mail import (
    SampleCustomer,
    SampleMail,
    SampleMailbox,
    introduce,
    the_mailbox,
    written_on,
)

CHANNEL = "email"
NAME = "Orders by mail"
WHO = "system"
NOWHERE = {"smtp_host": "127.0.0.1", "smtp_port": "9", "smtp_security": "none"}
"""Letters are written as if they could be sent; nothing answers there, and none is."""
FIRST_AFTER, EVERY = 8.0, 3.0
"""Seconds until the first mail of the sample, and between two of them: an answer comes after what
it answers was read."""
IN_DAYS = timedelta(days=21)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """Where mails are posted to, and what came before."""

    path: str
    secret: str
    known: frozenset[str]
    """Message-IDs that came in an earlier start."""


def make_office(*, secret: str, seed: int) -> PostOffice:
    """Make a post office where the sample's customers write, without letting them begin."""
    sample = the_mailbox()
    return PostOffice(
        sample.address,
        mx=sample.mx,
        secret=secret,
        people=[_person(each) for each in sample.customer],
        goods=[
            Goods(sku=each.code, title=each.name)
            for each in the_company().item
            if each.kind == "product"
        ],
        rng=Random(seed),
    )


@contextmanager
def open_office(*, seed: int) -> Iterator[PostOffice]:
    """Open a post office with a secret of its own; it is gone when the block ends."""
    office = make_office(secret=token_hex(24), seed=seed)
    try:
        yield office
    finally:
        office.close()


def start_mail(
    ports: Ports, office: PostOffice, *, every_seconds: float, seed: int, now: datetime
) -> None:
    """Connect the mailbox and let its customers write."""
    mailbox = ports.database.run(
        lambda session: move_in_mail(session, ports, secret=office.secret, now=now)
    )
    office.secret = mailbox.secret
    office.subscribe(f"http://127.0.0.1:{ports.settings.port}{mailbox.path}")
    deliver(office, mailbox=mailbox, today=now.date())
    let_people_write(office, mailbox=mailbox, every_seconds=every_seconds, seed=seed)


def move_in_mail(session: Session, ports: Ports, *, secret: str, now: datetime) -> Mailbox:
    """Connect the sample's mailbox, once, and write its customers down.

    The mailbox stays from one start to the next, with the secret it was given first.
    """
    sample = the_mailbox()
    known = select(ChannelAccount).filter_by(channel=CHANNEL, name=NAME)
    account = session.scalar(known)
    if account is None:
        account = _connect(session, ports, sample, secret=secret, now=now)
        introduce(session, mailbox=sample, now=now)
    opened = open_connection(account, vault=ports.vault)
    came = select(InboundMessage.message_id).filter_by(account_id=account.id)
    return Mailbox(
        path=f"/webhooks/{CHANNEL}/{account.key}",
        secret=next(iter(opened.webhook_secrets), secret),
        known=frozenset(session.scalars(came)),
    )


def deliver(
    office: PostOffice, *, mailbox: Mailbox, today: date, later: Later = in_a_thread
) -> list[Letter]:
    """Have the sample's mails posted, one after the other, but for those that came before."""
    letters = [
        letter
        for letter in sample_letters(today=today)
        if letter.message_id not in mailbox.known
    ]
    for number, letter in enumerate(letters):
        later(FIRST_AFTER + number * EVERY, partial(office.send, letter))
    return letters


def let_people_write(
    office: PostOffice, *, mailbox: Mailbox, every_seconds: float, seed: int
) -> None:
    """Let the customers go on writing behind what they wrote before, if any are to write."""
    if every_seconds > 0:
        first = len(mailbox.known) + 1
        keep_writing(office, every_seconds=every_seconds, seed=seed, first=first)


def sample_letters(*, today: date) -> list[Letter]:
    """Return the mails of the sample, as they are written today."""
    sample = the_mailbox()
    tongues = {each.sender: each.language for each in sample.customer}
    day = today + IN_DAYS
    return [
        _letter(mail, day=written_on(day, language=tongues.get(mail.sender, "en")))
        for mail in sample.mail
    ]


def _connect(
    session: Session, ports: Ports, sample: SampleMailbox, *, secret: str, now: datetime
) -> ChannelAccount:
    account = connect(
        session,
        vault=ports.vault,
        registration=ports.channels[CHANNEL],
        name=NAME,
        connection=Connection(
            settings={"address": sample.address, "authserv_id": sample.mx, **NOWHERE},
            credentials={},
            webhook_secrets=(secret,),
            allow_loopback=ports.settings.allow_loopback,
        ),
        who=WHO,
        now=now,
    )
    rehearsed = {Capability.MAIL.value: "shadow"}
    return change_switches(
        session,
        account_id=account.id,
        mode="live",
        capabilities=rehearsed,
        who=WHO,
        now=now,
    )


def _person(each: SampleCustomer) -> Person:
    return Person(
        name=each.writer,
        sender=each.sender,
        language=each.language,
        mark=each.mark,
        place=tuple(each.place),
    )


def _letter(mail: SampleMail, *, day: str) -> Letter:
    return Letter(
        name=mail.name,
        sender=mail.sender,
        subject=mail.subject,
        text=mail.text.lstrip().replace("{day}", day),
        table=mail.table,
        sheet=mail.sheet,
        sheet_name=mail.sheet_name,
        answers=mail.answers,
    )
