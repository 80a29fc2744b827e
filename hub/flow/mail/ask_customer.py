"""What a person asks of a customer by mail: about a mail under review, or about an order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from connectors.protocol import Registration
from connectors.registry import CHANNELS
from hub.domain.letters.notices import Event, Facts, is_address
from hub.flow.letters.letter_words import language_of, order_words
from hub.flow.letters.letters_out import Desk, Need, desk_of, post
from hub.flow.letters.notify import address_of
from hub.flow.refusal import Invalid, Missing, Refusal
from hub.models.records.history import record
from hub.models.records.mails import Review
from hub.models.records.orders import Customer, SalesOrder

LONGEST_QUESTION = 2_000


class CannotAsk(Refusal):
    """Nobody can be written to: no mailbox that sends, no address, or one that was given up."""


def ask(
    session: Session,
    *,
    question: str,
    review_id: int | None = None,
    order_id: int | None = None,
    who: str,
    now: datetime,
    channels: Mapping[str, Registration] = CHANNELS,
) -> int:
    """Send what a person asks about a mail under review, or about an order; return the letter.

    The same question twice is one letter.

    :raises CannotAsk: nobody can be written to; the message says why.
    :raises Invalid: there is no question, or it is far too long.
    :raises Missing: there is no such review or order.
    """
    words = question.strip()
    if not 0 < len(words) <= LONGEST_QUESTION:
        raise Invalid(f"Write 1 to {LONGEST_QUESTION} characters.", field="question")
    desk = desk_of(session, channels=channels)
    if desk is None:
        raise CannotAsk("No mailbox can send: set one up under Channels.")
    asked = _asked(session, review_id=review_id, order_id=order_id, desk=desk)
    written = post(session, _need(session, asked, words, desk=desk), desk=desk, now=now)
    if written is None:
        raise CannotAsk("This was asked already.")
    if asked.order is not None:
        record(
            session, at=now, who=who, subject="order", subject_id=asked.order.id,
            what="letter.asked", detail={"letter": written},
        )  # fmt: skip
    return written


def _need(session: Session, asked: "_Asked", question: str, *, desk: Desk) -> Need:
    customer, order = asked.customer, asked.order
    language = language_of(customer.locale if customer else "", desk.locale)
    return Need(
        event=Event.NEED_INFORMATION,
        subject=asked.subject,
        turn=sha256(question.encode()).hexdigest()[:16],
        recipient=asked.address,
        language=language,
        words=order_words(
            session, order=order, customer=customer, facts=Facts(question=question),
            house=desk.house, language=language,
        ),
        mode=desk.mode,
        order_id=order.id if order else None,
        review_id=asked.review_id,
        customer_id=customer.id if customer else None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    subject: str
    address: str
    order: SalesOrder | None
    customer: Customer | None
    review_id: int | None


def _asked(
    session: Session, *, review_id: int | None, order_id: int | None, desk: Desk
) -> _Asked:
    review = session.get(Review, review_id) if review_id is not None else None
    found = order_id if order_id is not None or review is None else review.order_id
    order = session.get(SalesOrder, found) if found is not None else None
    if review is None and order is None:
        raise Missing("There is no such mail or order.")
    customer_id = review.customer_id if review else None
    customer_id = customer_id or (order.customer_id if order else None)
    customer = session.get(Customer, customer_id) if customer_id is not None else None
    address = review.sender if review else ""
    if order is not None and not address:
        address = address_of(session, order, customer, desk=desk)
    return _Asked(
        subject=f"review:{review.id}" if review else f"order:{found}",
        address=_checked(address, customer=customer, desk=desk),
        order=order,
        customer=customer,
        review_id=review_id,
    )


def _checked(address: str, *, customer: Customer | None, desk: Desk) -> str:
    is_ours = address.lower() == desk.house.address.lower()
    is_bad = customer is not None and customer.mail_bad_at is not None
    if not is_address(address) or is_ours or is_bad:
        raise CannotAsk("There is no address that takes mail.")
    return address
