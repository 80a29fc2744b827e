"""A person decides on a mail: it becomes an order, changes or cancels one, or is nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.protocol import Registration
from connectors.registry import CHANNELS
from hub.domain.mail.review_rule import Taken
from hub.domain.states import Intent
from hub.flow.bounds import LONGEST_WORD
from hub.flow.mail.customers import add_customer, add_sender, customer_of
from hub.flow.mail.letter_orders import enter, order_key
from hub.flow.mail.mailbox import file_soon
from hub.flow.orders.change import cancel_order
from hub.flow.refusal import Invalid, Missing, Refusal
from hub.flow.reviews.review_change import Wanted, apply_change
from hub.flow.reviews.review_learning import learn
from hub.flow.reviews.review_lines import Chosen, settle
from hub.flow.reviews.review_orders import taken, wanted_of
from hub.models.mail.review_letters import letter_of
from hub.models.mail.review_views import mail_of
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import record
from hub.models.records.mails import InboundMail, Review
from hub.models.records.messages import InboundMessage
from hub.models.records.orders import Customer, SalesOrder
from mapping.canonical import Address
from mapping.letter import Letter

FORGOTTEN = "This mail was forgotten: write the order by hand."


class Decided(Refusal):
    """Somebody decided on this mail already, and otherwise."""


class Forgotten(Refusal):
    """The mail was forgotten, so it can only be rejected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person says of a mail when they accept it; what is left out is as it was read."""

    lines: Sequence[Chosen] | None = None
    customer_id: int | None = None
    new_customer: str = ""
    """The name of one to be written down; goes after `customer_id`."""
    requested_on: date | None = None
    is_day_said: bool = False
    """Whether `requested_on` counts, also where it is empty."""
    ship_to: Address | None = None
    is_second: bool = False
    """An order of its own, though its number is there already."""
    remember: bool = False
    """Keep the words, packs and prices they confirmed."""
    remember_sender: bool = False
    """Let the sender's address be the customer's from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The order a mail made, changed or cancelled, and how much was learned of it."""

    order_id: int
    learned: int = 0


def accept(
    session: Session,
    *,
    review_id: int,
    answer: Answer | None = None,
    who: str,
    now: datetime,
    channels: Mapping[str, Registration] = CHANNELS,
) -> Accepted:
    """Do what a mail asks for, as a person left it. Twice is once: the second time it is told.

    :raises Missing: there is no such review.
    :raises Decided: it was rejected.
    :raises Forgotten: its mail is no longer there.
    :raises Invalid: a line, customer or day that is not said; `field` names it.
    :raises Refusal: the order it is about cannot be changed or cancelled.
    """
    review = _lock(session, review_id=review_id)
    said = answer or Answer()
    if review.state == "accepted" and review.order_id is not None:
        return Accepted(order_id=review.order_id)
    if review.state != "open":
        raise Decided("This mail was rejected.")
    if review.kind == "cancel":
        done = _cancel(session, review, who=who, now=now, channels=channels)
    elif review.kind == "change":
        done = _change(session, review, said, who=who, now=now)
    else:
        done = _order(session, review, said, who=who, now=now)
    review.order_id = done.order_id
    _close(session, review, state="accepted", who=who, now=now)
    return done


def reject(
    session: Session, *, review_id: int, reason: str, who: str, now: datetime
) -> None:
    """Say that a mail is not to be done. Nothing but the review changes.

    :raises Missing: there is no such review.
    :raises Decided: it was accepted.
    :raises Invalid: the reason is too long.
    """
    review = _lock(session, review_id=review_id)
    why = " ".join(reason.split())
    if len(why) > LONGEST_WORD:
        raise Invalid(f"Write at most {LONGEST_WORD} characters.", field="reason")
    if review.state == "accepted":
        raise Decided("This mail was accepted.")
    if review.state == "rejected":
        return
    review.why = why
    _close(session, review, state="rejected", who=who, now=now)


def review_of(session: Session, *, review_id: int) -> Review:
    """Return a review.

    :raises Missing: there is none of that id.
    """
    review = session.get(Review, review_id)
    if review is None:
        raise Missing("There is no such mail to decide on.")
    return review


def _lock(session: Session, *, review_id: int) -> Review:
    query = select(Review).filter_by(id=review_id).with_for_update()
    review = session.scalar(query.execution_options(populate_existing=True))
    if review is None:
        raise Missing("There is no such mail to decide on.")
    return review


def _order(
    session: Session, review: Review, said: Answer, *, who: str, now: datetime
) -> Accepted:
    letter = letter_of(review)
    if letter is None:
        raise Forgotten(FORGOTTEN)
    customer = _customer(session, review, said, letter, who=who, now=now)
    review.customer_id = customer.id
    lines = settle(session, review, lines=said.lines)
    learned = 0
    if said.remember:
        learned = learn(
            session,
            review,
            customer=customer,
            letter=letter,
            lines=lines,
            who=who,
            now=now,
        )
    order = taken(
        review,
        letter,
        customer=customer,
        lines=lines,
        ship_to=said.ship_to,
        requested_on=said.requested_on,
        is_day_said=said.is_day_said,
        today=now.date(),
    )
    order_id = _enter(session, review, order, customer, said, who=who, now=now)
    return Accepted(order_id=order_id, learned=learned)


def _enter(
    session: Session,
    review: Review,
    order: Taken,
    customer: Customer,
    said: Answer,
    *,
    who: str,
    now: datetime,
) -> int:
    """Make the order; one that is there under the customer's number becomes what this one says."""
    mail = mail_of(session, review=review)
    if mail is None:
        raise Forgotten(FORGOTTEN)
    known = _known(session, customer, order, mail)
    if known is not None and known.intent != Intent.CANCELLED and not said.is_second:
        apply_change(
            session,
            order_id=known.id,
            wanted=wanted_of(session, order),
            is_whole=True,
            requested_on=order.requested_on,
            who=who,
            now=now,
        )
        return known.id
    return enter(
        session,
        account=session.get_one(ChannelAccount, review.account_id),
        customer_id=customer.id,
        taken=order,
        mail=mail,
        who=who,
        now=now,
        is_second=known is not None,
    )


