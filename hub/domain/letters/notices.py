"""Who is told what by our own mail, and who is not: decided here, from facts alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256


class Event(StrEnum):
    """What a letter of ours is about."""

    RECEIVED = "received"
    CONFIRMED = "confirmed"
    """The day the order can be counted on for is known."""
    DELAYED = "delayed"
    IN_PRODUCTION = "in_production"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"
    NEED_INFORMATION = "need_information"
    """A person asks the customer something; never sent by itself."""
    ALERT = "alert"
    """To the owners: the workshop needs somebody."""


SWITCHED = (
    Event.RECEIVED,
    Event.CONFIRMED,
    Event.DELAYED,
    Event.IN_PRODUCTION,
    Event.SHIPPED,
    Event.CANCELLED,
)
"""What is told to buyers by itself, each by a switch of its own."""

USUAL = frozenset(SWITCHED) - {Event.IN_PRODUCTION}
NOBODY_ELSE_WRITES = frozenset({"email", "manual"})
"""Channels whose buyers hear nothing unless we write; a shop mails its buyers itself."""

REPLACED_BY: Mapping[Event, frozenset[Event]] = {
    Event.RECEIVED: frozenset({Event.CONFIRMED, Event.DELAYED, Event.CANCELLED}),
    Event.CONFIRMED: frozenset({Event.CONFIRMED, Event.DELAYED, Event.CANCELLED}),
    Event.DELAYED: frozenset({Event.DELAYED, Event.CANCELLED}),
    Event.IN_PRODUCTION: frozenset({Event.CANCELLED}),
}
"""A letter that has not left need not leave once a newer one of these says all it says."""

SETTLES: Mapping[Event, timedelta] = {
    Event.RECEIVED: timedelta(seconds=90),
    Event.CONFIRMED: timedelta(seconds=60),
    Event.DELAYED: timedelta(minutes=10),
}
"""So long a letter waits for what the next plan says: one letter is better than two."""

MOST_LETTERS = 20
LETTERS_WITHIN = timedelta(minutes=120)
"""More automatic letters to one address within that time look like two machines that answer
each other (facts: etsy-and-email.md 2.1, what Odoo's gateway does)."""

BOUNCES_TO_STOP = 2
"""So many letters in a row that came back for good make an address bad."""

LONGEST_ADDRESS = 254


class Silence(StrEnum):
    """Why nobody is written to."""

    OFF = "off"
    NOT_BY_MAIL = "not_by_mail"
    """The channel allows its own messages only."""
    TEST = "test"
    OLD = "old"
    """Placed before anybody was to be written to."""
    FORGOTTEN = "forgotten"
    NO_ADDRESS = "no_address"
    BAD_ADDRESS = "bad_address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """What decides whether somebody is told of an order."""

    channel: str
    mails_buyers: bool
    """Whether the channel lets its buyers be written to by others than itself."""
    address: str
    is_test: bool
    is_forgotten: bool
    is_bad: bool
    placed_at: datetime
    since: datetime
    """Orders placed before are let alone."""
    own: Mapping[str, object] = field(default_factory=dict)
    """The customer's switches, by event."""
    of_channel: Mapping[str, object] = field(default_factory=dict)
    """The switches of the order's channel, by event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a letter about an order says besides the order; what it is not about is empty."""

    on: date | None = None
    """The day the order can be counted on for."""
    was_on: date | None = None
    reason: str = ""
    """A kind of reason (hub/domain/days/reasons.py) that makes the day a later one."""
    shipment_id: int | None = None
    question: str = ""


def silence(event: Event, *, addressee: Addressee) -> Silence | None:
    """Say why somebody is not written to of this; None: they are."""
    asked_by_person = event is Event.NEED_INFORMATION
    reasons = (
        (not addressee.mails_buyers, Silence.NOT_BY_MAIL),
        (addressee.is_test, Silence.TEST),
        (not asked_by_person and not is_on(event, addressee=addressee), Silence.OFF),
        (not asked_by_person and addressee.placed_at < addressee.since, Silence.OLD),
        (addressee.is_forgotten, Silence.FORGOTTEN),
        (addressee.is_bad, Silence.BAD_ADDRESS),
        (not is_address(addressee.address), Silence.NO_ADDRESS),
    )
    return next((why for is_so, why in reasons if is_so), None)


def is_on(event: Event, *, addressee: Addressee) -> bool:
    """Say what the switches say: the customer's before the channel's before the usual."""
    for switches in (addressee.own, addressee.of_channel):
        said = switches.get(event.value)
        if isinstance(said, bool):
            return said
    return event in usual(addressee.channel)


def usual(channel: str) -> frozenset[Event]:
    """Say what the buyers of a channel are told while nobody switched anything."""
    return USUAL if channel in NOBODY_ELSE_WRITES else frozenset()


def is_address(text: str) -> bool:
    """Say whether a letter can be addressed to this: one name, one domain, nothing hidden."""
    name, at, domain = text.rpartition("@")
    is_plain = text.isprintable() and not set(text) & set(' ,;:<>()[]\\"')
    is_short = 0 < len(text) <= LONGEST_ADDRESS
    return bool(name and at and "." in domain and "@" not in name) and is_plain and is_short


def dedupe_key(event: Event, *, subject: str, turn: str, recipient: str) -> str:
    """Name one need to write: the same event of the same thing to the same person, once a turn."""
    whom = sha256(recipient.lower().encode()).hexdigest()[:16]
    return f"{event.value}:{subject}:{turn}:{whom}"


def message_id(key: str, *, secret: str, address: str) -> str:
    """Make the Message-ID of a letter, without brackets: the same however often it is sent.

    `secret` is our mailbox's own key: two workshops number their orders alike.
    """
    digest = sha256(f"{secret}:{key}".encode()).hexdigest()
    return f"{digest[:40]}@{address.rpartition('@')[2].lower()}"


def asks_for_day(
    *, told: date | None, committed: date | None, on: date, is_first_wanted: bool
) -> Event | None:
    """Say which letter a day calls for: the first one known, a later one, or none.

    `told` is the last day a letter named; while there is none, the committed day counts as known
    to those who are not told of first days.
    """
    if told is None and is_first_wanted:
        return Event.CONFIRMED
    known = told or committed
    return Event.DELAYED if known is not None and on > known else None
