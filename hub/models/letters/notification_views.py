"""Our letters as lists show them: which there are, to whom, and what became of each."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.letters.notification_queries import Letter, letters_from
from hub.models.newest import Newest, Window, newest
from hub.models.records.messages import OutboundMessage
from hub.models.records.notifications import Notification


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a letter, in one word, and when it left."""

    word: str
    """bounced | left_out, or the state of its outbound message."""
    sent_at: datetime | None


def find_letters(
    session: Session, *, order_id: int | None, window: Window
) -> Newest[Notification]:
    """Return one page of our letters, newest first, of one order or of all."""
    query = select(Notification)
    if order_id is not None:
        query = query.where(Notification.order_id == order_id)
    return newest(session, query, record=Notification, window=window)


def letter_of(session: Session, *, notification_id: int) -> Letter | None:
    """Return one letter with what carries it."""
    return next(iter(letters_from(session, ids=[notification_id])), None)


def fate_of(notification: Notification, message: OutboundMessage) -> Fate:
    """Say what became of a letter."""
    letter = Letter(notification, message)
    if notification.bounced_at is not None:
        return Fate("bounced", message.done_at)
    if letter.is_left_out:
        return Fate("left_out", None)
    return Fate(message.state, message.done_at if message.state == "sent" else None)
