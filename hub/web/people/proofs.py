"""Proving who somebody is at a page: every try is counted before it is made."""

from datetime import timedelta

from flask import request
from sqlalchemy.orm import Session

from hub.flow.people.entrance import WrongLogin, check_password
from hub.flow.people.tries import TooManyTries, check_tries, forget_failures, note_failure
from hub.web.guard.browser_session import me
from hub.web.page_door import PageDoor, Trouble
from hub.web.wording.language import gettext

LONGEST_PASSWORD = 1000
"""Longer ones are cut: no right one is, and hashing takes time."""
SECOND = "second proof of"
"""What tries of a code are counted under, with the user's id: from wherever they come, since only
who knows the password comes this far, and so cannot shut anybody out."""


def typed_password(name: str = "password") -> str:
    """Return a password as it was typed, cut to a sane length."""
    return request.form.get(name, "")[:LONGEST_PASSWORD]


def address() -> str:
    """Return where the request came from. This is hashed with the account and kept nowhere."""
    return request.remote_addr or ""


def count_try(door: PageDoor, *, email: str, place: str) -> None:
    """Count a try to prove who somebody is, before it is made.

    :raises TooManyTries: there were too many before it.
    """
    now = door.now()

    def count(session: Session) -> None:
        check_tries(session, email=email, address=place, now=now)
        note_failure(session, email=email, address=place, now=now)

    door.ports.database.run(count)


def count_code(door: PageDoor, *, user_id: int) -> None:
    """Count a try of a code; `forget_codes` ends the count when one is right.

    :raises TooManyTries: there were too many before it.
    """
    count_try(door, email=f"{SECOND} {user_id}", place="")


def forget_codes(session: Session, *, user_id: int) -> None:
    """Count the tries of codes from nothing again."""
    forget_failures(session, email=f"{SECOND} {user_id}", address="")


def too_many(wait: timedelta, *, about: str) -> tuple[Trouble, int]:
    """Say how long to wait, in words and in seconds."""
    seconds = max(1, -int(-wait.total_seconds() // 1))
    minutes = max(1, -(-seconds // 60))
    words = gettext("Too many tries. Wait %(minutes)s minutes.", minutes=minutes)
    return Trouble(about=about, message=words, status=429), seconds


def password_trouble(door: PageDoor, *, about: str) -> Trouble | None:
    """Ask for my present password again: a page somebody left open must not be enough."""
    email, place = me().email, address()
    try:
        count_try(door, email=email, place=place)
        with door.reading() as session:
            check_password(session, email=email, password=typed_password())
    except TooManyTries as stop:
        return too_many(stop.wait, about=about)[0]
    except WrongLogin:
        words = gettext("That is not your present password.")
        return Trouble(about=about, message=words, field="password", status=422)
    door.ports.database.run(
        lambda session: forget_failures(session, email=email, address=place)
    )
    return None


def code_trouble(door: PageDoor, *, about: str) -> Trouble | None:
    """Count a code I am about to give; say so where there were too many."""
    try:
        count_code(door, user_id=me().user_id)
    except TooManyTries as stop:
        return too_many(stop.wait, about=about)[0]
    return None
