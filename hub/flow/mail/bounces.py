"""Letters of ours that came back: noted where they were sent from, and an address given up."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub.domain.letters.notices import BOUNCES_TO_STOP
from hub.models.letters.notification_queries import letter_before, letter_named
from hub.models.records.history import record
from hub.models.records.notifications import Notification
from hub.models.records.orders import Customer
from mapping.letter import Bounce

LONGEST = 500
WHO = "system"


def note(session: Session, *, bounce: Bounce, now: datetime) -> str:
    """Write down what a server says of a letter of ours, and say what that came to.

    `unknown` (no letter of ours), `delayed` (the server goes on trying), `repeated` (known
    already), `bounced`, or `address_bad`: nobody writes there any more until a person changes it.
    """
    names = {name for name in (bounce.message_id, bounce.our_id) if name}
    letter = letter_named(session, names=names) if names else None
    if letter is None:
        return "unknown"
    if letter.bounced_at is not None:
        return "repeated"
    letter.bounce = _said(bounce)
    if not bounce.is_final:
        return "delayed"
    letter.bounced_at = now
    _remember(session, letter, bounce, now=now)
    is_bad = _count(session, letter, now=now)
    session.flush()
    return "address_bad" if is_bad else "bounced"


def _said(bounce: Bounce) -> str:
    words = " ".join(f"{bounce.status} {bounce.words}".split())
    return words[:LONGEST]


def _count(session: Session, letter: Notification, *, now: datetime) -> bool:
    """Count one more in a row, and say whether that makes the address bad."""
    if letter.customer_id is None:
        return False
    customer = session.get_one(Customer, letter.customer_id, with_for_update=True)
    before = letter_before(session, letter=letter)
    is_in_a_row = before is not None and before.bounced_at is not None
    customer.bounces = customer.bounces + 1 if is_in_a_row else 1
    if customer.bounces < BOUNCES_TO_STOP:
        return False
    customer.mail_bad_at = customer.mail_bad_at or now
    return True


def _remember(
    session: Session, letter: Notification, bounce: Bounce, *, now: datetime
) -> None:
    if letter.order_id is not None:
        record(
            session,
            at=now,
            who=WHO,
            subject="order",
            subject_id=letter.order_id,
            what="letter.bounced",
            why=bounce.status,
            detail={"letter": letter.id, "event": letter.event},
        )
