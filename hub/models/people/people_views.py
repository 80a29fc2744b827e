"""People as pages name them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, cast, func, literal, select
from sqlalchemy.orm import Session

from hub.models.records.people import ApiToken, User, UserSession

MOST = 200


def roles_of(session: Session, *, whos: Iterable[str]) -> dict[str, str]:
    """Return the roles that users among those who did something have now, by who they are."""
    ids = _ids_of(whos, kind="user")
    users = session.execute(select(User.id, User.role).where(User.id.in_(ids)))
    return {f"user:{user_id}": role for user_id, role in users}


def names_of(session: Session, *, whos: Collection[str]) -> dict[str, str]:
    """Return the names of the people and programs among those who did something, by who they are.

    "user:7" is a person, by their address while they have no name; "token:3" is a program.
    """
    users = select(User.id, User.name, User.email).where(
        User.id.in_(_ids_of(whos, kind="user"))
    )
    programs = select(ApiToken.id, ApiToken.name).where(
        ApiToken.id.in_(_ids_of(whos, kind="token"))
    )
    people = {f"user:{key}": name or email for key, name, email in session.execute(users)}
    return people | {f"token:{key}": name for key, name in session.execute(programs)}


def _ids_of(whos: Iterable[str], *, kind: str) -> set[int]:
    found = (who.partition(":") for who in whos)
    return {int(number) for of, _, number in found if of == kind and number.isdigit()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who may log in, as the owner sees them."""

    user: User
    seen_at: datetime | None
    """When they last opened a page; None for somebody who never did, or long ago."""

    @property
    def state(self) -> str:
        """Say how they stand: invited, disabled or active."""
        if self.user.is_disabled:
            return "disabled"
        return "active" if self.user.password_hash else "invited"


def everybody(session: Session) -> list[Person]:
    """Return all people, those who may come in first, by name."""
    last = (
        select(UserSession.user_id, func.max(UserSession.seen_at).label("seen_at"))
        .where(~UserSession.is_half)
        .group_by(UserSession.user_id)
        .subquery()
    )
    rows = session.execute(
        select(User, last.c.seen_at)
        .outerjoin(last, last.c.user_id == User.id)
        .order_by(User.is_disabled, User.name, User.email, User.id)
        .limit(MOST)
    )
    return [Person(user=user, seen_at=seen_at) for user, seen_at in rows]


def sessions_of(
    session: Session, *, user_id: int, seen_since: datetime, now: datetime
) -> list[UserSession]:
    """Return where somebody is logged in, last seen first; who was idle too long is not."""
    query = (
        select(UserSession)
        .where(UserSession.user_id == user_id, ~UserSession.is_half)
        .where(UserSession.revoked_at.is_(None), UserSession.expires_at > now)
        .where(UserSession.seen_at > seen_since)
        .order_by(UserSession.seen_at.desc(), UserSession.id.desc())
        .limit(MOST)
    )
    return list(session.scalars(query))


def tokens(session: Session) -> list[ApiToken]:
    """Return the programs' tokens: those that open something first, then by age."""
    query = (
        select(ApiToken)
        .order_by(ApiToken.revoked_at.is_not(None), ApiToken.id.desc())
        .limit(MOST)
    )
    return list(session.scalars(query))


def made_by_disabled() -> ColumnElement[bool]:
    """Say of a token whether whoever made it may not log in any more."""
    made_by = literal("user:") + cast(User.id, String)
    return select(User.id).where(User.is_disabled, ApiToken.who == made_by).exists()


def stopped_tokens(session: Session) -> set[int]:
    """Return the ids of the tokens that open nothing because of who made them."""
    return set(session.scalars(select(ApiToken.id).where(made_by_disabled())))


def tokens_of(session: Session, *, user_id: int, now: datetime) -> list[ApiToken]:
    """Return the tokens of somebody that were not revoked and have not ended, by age."""
    query = select(ApiToken).where(
        ApiToken.who == f"user:{user_id}", ApiToken.revoked_at.is_(None)
    )
    query = query.where(ApiToken.expires_at.is_(None) | (ApiToken.expires_at > now))
    return list(session.scalars(query.order_by(ApiToken.id).limit(MOST)))


def person_of(session: Session, *, user_id: int) -> Person | None:
    """Return one person; None if there is no such."""
    user = session.get(User, user_id)
    if user is None:
        return None
    seen = select(func.max(UserSession.seen_at)).where(
        UserSession.user_id == user_id, ~UserSession.is_half
    )
    return Person(user=user, seen_at=session.scalar(seen))
