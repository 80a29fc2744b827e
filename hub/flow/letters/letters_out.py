"""A letter of ours from the need to write it to the moment it leaves: written once, joined once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from connectors.protocol import Registration
from connectors.spec import Capability
from hub.domain.channels.switches import Mode
from hub.domain.days.promise import count_on
from hub.domain.letters.notices import (
    LETTERS_WITHIN,
    MOST_LETTERS,
    REPLACED_BY,
    SETTLES,
    Event,
    dedupe_key,
    message_id,
)
from hub.flow.channels.switches import mode_of
from hub.flow.letters.letter_rendering import Words
from hub.flow.letters.letter_words import House
from hub.flow.letters.notification_templates import write
from hub.flow.letters.status_link import StatusLinks
from hub.flow.refusal import Refusal
from hub.models.claims.outbox import ClaimedEffect, add_once
from hub.models.letters.notification_queries import (
    letter_by_key,
    letters_about,
    letters_since,
    mail_under_review,
    mailboxes,
    mails_about,
)
from hub.models.planning.habits import THE_ONE
from hub.models.records.channels import ChannelAccount
from hub.models.records.notifications import Notification
from hub.models.records.orders import Customer, SalesOrder
from hub.models.records.workshop import Workshop
from mapping.effects import Mail

AUTOMATIC = tuple(event.value for event in Event if event is not Event.NEED_INFORMATION)
TOO_MANY = (
    "TooManyLetters",
    f"{MOST_LETTERS} letters went to this address within two hours. See whether another machine"
    " answers ours, then press Send again.",
)
OUT = ("waiting", "sending", "unknown", "sent", "shadowed")


class AddressGivenUp(Refusal):
    """Letters to this address came back: a person writes another one first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The mailbox our letters leave from, how far it may go, and what they say of the house."""

    account: ChannelAccount
    mode: Mode
    house: House
    locale: str


def desk_of(session: Session, *, channels: Mapping[str, Registration]) -> Desk | None:
    """Return where letters are written: the mailbox chosen, else the only one that can send.

    None where nothing can be sent.
    """
    able = [
        each
        for each in mailboxes(session, channels=_that_carry(channels))
        if each.settings.get("smtp_host")
        and mode_of(each, Capability.MAIL, channels) is not Mode.OFF
    ]
    if not able:
        return None
    workshop = session.get(Workshop, THE_ONE)
    chosen = workshop.mail_account_id if workshop else None
    own = [each for each in able if chosen in (None, each.id)]
    if len(own) != 1:
        return None
    (account,) = own
    return Desk(
        account=account,
        mode=mode_of(account, Capability.MAIL, channels),
        house=House(
            name=workshop.name if workshop else "",
            address=str(account.settings.get("address", "")),
        ),
        locale=workshop.locale if workshop else "en",
    )


def _that_carry(channels: Mapping[str, Registration]) -> list[str]:
    return [
        key for key, each in channels.items() if Capability.MAIL in each.spec.capabilities
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A need to write to somebody, decided already."""

    event: Event
    subject: str
    """What it is about, such as order:42."""
    turn: str
    recipient: str
    language: str
    words: Words
    mode: Mode
    order_id: int | None = None
    review_id: int | None = None
    customer_id: int | None = None
    facts: Mapping[str, object] | None = None


def post(session: Session, need: Need, *, desk: Desk, now: datetime) -> int | None:
    """Write a letter and owe it to the mailbox, once for each need; None: it was written before.

    This function will return the letter's id. An address that gets too many automatic letters
    at once gets this one only when a person says so.
    """
    key = dedupe_key(
        need.event, subject=need.subject, turn=need.turn, recipient=need.recipient
    )
    if letter_by_key(session, key=key) is not None:
        return None
    is_too_many = _is_too_many(session, need, now=now)
    letter = _write(session, need, desk=desk, key=key, now=now)
    is_held = is_too_many and need.mode is Mode.LIVE
    add_once(
        session,
        account_id=desk.account.id,
        order_id=need.order_id,
        notification_id=letter.id,
        kind="mail",
        idempotency_key=f"mail:{key}",
        payload={"notification": letter.id},
        state=_state(need.mode, is_held=is_held),
        held_for=TOO_MANY if is_held else None,
        not_before=now + SETTLES.get(need.event, now - now),
        now=now,
    )
    return letter.id


def _state(mode: Mode, *, is_held: bool) -> str:
    if mode is Mode.SHADOW:
        return "shadowed"
    return "held" if is_held else "waiting"


