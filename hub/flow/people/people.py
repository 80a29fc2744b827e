"""The people of the workshop: name, role, alerts, password, and whether they may come in."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.people.roles import Role
from hub.flow.people.entrance import check_name
from hub.flow.people.links import forget_links
from hub.flow.people.passwords import check_new, hash_password
from hub.flow.people.sessions import close_all, close_others
from hub.flow.people.tokens import held_roles, note_roles, note_stopped
from hub.flow.refusal import Missing, Refusal
from hub.models.people.people_views import tokens_of
from hub.models.records.history import record
from hub.models.records.people import User


class LastOwner(Refusal):
    """Nobody would be left who may connect shops and let others in."""


def change_person(
    session: Session,
    *,
    user_id: int,
    name: str,
    role: Role,
    gets_alerts: bool,
    who: str,
    now: datetime,
) -> None:
    """Change who somebody is here; another role logs them out.

    :raises Missing: there is no such person.
    :raises Invalid: the name is too long.
    :raises LastOwner: nobody else who can log in is an owner.
    """
    rename(session, user_id=user_id, name=name, who=who, now=now)
    user = _user(session, user_id)
    if user.gets_alerts != gets_alerts:
        user.gets_alerts = gets_alerts
        _note(session, user_id, "user.alerts", who=who, now=now,
              to="on" if gets_alerts else "off")  # fmt: skip
    if user.role != role:
        change_role(session, user_id=user_id, role=role, who=who, now=now)


def rename(session: Session, *, user_id: int, name: str, who: str, now: datetime) -> None:
    """Change what somebody is called.

    :raises Missing: there is no such person.
    :raises Invalid: the name is too long.
    """
    user = _user(session, user_id)
    tidy = check_name(name)
    if tidy != user.name:
        user.name = tidy
        _note(session, user_id, "user.renamed", who=who, now=now)


def change_role(
    session: Session, *, user_id: int, role: Role, who: str, now: datetime
) -> None:
    """Give a user another role; they log in again with it, and their tokens do no more than it.

    :raises LastOwner: nobody else who can log in is an owner.
    """
    user = _user(session, user_id)
    if role != Role.OWNER:
        _keep_an_owner(session, but=user)
    _note(session, user_id, "user.role", who=who, now=now, was=user.role, to=role)
    theirs = held_roles(session, tokens=tokens_of(session, user_id=user_id, now=now))
    user.role = role
    note_roles(session, was=theirs, user_id=user_id, who=who, now=now)
    close_all(session, user_id=user_id, now=now)


def disable_user(session: Session, *, user_id: int, who: str, now: datetime) -> None:
    """Let a user in no more, from this moment on, wherever they are logged in.

    The tokens they made open nothing for as long as they may not log in.

    :raises LastOwner: nobody else who can log in is an owner.
    """
    user = _user(session, user_id)
    _keep_an_owner(session, but=user)
    user.is_disabled = True
    close_all(session, user_id=user_id, now=now)
    forget_links(session, user_id=user_id)
    _note(session, user_id, "user.disabled", who=who, now=now)
    note_stopped(session, user_id=user_id, what="token.stopped", who=who, now=now)


def enable_user(session: Session, *, user_id: int, who: str, now: datetime) -> None:
    """Let a user in again, with the password they had; their tokens work again."""
    user = _user(session, user_id)
    if user.is_disabled:
        user.is_disabled = False
        _note(session, user_id, "user.enabled", who=who, now=now)
        note_stopped(session, user_id=user_id, what="token.resumed", who=who, now=now)


def log_out_user(session: Session, *, user_id: int, who: str, now: datetime) -> None:
    """End every session of a user; they may log in again."""
    _user(session, user_id)
    close_all(session, user_id=user_id, now=now)
    _note(session, user_id, "user.logged_out", who=who, now=now)


def change_password(
    session: Session, *, user_id: int, password: str, keep: int, now: datetime
) -> None:
    """Keep a new password of somebody who proved the one before; their other sessions end.

    :raises Invalid: the password cannot be.
    """
    user = _user(session, user_id)
    check_new(password, about=f"{user.email} {user.name}")
    user.password_hash = hash_password(password)
    close_others(session, user_id=user_id, keep=keep, now=now)
    forget_links(session, user_id=user_id)
    _note(session, user_id, "user.password", who=f"user:{user_id}", now=now)


def _user(session: Session, user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None:
        raise Missing("There is no such person.")
    return user


def _keep_an_owner(session: Session, *, but: User) -> None:
    """Refuse to lose the last owner. The owners are locked: two who demote each other take turns.

    Whoever was invited and has not come yet counts for nothing, and so does who may not come.
    """
    if but.role != Role.OWNER:
        return
    owners = session.scalars(
        select(User)
        .where(User.role == Role.OWNER, ~User.is_disabled, User.password_hash != "")
        .order_by(User.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if not any(owner.id != but.id for owner in owners):
        raise LastOwner(
            "This is the last owner who can log in: make somebody else an owner first."
        )


def _note(
    session: Session,
    user_id: int,
    what: str,
    *,
    who: str,
    now: datetime,
    was: str = "",
    to: str = "",
) -> None:
    record(
        session, at=now, who=who, subject="user", subject_id=user_id, what=what,
        from_state=was, to_state=to,
    )  # fmt: skip
