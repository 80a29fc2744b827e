"""People as pages name them."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.people import User


def names_of(session: Session, *, whos: Iterable[str]) -> dict[int, str]:
    """Return the names of the users among those who did something ("user:7"), by id."""
    ids = {
        int(number)
        for kind, _, number in (who.partition(":") for who in whos)
        if kind == "user" and number.isdigit()
    }
    users = session.execute(select(User.id, User.name, User.email).where(User.id.in_(ids)))
    return {user_id: name or email for user_id, name, email in users}