def _is_too_many(session: Session, need: Need, *, now: datetime) -> bool:
    if need.event.value not in AUTOMATIC:
        return False
    since = now - LETTERS_WITHIN
    sent = letters_since(session, recipient=need.recipient, since=since, events=AUTOMATIC)
    return sent >= MOST_LETTERS


def _write(
    session: Session, need: Need, *, desk: Desk, key: str, now: datetime
) -> Notification:
    rendered, version = write(
        session,
        event=need.event,
        locale=need.language,
        words=need.words,
        language=need.language,
    )
    letter = Notification(
        event=need.event.value,
        order_id=need.order_id,
        review_id=need.review_id,
        customer_id=need.customer_id,
        recipient=need.recipient,
        locale=need.language,
        template_version=version,
        dedupe_key=key,
        message_id=message_id(key, secret=desk.account.key, address=desk.house.address),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        facts=dict(need.facts or {}),
        created_at=now,
    )
    session.add(letter)
    session.flush()
    return letter


# Leaving --------------------------------------------------------------------------------------


def mail_of(
    session: Session, *, claimed: ClaimedEffect, notification: int, links: StatusLinks
) -> Mail | None:
    """Put together what is sent. None: it need not be any more.

    What was sent before is sent as it is, whatever has changed: it may be there already.

    :raises AddressGivenUp: letters to that address came back since it was written.
    """
    letter = session.get_one(Notification, notification)
    if letter.redacted_at is not None:
        return None
    if claimed.first_sent_at is None and _is_over(session, letter):
        return None
    _check_address(session, letter)
    workshop = session.get(Workshop, THE_ONE)
    thread = _thread_of(session, letter)
    text, html = _with_link(session, letter, links=links)
    return Mail(
        notification=letter.id,
        to=letter.recipient,
        subject=letter.subject,
        text=text,
        html=html,
        language=letter.locale,
        message_id=letter.message_id,
        in_reply_to=thread[0] if thread else "",
        references=tuple(thread),
        is_automatic=letter.event in AUTOMATIC,
        sender_name=workshop.name if workshop else "",
        written_at=letter.created_at,
    )


def _with_link(
    session: Session, letter: Notification, *, links: StatusLinks
) -> tuple[str, str]:
    """Put the link to the buyer's page into a letter about an order."""
    if letter.order_id is None:
        return letter.text, letter.html
    order = session.get_one(SalesOrder, letter.order_id)
    return (
        links.fill(letter.text, order=order),
        links.fill(letter.html, order=order, is_html=True),
    )


def _thread_of(session: Session, letter: Notification) -> list[str]:
    """Name the mails a letter answers to: the customer's own, then our first about the order.

    Found when it leaves: a mail is tied to the order it made only after that is there.
    """
    if letter.order_id is None:
        return _answered(session, letter)
    theirs = mails_about(session, order_id=letter.order_id)[:1]
    ours = [
        each.notification.message_id
        for each in letters_about(session, order_id=letter.order_id)
        if each.notification.id < letter.id and not each.is_left_out
    ][:1]
    return [name for name in (*(mail.message_id for mail in theirs), *ours) if "@" in name]


def _answered(session: Session, letter: Notification) -> list[str]:
    if letter.review_id is None:
        return []
    name = mail_under_review(session, review_id=letter.review_id)
    return [name] if "@" in name else []


def _check_address(session: Session, letter: Notification) -> None:
    customer = (
        None
        if letter.customer_id is None
        else session.get_one(Customer, letter.customer_id)
    )
    if customer is not None and customer.mail_bad_at is not None:
        raise AddressGivenUp(
            "Letters to this address came back. Give the customer another one first."
        )


def _is_over(session: Session, letter: Notification) -> bool:
    """Say whether a letter that has not left says nothing that is still to be said."""
    if letter.order_id is None:
        return False
    replacing = {each.value for each in REPLACED_BY.get(Event(letter.event), ())}
    newer = (
        each
        for each in letters_about(session, order_id=letter.order_id)
        if each.notification.id > letter.id and each.notification.event in replacing
    )
    if any(each.message.state in OUT for each in newer):
        return True
    order = session.get_one(SalesOrder, letter.order_id)
    if replacing and order.intent == "cancelled":
        return True
    return letter.event == Event.DELAYED and not _is_still_late(order, letter)


def _is_still_late(order: SalesOrder, letter: Notification) -> bool:
    named = day_named(letter)
    on = count_on(order.promised_on, earliest_on=order.earliest_on)
    return named is None or on is None or on >= named


def day_named(letter: Notification) -> date | None:
    """Return the day a letter told somebody to count on."""
    named = letter.facts.get("on")
    return date.fromisoformat(named) if isinstance(named, str) else None
