"""A mail that waits, understood anew by what was learned since; it goes on waiting."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub.domain.mail.review_lines import to_json
from hub.domain.mail.review_reasons import Reason
from hub.domain.mail.review_rule import ForReview, Taken, decide
from hub.flow.mail.letter_facts import known_of
from hub.models.mail.review_letters import letter_of
from hub.models.records.channels import ChannelAccount
from hub.models.records.mails import Review


def understand_again(session: Session, review: Review, *, now: datetime) -> None:
    """Read the lines of a waiting mail once more. Whatever comes of it, a person still decides.

    What was decided on, what asks for a change, and what was forgotten stays as it is.
    """
    letter = letter_of(review)
    if letter is None or review.state != "open" or review.kind != "order":
        return
    account = session.get_one(ChannelAccount, review.account_id)
    known = known_of(session, account=account, letter=letter, now=now)
    match decide(letter, known, today=now.date()):
        case Taken(lines=lines):
            review.lines = to_json(lines)
        case ForReview(lines=lines, reason=reason, detail=detail) if lines:
            review.lines = to_json(lines)
            if reason is not Reason.PO_ALREADY_IMPORTED:  # it would find itself waiting
                review.reason, review.detail = reason.value, dict(detail)
    session.flush()
