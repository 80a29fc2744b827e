"""The language a person reads the pages in."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from hub.models.records.people import User


def speak(session: Session, *, user_id: int, locale: str) -> None:
    """Keep which language a user wants; which ones there are is known at the door."""
    session.execute(update(User).where(User.id == user_id).values(locale=locale))
