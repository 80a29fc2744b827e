"""The ways in: the one-time link to the first set-up or into the demo, and logging in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.people.roles import Role
from hub.flow.people.links import (
    LOGIN,
    SETUP,
    LinkUsedUp,
    forget_links_for,
    make_link,
    use_link,
)
from hub.flow.people.passwords import check_new, hash_password, is_right, needs_new_hash
from hub.flow.people.sessions import open_session
from hub.flow.people.tries import forget_failures
from hub.flow.refusal import Invalid, Refusal
from hub.models.records.history import record
from hub.models.records.people import User

LINK_LASTS = timedelta(hours=1)
LONGEST_NAME = 100


class SetupClosed(Refusal):
    """The workshop has its owner; who wants in must be let in by them."""


class WrongLogin(Refusal):
    """User or password is wrong; which of them, nobody is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A session that begins: the browser's secret, and whether a second proof is awaited."""

    secret: str
    is_half: bool = False


def has_owner(session: Session) -> bool:
    """Say whether the workshop was set up."""
    return session.scalar(select(User.id).limit(1)) is not None


def make_setup_link(session: Session, *, now: datetime) -> str:
    """Make the secret of a link that lets one person set the workshop up; older ones end.

    :raises SetupClosed: somebody did already.
    """
    if has_owner(session):
        raise SetupClosed("This workshop has an owner already. Ask them to add you.")
    forget_links_for(session, purpose=SETUP)
    return make_link(session, purpose=SETUP, user_id=None, lasts=LINK_LASTS, now=now)


def make_login_link(session: Session, *, user_id: int, now: datetime) -> str:
    """Make the secret of a link that logs one user in, once."""
    return make_link(session, purpose=LOGIN, user_id=user_id, lasts=LINK_LASTS, now=now)


def set_up(
    session: Session,
    *,
    secret: str,
    email: str,
    name: str,
    password: str,
    now: datetime,
    device: str = "",
) -> str:
    """Make the first user, the owner, and log them in; return the session's secret.

    :raises LinkUsedUp: the link does not open the door (any more).
    :raises SetupClosed: there is an owner.
    :raises Invalid: the address or the password cannot be.
    """
    if has_owner(session):
        raise SetupClosed("This workshop has an owner already. Ask them to add you.")
    user_id = add_user(
        session,
        email=email,
        name=name,
        password=password,
        role=Role.OWNER,
        who="setup",
        now=now,
    )
    use_link(session, secret=secret, purpose=SETUP, now=now)
    return open_session(session, user_id=user_id, now=now, device=device)


def log_in_by_link(
    session: Session, *, secret: str, now: datetime, device: str = ""
) -> Entered:
    """Log in by a one-time link.

    :raises LinkUsedUp: the link does not open the door (any more).
    """
    user_id = use_link(session, secret=secret, purpose=LOGIN, now=now)
    user = session.get(User, user_id) if user_id is not None else None
    if user is None or user.is_disabled:
        raise LinkUsedUp("This link leads nowhere.")
    return enter(session, user=user, now=now, device=device)


def add_user(
    session: Session,
    *,
    email: str,
    name: str,
    password: str,
    role: Role,
    who: str,
    now: datetime,
    locale: str = "en",
) -> int:
    """Add somebody who may log in.

    :raises Invalid: the address or the password cannot be, or the address is taken.
    """
    address = check_address(session, email=email)
    check_new(password, about=f"{address} {name}")
    user = User(
        email=address,
        name=check_name(name),
        password_hash=hash_password(password),
        role=role,
        locale=locale,
        created_at=now,
    )
    session.add(user)
    session.flush()
    record(
        session,
        at=now,
        who=who,
        subject="user",
        subject_id=user.id,
        what="user.added",
        to_state=role,
    )
    return user.id


def check_address(session: Session, *, email: str) -> str:
    """Return an address as it is kept, for somebody new.

    :raises Invalid: it cannot be one, or is taken.
    """
    address = email.strip().casefold()
    if "@" not in address[1:-1] or len(address) > 254 or any(c.isspace() for c in address):
        raise Invalid("Write an e-mail address.", field="email")
    if session.scalar(select(User.id).filter_by(email=address)) is not None:
        raise Invalid("Somebody with this address is here already.", field="email")
    return address


def check_name(name: str) -> str:
    """Return a name as it is kept.

    :raises Invalid: it is too long.
    """
    tidy = " ".join(name.split())
    if len(tidy) > LONGEST_NAME:
        raise Invalid(f"Write at most {LONGEST_NAME} characters.", field="name")
    return tidy


def log_in(
    session: Session,
    *,
    email: str,
    password: str,
    now: datetime,
    device: str = "",
    address: str = "",
) -> Entered:
    """Log a user in by password; half, where a second proof is asked for.

    :raises WrongLogin: the same words and the same time, whatever was wrong.
    """
    user = check_password(session, email=email, password=password)
    if needs_new_hash(user.password_hash):
        user.password_hash = hash_password(password)
    return enter(session, user=user, now=now, device=device, address=address)


def check_password(session: Session, *, email: str, password: str) -> User:
    """Find the user of a password, writing nothing: hashing takes time that no lock should last.

    :raises WrongLogin: the same words and the same time, whatever was wrong.
    """
    user = session.scalar(select(User).filter_by(email=email.strip().casefold()))
    kept = user.password_hash if user is not None and not user.is_disabled else None
    if not is_right(password, kept=kept) or user is None:
        raise WrongLogin("User or password is wrong.", kind="invalid")
    return user


def enter(
    session: Session, *, user: User, now: datetime, device: str = "", address: str = ""
) -> Entered:
    """Begin a session of somebody who proved once who they are."""
    if user.totp_since is not None:
        secret = open_session(
            session, user_id=user.id, now=now, device=device, is_half=True
        )
        return Entered(secret=secret, is_half=True)
    return Entered(
        secret=come_in(session, user=user, now=now, device=device, address=address)
    )


def come_in(
    session: Session, *, user: User, now: datetime, device: str, address: str
) -> str:
    """Begin a whole session and tell the history; return the secret, which is new.

    The try that was right is counted too, before it was made: it is no failure.
    """
    failed = forget_failures(session, email=user.email, address=address) - 1
    record(
        session,
        at=now,
        who=f"user:{user.id}",
        subject="user",
        subject_id=user.id,
        what="user.log_in_late" if failed > 0 else "user.log_in",
        to_state=str(failed) if failed > 0 else "",
        why=device,
    )
    return open_session(session, user_id=user.id, now=now, device=device)
