"""Forgets who wrote and what they said, in mail that came and letters that left.

Ids, hashes, reasons and what a line meant stay: a late copy is still known, and what was made stays
explained.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from hub.domain.mail.review_lines import from_json, to_json, without_words
from hub.models.records.correspondents import CustomerSender
from hub.models.records.mails import InboundMail, Review, ShopNotice
from hub.models.records.messages import InboundMessage
from hub.models.records.notifications import Notification
from hub.models.records.orders import SalesOrder

AT_ONCE = 200
"""So many reviews are emptied in one go; the next sweep takes the rest."""


def forget_correspondence(
    session: Session,
    *,
    customer_ids: Collection[int],
    order_ids: Collection[int],
    now: datetime,
) -> None:
    """Empty everything these customers wrote and were written, and where they write from."""
    addresses = select(CustomerSender.value).where(
        CustomerSender.customer_id.in_(customer_ids), CustomerSender.kind == "email"
    )
    reviews = Review.customer_id.in_(customer_ids) | Review.order_id.in_(order_ids)
    theirs = or_(
        InboundMail.order_id.in_(order_ids),
        InboundMail.sender.in_(addresses),
        InboundMail.inbound_message_id.in_(
            select(Review.inbound_message_id).where(reviews)
        ),
    )
    _empty_reviews(session, select(Review).where(reviews), now=now)
    _empty_mails(session, theirs, now=now)
    _empty_notices(session, ShopNotice.order_id.in_(order_ids))
    _empty_letters(
        session,
        Notification.customer_id.in_(customer_ids) | Notification.order_id.in_(order_ids),
        now=now,
    )
    session.execute(
        delete(CustomerSender).where(CustomerSender.customer_id.in_(customer_ids))
    )


def forget_account_mail(session: Session, *, account_id: int, now: datetime) -> None:
    """Empty all mail that came to an account, and letters about its orders."""
    orders = select(SalesOrder.id).where(SalesOrder.account_id == account_id)
    _empty_reviews(session, select(Review).where(Review.account_id == account_id), now=now)
    _empty_mails(session, InboundMail.account_id == account_id, now=now)
    _empty_notices(
        session, (ShopNotice.account_id == account_id) | ShopNotice.order_id.in_(orders)
    )
    _empty_letters(session, Notification.order_id.in_(orders), now=now)


def forget_old_mail(session: Session, *, before: datetime, now: datetime) -> int:
    """Empty mail that was settled before then, and letters written before then; count the mails.

    What waits for a person keeps its words until they have decided.
    """
    decided = (
        select(Review)
        .where(Review.state != "open", Review.decided_at < before)
        .where(Review.redacted_at.is_(None))
        .order_by(Review.id)
        .limit(AT_ONCE)
    )
    _empty_reviews(session, decided, now=now)
    waits = exists().where(
        Review.inbound_message_id == InboundMail.inbound_message_id,
        or_(Review.state == "open", Review.decided_at >= before),
    )
    settled = InboundMail.state.in_(("processed", "ignored", "review"))
    count = _empty_mails(
        session,
        settled & (InboundMail.read_at < before) & ~waits,
        now=now,
        with_bodies=False,
    )
    _empty_notices(session, ShopNotice.created_at < before)
    _empty_letters(session, Notification.created_at < before, now=now)
    return count


def _empty_reviews(session: Session, which: Select[Review], *, now: datetime) -> None:
    """Empty reviews; one still open is rejected, because nobody can decide on it any more."""
    for review in session.scalars(which).all():
        review.letter, review.sender, review.subject = None, "", ""
        review.lines = to_json(without_words(from_json(review.lines)))
        review.detail = {
            key: value
            for key, value in review.detail.items()
            if key not in {"text", "sender", "forwarded", "words", "how"}
        }
        if review.state == "open":
            review.state, review.why, review.decided_at = "rejected", "forgotten", now
        review.redacted_at = now
    session.flush()


def _empty_mails(
    session: Session,
    which: ColumnElement[bool],
    *,
    now: datetime,
    with_bodies: bool = True,
) -> int:
    fresh = which & InboundMail.redacted_at.is_(None)
    rows = session.execute(
        select(InboundMail.id, InboundMail.inbound_message_id).where(fresh)
    )
    found = rows.all()
    messages = [message for _, message in found if message is not None]
    session.execute(
        update(InboundMail)
        .where(InboundMail.id.in_([mail for mail, _ in found]))
        .values(sender="", subject="", redacted_at=now)
    )
    if with_bodies:
        session.execute(
            update(InboundMessage)
            .where(InboundMessage.id.in_(_with_repeats(session, messages)))
            .where(InboundMessage.state != "waiting")
            .values(body=None, redacted_at=now)
        )
    return len(found)


def _with_repeats(session: Session, messages: list[int]) -> list[int]:
    """Add the messages in which these were read again: each holds the bytes once more."""
    every, repeats = list(messages), list(messages)
    while repeats:
        again = select(InboundMessage.id).where(InboundMessage.replay_of.in_(repeats))
        repeats = list(session.scalars(again))
        every += repeats
    return every


def _empty_notices(session: Session, which: ColumnElement[bool]) -> None:
    session.execute(update(ShopNotice).where(which).values(ship_to={}))


def _empty_letters(session: Session, which: ColumnElement[bool], *, now: datetime) -> None:
    session.execute(
        update(Notification)
        .where(which, Notification.redacted_at.is_(None))
        .values(recipient="", subject="", text="", html="", bounce="", redacted_at=now)
    )
