"""Asking the sender of a mail what it leaves open, where it is proven who that is."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from connectors.protocol import Registration
from connectors.registry import CHANNELS
from hub.flow.letters.letters_out import desk_of
from hub.flow.mail.ask_customer import ask
from hub.flow.refusal import Refusal
from hub.flow.reviews.reviews import Decided, review_of
from hub.models.mail.review_letters import letter_of
from hub.models.records.history import record
from hub.models.records.mails import Review
from mapping.letter import Proof


class NobodyProven(Refusal):
    """An answer would go to whoever wrote under the address, or to nobody."""


def ask_sender(
    session: Session,
    *,
    review_id: int,
    question: str,
    who: str,
    now: datetime,
    channels: Mapping[str, Registration] = CHANNELS,
) -> int:
    """Send a question to who wrote a mail, and return the letter. The mail goes on waiting.

    :raises Missing: there is no such review.
    :raises Decided: it was decided on.
    :raises NobodyProven: nothing proves who wrote it.
    :raises CannotAsk: nobody can be written to, or this was asked already.
    :raises Invalid: there is no question, or it is too long.
    """
    review = review_of(session, review_id=review_id)
    if review.state != "open":
        raise Decided("This mail was decided on already.")
    if not is_proven(review):
        raise NobodyProven("It is not proven who wrote this: ask by another way.")
    written = ask(
        session,
        question=question,
        review_id=review_id,
        who=who,
        now=now,
        channels=channels,
    )
    record(
        session,
        at=now,
        who=who,
        subject="review",
        subject_id=review_id,
        what="review.asked",
        detail={"letter": written},
    )
    return written


def may_ask(
    session: Session,
    review: Review,
    *,
    channels: Mapping[str, Registration] = CHANNELS,
) -> bool:
    """Say whether the sender can be asked: proven, and there is a mailbox that sends."""
    return (
        review.state == "open"
        and is_proven(review)
        and desk_of(session, channels=channels) is not None
    )


def is_proven(review: Review) -> bool:
    """Say whether it is proven that the address the mail names wrote it."""
    letter = letter_of(review)
    return letter is not None and letter.sender.proof is Proof.YES and bool(review.sender)
