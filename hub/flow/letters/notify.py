"""Telling people by our own mail what became of their order: whether, whom, and once.

Every function here may be called wherever a fact became true, in its transaction: it decides
itself whether anybody is to hear of it (hub/domain/letters/notices.py) and costs one question where
the workshop sends no mail.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from connectors.protocol import Registration
from connectors.registry import CHANNELS
from hub.domain.channels.switches import Mode
from hub.domain.letters.notices import (
    Addressee,
    Event,
    Facts,
    asks_for_day,
    is_on,
    silence,
)
from hub.flow.letters.letter_words import language_of, order_words
from hub.flow.letters.letters_out import Desk, Need, day_named, desk_of, post
from hub.models.letters.notification_queries import (
    Concerned,
    Letter,
    concerned,
    is_sender_of,
    letters_about,
    mails_about,
)
from hub.models.records.orders import Customer, SalesOrder

Channels = Mapping[str, Registration]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day an order can be counted on for now, and the one committed to before."""

    order_id: int
    on: date
    committed: date | None
    reason: str = ""


def tell(
    session: Session,
    *,
    order_id: int,
    event: Event,
    turn: str = "",
    facts: Facts | None = None,
    now: datetime,
    channels: Channels = CHANNELS,
) -> int | None:
    """Tell an order's buyer what became of it, if they are to hear of it from us.

    `turn` tells two events of one kind apart: the day, the shipment. The same turn twice is one
    letter. This function will return the letter's id, None when nothing new is written.
    """
    return tell_each(
        session, order_ids=[order_id], event=event, turn=turn, facts=facts, now=now,
        channels=channels,
    ).get(order_id)  # fmt: skip


def tell_each(
    session: Session,
    *,
    order_ids: Collection[int],
    event: Event,
    turn: str = "",
    facts: Facts | None = None,
    now: datetime,
    channels: Channels = CHANNELS,
) -> dict[int, int]:
    """Tell the buyers of several orders the same; return the letters written, by order."""
    desk = desk_of(session, channels=channels) if order_ids else None
    if desk is None:
        return {}
    written: dict[int, int] = {}
    for each in concerned(session, order_ids=order_ids):
        addressee = _addressee(session, each, desk=desk, channels=channels)
        if addressee is None or silence(event, addressee=addressee) is not None:
            continue
        said = facts or Facts()
        letter = _post(
            session, each, event, turn=turn, facts=said, to=addressee.address, desk=desk,
            now=now,
        )  # fmt: skip
        if letter is not None:
            written[each.order.id] = letter
    return written


def tell_days(
    session: Session,
    *,
    days: Sequence[Day],
    now: datetime,
    channels: Channels = CHANNELS,
) -> None:
    """Tell buyers the first day they can count on, and a later one whenever it moves away.

    A day that comes nearer again is not told: what they were told still holds.
    """
    desk = desk_of(session, channels=channels) if days else None
    if desk is None:
        return
    by_order = {day.order_id: day for day in days}
    for each in concerned(session, order_ids=by_order):
        addressee = _addressee(session, each, desk=desk, channels=channels)
        if addressee is not None and _may_hear_of_days(addressee):
            _tell_day(
                session, each, by_order[each.order.id], addressee=addressee, desk=desk,
                now=now,
            )  # fmt: skip


def _may_hear_of_days(addressee: Addressee) -> bool:
    events = (Event.CONFIRMED, Event.DELAYED)
    return any(silence(event, addressee=addressee) is None for event in events)


def _tell_day(
    session: Session,
    each: Concerned,
    day: Day,
    *,
    addressee: Addressee,
    desk: Desk,
    now: datetime,
) -> None:
    letters = letters_about(session, order_id=each.order.id)
    told = _last_day(letters)
    event = asks_for_day(
        told=told,
        committed=day.committed,
        on=day.on,
        is_first_wanted=is_on(Event.CONFIRMED, addressee=addressee),
    )
    if event is None or silence(event, addressee=addressee) is not None:
        return
    facts = Facts(on=day.on, was_on=told or day.committed, reason=day.reason)
    if event is Event.CONFIRMED:
        facts = replace(facts, was_on=None, reason="")
    turn = _turn(letters, event, day.on)
    _post(
        session, each, event, turn=turn, facts=facts, to=addressee.address, desk=desk,
        now=now,
    )  # fmt: skip


def _last_day(letters: Sequence[Letter]) -> date | None:
    """Return the day the buyer was told last; what only waits to leave does not count."""
    days = [day_named(each.notification) for each in letters if each.has_left]
    return next((day for day in reversed(days) if day is not None), None)


def _turn(letters: Sequence[Letter], event: Event, on: date) -> str:
    """Name the day; once more where a letter with that day was left out, because it was not so."""
    left_out = [
        each
        for each in letters
        if each.notification.event == event
        and day_named(each.notification) == on
        and each.is_left_out
    ]
    return f"{on}:{len(left_out)}" if left_out else str(on)


def _addressee(
    session: Session, each: Concerned, *, desk: Desk, channels: Channels
) -> Addressee | None:
    """Gather what decides whether an order's buyer is written to; None: its channel is off."""
    if each.account.mode == Mode.OFF:
        return None
    known, customer = channels.get(each.account.channel), each.customer
    return Addressee(
        channel=each.account.channel,
        mails_buyers=known is None or known.spec.mails_buyers,
        address=address_of(session, each.order, customer, desk=desk),
        is_test=each.order.is_test,
        is_forgotten=customer is not None and customer.redacted_at is not None,
        is_bad=customer is not None and customer.mail_bad_at is not None,
        placed_at=each.order.placed_at,
        since=each.account.notify_since or desk.account.created_at,
        own=customer.notify if customer else {},
        of_channel=each.account.notify,
    )


def address_of(
    session: Session, order: SalesOrder, customer: Customer | None, *, desk: Desk
) -> str:
    """Return where an order's buyer is written to; empty where nobody knows.

    Their own address, or else the one the order was mailed from, if it is one of theirs.
    """
    if customer is None:
        return ""
    address = customer.email.strip()
    address = address or _written_from(session, order, customer)
    return "" if address.lower() == desk.house.address.lower() else address


def _written_from(session: Session, order: SalesOrder, customer: Customer) -> str:
    mails = mails_about(session, order_id=order.id)
    sender = mails[0].sender if mails else ""
    is_theirs = bool(sender) and is_sender_of(
        session, customer_id=customer.id, address=sender
    )
    return sender if is_theirs else ""


def _post(
    session: Session,
    each: Concerned,
    event: Event,
    *,
    turn: str,
    facts: Facts,
    to: str,
    desk: Desk,
    now: datetime,
) -> int | None:
    customer = each.customer
    own = customer.locale if customer else ""
    of_channel = str(each.account.settings.get("locale", ""))
    language = language_of(own, of_channel, desk.locale)
    is_rehearsed = Mode.SHADOW in (desk.mode, Mode(each.account.mode))
    need = Need(
        event=event,
        subject=f"order:{each.order.id}",
        turn=turn,
        recipient=to,
        language=language,
        words=order_words(
            session, order=each.order, customer=customer, facts=facts, house=desk.house,
            language=language,
        ),
        mode=Mode.SHADOW if is_rehearsed else Mode.LIVE,
        order_id=each.order.id,
        customer_id=customer.id if customer else None,
        facts={"on": str(facts.on)} if facts.on else {},
    )  # fmt: skip
    return post(session, need, desk=desk, now=now)
