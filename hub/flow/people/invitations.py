"""Letting somebody in: an invitation to a new person, and a link to a new password."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hub.domain.people.roles import Role
from hub.flow.people.entrance import Entered, check_address, check_name, enter
from hub.flow.people.links import (
    JOIN,
    LinkUsedUp,
    forget_links,
    make_link,
    use_link,
    user_of_link,
)
from hub.flow.people.passwords import check_new, hash_password
from hub.flow.people.sessions import close_all
from hub.flow.refusal import Missing, Refusal
from hub.models.records.history import record
from hub.models.records.people import User

LINK_LASTS = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """Whom a link lets choose a password."""

    email: str
    name: str
    is_new: bool


def invite(
    session: Session,
    *,
    email: str,
    name: str,
    role: Role,
    locale: str,
    who: str,
    now: datetime,
) -> tuple[int, str]:
    """Add somebody who chooses their own password; return their id and the secret of their link.

    :raises Invalid: the address cannot be, or is taken.
    """
    user = User(
        email=check_address(session, email=email),
        name=check_name(name),
        password_hash="",
        role=role,
        locale=locale,
        created_at=now,
    )
    session.add(user)
    session.flush()
    _note(session, user, "user.invited", who=who, now=now, to=role)
    return user.id, _link(session, user, now=now)


def make_join_link(session: Session, *, user_id: int, who: str, now: datetime) -> str:
    """Make a link with which somebody chooses a new password; their older links end.

    :raises Missing: there is no such person.
    :raises Refusal: they may not log in.
    """
    user = session.get(User, user_id)
    if user is None:
        raise Missing("There is no such person.")
    if user.is_disabled:
        raise Refusal("They may not log in: let them in again first.")
    _note(session, user, "user.link", who=who, now=now)
    return _link(session, user, now=now)


def find_joining(session: Session, *, secret: str, now: datetime) -> Joining | None:
    """Return whom a link is for, while it works. This function will use nothing up."""
    user_id = user_of_link(session, secret=secret, purpose=JOIN, now=now)
    user = session.get(User, user_id) if user_id is not None else None
    if user is None or user.is_disabled:
        return None
    return Joining(email=user.email, name=user.name, is_new=not user.password_hash)


def join(
    session: Session,
    *,
    secret: str,
    name: str,
    password: str,
    now: datetime,
    device: str = "",
) -> Entered:
    """Keep the password somebody chose and let them in; they are logged out everywhere else.

    :raises LinkUsedUp: the link does not open the door (any more).
    :raises Invalid: the password cannot be.
    """
    user_id = use_link(session, secret=secret, purpose=JOIN, now=now)
    user = session.get(User, user_id) if user_id is not None else None
    if user is None or user.is_disabled:
        raise LinkUsedUp("This link leads nowhere.")
    user.name = check_name(name) or user.name
    check_new(password, about=f"{user.email} {user.name}")
    what = "user.password" if user.password_hash else "user.joined"
    user.password_hash = hash_password(password)
    forget_links(session, user_id=user.id)
    close_all(session, user_id=user.id, now=now)
    _note(session, user, what, who=f"user:{user.id}", now=now)
    return enter(session, user=user, now=now, device=device)


def _link(session: Session, user: User, *, now: datetime) -> str:
    forget_links(session, user_id=user.id)
    return make_link(session, purpose=JOIN, user_id=user.id, lasts=LINK_LASTS, now=now)


def _note(
    session: Session, user: User, what: str, *, who: str, now: datetime, to: str = ""
) -> None:
    record(
        session, at=now, who=who, subject="user", subject_id=user.id, what=what,
        to_state=to,
    )  # fmt: skip