def _known(
    session: Session, customer: Customer, order: Taken, mail: InboundMail
) -> SalesOrder | None:
    """Return the order that has this customer's number already, whichever mailbox it came to."""
    key = order_key(customer_id=customer.id, po=order.po, mail=mail)
    query = select(SalesOrder).filter_by(external_id=key).order_by(SalesOrder.id)
    return session.scalar(query.limit(1))


def _change(
    session: Session, review: Review, said: Answer, *, who: str, now: datetime
) -> Accepted:
    order_id = _about(review)
    lines = settle(session, review, lines=said.lines)
    wanted = [
        Wanted(
            item_id=line.item.id if line.item else None,
            sku=line.sku,
            quantity=line.quantity,
            per_piece=line.per_piece,
            title=line.title,
        )
        for line in lines
    ]
    apply_change(
        session,
        order_id=order_id,
        wanted=wanted,
        requested_on=said.requested_on if said.is_day_said else None,
        who=who,
        now=now,
    )
    order = session.get_one(SalesOrder, order_id)
    learned = 0
    if said.remember and order.customer_id is not None:
        learned = learn(
            session,
            review,
            customer=customer_of(session, customer_id=order.customer_id),
            letter=letter_of(review),
            lines=lines,
            who=who,
            now=now,
        )
    return Accepted(order_id=order_id, learned=learned)


def _cancel(
    session: Session,
    review: Review,
    *,
    who: str,
    now: datetime,
    channels: Mapping[str, Registration],
) -> Accepted:
    order_id = _about(review)
    cancel_order(
        session,
        order_id=order_id,
        reason="asked for by mail",
        who=who,
        now=now,
        channels=channels,
    )
    return Accepted(order_id=order_id)


def _about(review: Review) -> int:
    if review.order_id is None:
        raise Refusal("It is not known which order this mail is about: change it there.")
    return review.order_id


def _customer(
    session: Session,
    review: Review,
    said: Answer,
    letter: Letter,
    *,
    who: str,
    now: datetime,
) -> Customer:
    """Return whose order it is: as the person says, else as it was understood."""
    name = said.new_customer.strip()
    if said.customer_id is None and name:
        made = add_customer(session, name=name, locale=letter.language, who=who, now=now)
        customer = customer_of(session, customer_id=made)
    else:
        known = said.customer_id or review.customer_id
        if known is None:
            raise Invalid("Say whose order this is.", field="customer")
        customer = customer_of(session, customer_id=known)
    if said.remember_sender and letter.sender.address:
        add_sender(
            session,
            customer_id=customer.id,
            address=letter.sender.address,
            who=who,
            now=now,
        )
    return customer


def _close(
    session: Session, review: Review, *, state: str, who: str, now: datetime
) -> None:
    review.state, review.decided_at, review.decided_by = state, now, who
    session.flush()
    _settle_mail(session, review, now=now)
    record(
        session,
        at=now,
        who=who,
        subject="review",
        subject_id=review.id,
        what=f"review.{state}",
        why=review.why,
    )
    if review.order_id is not None:
        record(
            session,
            at=now,
            who=who,
            subject="order",
            subject_id=review.order_id,
            what=f"order.mail_{state}",
            why=review.why,
        )


def _settle_mail(session: Session, review: Review, *, now: datetime) -> None:
    """Let the mail count as done, and lie where its mailbox keeps what is."""
    is_done = review.state == "accepted"
    query = select(InboundMail).filter_by(inbound_message_id=review.inbound_message_id)
    for mail in session.scalars(query):
        mail.state = "processed" if is_done else "ignored"
        mail.order_id = review.order_id if is_done else mail.order_id
        file_soon(mail, now=now)
    if is_done and review.order_id is not None:
        order = session.get_one(SalesOrder, review.order_id)
        message = session.get(InboundMessage, review.inbound_message_id)
        if message is not None and order.account_id == message.account_id:
            message.external_order_id = order.external_id
