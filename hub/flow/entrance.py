"""The ways in: the one-time link to the first set-up or into the demo, and logging in."""

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from hub.domain.roles import Role
from hub.flow.passwords import check_new, hash_password, is_right, needs_new_hash
from hub.flow.refusal import Invalid, Refusal
from hub.flow.sessions import close_all, hash_secret, open_session
from hub.models.history import record
from hub.models.people import LoginFailure, OneTimeLink, User

LINK_LASTS = timedelta(hours=1)
TRIES, WINDOW = 5, timedelta(minutes=15)
SETUP, LOGIN = "setup", "login"


class LinkUsedUp(Refusal):
    """The link was used, is too old, or was never one."""


class SetupClosed(Refusal):
    """The workshop has its owner; who wants in must be let in by them."""


class WrongLogin(Refusal):
    """User or password is wrong; which of them, nobody is told."""


class TooManyTries(Exception):
    """Nobody may try this user from this address before `wait` is over."""

    def __init__(self, *, wait: timedelta) -> None:
        super().__init__(f"too many tries: wait {wait}")
        self.wait = wait


def has_owner(session: Session) -> bool:
    """Say whether the workshop was set up."""
    return session.scalar(select(User.id).limit(1)) is not None


def make_setup_link(session: Session, *, now: datetime) -> str:
    """Make the secret of a link that lets one person set the workshop up; older ones end.

    :raises SetupClosed: somebody did already.
    """
    if has_owner(session):
        raise SetupClosed("This workshop has an owner already. Ask them to add you.")
    session.execute(delete(OneTimeLink).where(OneTimeLink.purpose == SETUP))
    return _make_link(session, purpose=SETUP, user_id=None, now=now)


def make_login_link(session: Session, *, user_id: int, now: datetime) -> str:
    """Make the secret of a link that logs one user in, once."""
    return _make_link(session, purpose=LOGIN, user_id=user_id, now=now)


def set_up(
    session: Session, *, secret: str, email: str, name: str, password: str, now: datetime
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
    _use_link(session, secret=secret, purpose=SETUP, now=now)
    return open_session(session, user_id=user_id, now=now)


def log_in_by_link(session: Session, *, secret: str, now: datetime) -> str:
    """Log in by a one-time link; return the session's secret.

    :raises LinkUsedUp: the link does not open the door (any more).
    """
    user_id = _use_link(session, secret=secret, purpose=LOGIN, now=now)
    if user_id is None:
        raise LinkUsedUp("This link leads nowhere.")
    return open_session(session, user_id=user_id, now=now)


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
    address = email.strip().casefold()
    if "@" not in address[1:-1] or len(address) > 254 or any(c.isspace() for c in address):
        raise Invalid("Write an e-mail address.", field="email")
    check_new(password, about=f"{address} {name}")
    if session.scalar(select(User.id).filter_by(email=address)) is not None:
        raise Invalid("Somebody with this address is here already.", field="email")
    user = User(
        email=address,
        name=name.strip(),
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


def check_tries(session: Session, *, email: str, address: str, now: datetime) -> None:
    """Stop whoever tried too often, from this address, to be this user.

    :raises TooManyTries: they must wait.
    """
    key = _tries_key(email, address)
    since = now - WINDOW
    query = select(func.count(), func.min(LoginFailure.at)).where(
        LoginFailure.key == key, LoginFailure.at > since
    )
    tries, first = session.execute(query).one()
    if tries >= TRIES:
        raise TooManyTries(wait=first + WINDOW - now)


def note_failure(session: Session, *, email: str, address: str, now: datetime) -> None:
    """Count a log-in that failed."""
    session.add(LoginFailure(key=_tries_key(email, address), at=now))
    session.flush()


def forget_failures(session: Session, *, email: str, address: str) -> None:
    """Count from nothing again: this user got in from this address."""
    mine = LoginFailure.key == _tries_key(email, address)
    session.execute(delete(LoginFailure).where(mine))


def log_in(session: Session, *, email: str, password: str, now: datetime) -> str:
    """Log a user in by password; return the session's secret.

    :raises WrongLogin: the same words and the same time, whatever was wrong.
    """
    user = check_password(session, email=email, password=password)
    if needs_new_hash(user.password_hash):
        user.password_hash = hash_password(password)
    return open_session(session, user_id=user.id, now=now)


def check_password(session: Session, *, email: str, password: str) -> User:
    """Find the user of a password, writing nothing: hashing takes time that no lock should last.

    :raises WrongLogin: the same words and the same time, whatever was wrong.
    """
    user = session.scalar(select(User).filter_by(email=email.strip().casefold()))
    kept = user.password_hash if user is not None and not user.is_disabled else None
    if not is_right(password, kept=kept) or user is None:
        raise WrongLogin("User or password is wrong.", kind="invalid")
    return user


def disable_user(session: Session, *, user_id: int, who: str, now: datetime) -> None:
    """Let a user in no more, from this moment on, wherever they are logged in."""
    user = session.get_one(User, user_id)
    user.is_disabled = True
    close_all(session, user_id=user_id, now=now)
    record(
        session, at=now, who=who, subject="user", subject_id=user_id, what="user.disabled"
    )


def change_role(
    session: Session, *, user_id: int, role: Role, who: str, now: datetime
) -> None:
    """Give a user another role; they log in again with it."""
    user = session.get_one(User, user_id)
    record(
        session,
        at=now,
        who=who,
        subject="user",
        subject_id=user_id,
        what="user.role",
        from_state=user.role,
        to_state=role,
    )
    user.role = role
    close_all(session, user_id=user_id, now=now)


def _make_link(
    session: Session, *, purpose: str, user_id: int | None, now: datetime
) -> str:
    secret = token_urlsafe(32)
    session.add(
        OneTimeLink(
            purpose=purpose,
            user_id=user_id,
            secret_hash=hash_secret(secret),
            expires_at=now + LINK_LASTS,
        )
    )
    session.flush()
    return secret


def _use_link(session: Session, *, secret: str, purpose: str, now: datetime) -> int | None:
    used = session.execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.secret_hash == hash_secret(secret), OneTimeLink.purpose == purpose
        )
        .where(OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now)
        .values(used_at=now)
        .returning(OneTimeLink.user_id)
    ).one_or_none()
    if used is None:
        raise LinkUsedUp(
            "This link was used already, or is too old. Start again for a new one."
        )
    user_id: int | None = used.user_id
    return user_id


def _tries_key(email: str, address: str) -> str:
    """Name who tried from where without keeping either."""
    return sha256(f"{email.strip().casefold()}\n{address}".encode()).hexdigest()
