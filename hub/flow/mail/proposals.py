"""Mails that ask to change or cancel an order: matched to it, shown to a person, never done."""

from sqlalchemy.orm import Session

from hub.domain.mail.mail_known import Known, PastOrder
from hub.domain.mail.review_rule import ForReview
from hub.flow.mail.letter_facts import order_about, past
from hub.models.records.mails import Review
from mapping.letter import Letter


def propose(
    session: Session,
    *,
    review: Review,
    decided: ForReview,
    letter: Letter,
    known: Known,
) -> None:
    """Say on a review which of the customer's orders it is about, and what that holds now.

    Only an order of the same customer: a number is easily guessed, and what is in an order is
    nobody else's business.
    """
    about = known.about or _found(session, letter, known)
    if decided.kind == "order" or about is None:
        return
    review.order_id = about.id
    review.detail = {
        **review.detail,
        "order": about.number,
        "before": [list(line) for line in about.lines],
    }


def _found(session: Session, letter: Letter, known: Known) -> PastOrder | None:
    if known.customer is None:
        return None
    order = order_about(session, letter=letter, customer_id=known.customer.id)
    return None if order is None else past(session, order)
