"""Keys for programs: a random secret that is shown once and kept only as its hash."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from secrets import token_urlsafe

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from hub.domain.people.roles import Role, in_common
from hub.domain.people.scopes import unknown_scopes
from hub.flow.refusal import Invalid, Missing
from hub.models.people.people_views import made_by_disabled, roles_of, tokens_of
from hub.models.records.history import record
from hub.models.records.people import ApiToken

PREFIX = "hor_"
"""What a token starts with, so that scanners and our own log know one when they see it."""
SECRET_BYTES = 32
LONGEST_NAME = 100
LONGEST_LIFE = timedelta(days=3_660)
USED_EVERY = timedelta(hours=1)
"""A token's last use is written this often at most: reading would else be writing."""


def make_token(
    session: Session,
    *,
    name: str,
    role: str,
    now: datetime,
    scopes: Sequence[str] = (),
    expires_at: datetime | None = None,
    who: str = "system",
) -> str:
    """Make a token and return it. This function will keep only its hash: it is shown once.

    Without scopes it may do all that its role may. The secret is 256 random bits, so a plain hash
    is enough to keep it.

    :raises Invalid: there is no such role or scope, the name is too long, or it would end before
        it begins or never.
    """
    if role not in {each.value for each in Role}:
        raise Invalid(f"Choose one of {', '.join(Role)}.", field="role")
    if len(name) > LONGEST_NAME:
        raise Invalid(f"Write at most {LONGEST_NAME} characters.", field="name")
    if wrong := unknown_scopes(scopes):
        raise Invalid(f"There is no scope {wrong[0]}.", field="scopes")
    if expires_at is not None and not now < expires_at <= now + LONGEST_LIFE:
        raise Invalid("Let it end after today, and within ten years.", field="expires")
    token = PREFIX + token_urlsafe(SECRET_BYTES)
    made = ApiToken(
        name=name,
        role=role,
        secret_hash=token_hash(token),
        scopes=sorted(set(scopes)),
        who=who,
        created_at=now,
        expires_at=expires_at,
    )
    session.add(made)
    session.flush()
    record(
        session, at=now, who=who, subject="token", subject_id=made.id, what="token.made",
        to_state=role, why=" ".join(sorted(set(scopes))),
    )  # fmt: skip
    return token


def find_token(session: Session, *, token: str, now: datetime) -> ApiToken | None:
    """Return the token's row. This function will answer None if it is unknown or has ended.

    One whose maker may not log in any more opens nothing, for as long as that is so.
    """
    wanted = token_hash(token)
    query = select(ApiToken).where(ApiToken.secret_hash == wanted, *_is_good(now))
    found = session.scalar(query.where(~made_by_disabled()))
    if found is None or not compare_digest(found.secret_hash, wanted):
        return None
    return found


def held_roles(session: Session, *, tokens: Iterable[ApiToken]) -> dict[int, Role]:
    """Return what each of some tokens may act as now, by their ids.

    None may do more than whoever made it may do at this moment. One made from the command line
    keeps its role.
    """
    asked = list(tokens)
    makers = roles_of(session, whos=[token.who for token in asked])
    return {
        token.id: in_common(Role(token.role), Role(makers.get(token.who, token.role)))
        for token in asked
    }


def is_use_worth_noting(token: ApiToken, *, now: datetime) -> bool:
    """Say whether the last use we know of is long enough ago to be written anew."""
    return token.last_used_at is None or token.last_used_at <= now - USED_EVERY


def note_use(session: Session, *, token_id: int, now: datetime) -> None:
    """Write down that a token was used, unless that was written a moment ago."""
    session.execute(
        update(ApiToken)
        .where(ApiToken.id == token_id)
        .where(
            or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at <= now - USED_EVERY)
        )
        .values(last_used_at=now)
    )


def revoke_token(
    session: Session, *, token_id: int, now: datetime, who: str = "system"
) -> None:
    """Make a token useless from now on.

    :raises Missing: there is none, or it was revoked before.
    """
    revoked = (
        update(ApiToken)
        .where(ApiToken.id == token_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(ApiToken.id)
    )
    if session.execute(revoked).scalar_one_or_none() is None:
        raise Missing("There is no such token.")
    record(
        session, at=now, who=who, subject="token", subject_id=token_id, what="token.revoked"
    )


def note_stopped(
    session: Session, *, user_id: int, what: str, who: str, now: datetime
) -> None:
    """Tell of each good token of somebody that it stops (token.stopped) or works again.

    They stop by themselves with whoever made them (`made_by_disabled`).
    """
    theirs = select(ApiToken.id).where(ApiToken.who == f"user:{user_id}", *_is_good(now))
    for token_id in session.scalars(theirs.order_by(ApiToken.id)).all():
        record(session, at=now, who=who, subject="token", subject_id=token_id, what=what)


def note_roles(
    session: Session, *, was: Mapping[int, Role], user_id: int, who: str, now: datetime
) -> None:
    """Tell of each good token of somebody that may do less, or more, than it could before."""
    theirs = tokens_of(session, user_id=user_id, now=now)
    for token_id, role in held_roles(session, tokens=theirs).items():
        if role != was[token_id]:
            record(
                session, at=now, who=who, subject="token", subject_id=token_id,
                what="token.role", from_state=was[token_id], to_state=role,
            )  # fmt: skip


def _is_good(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Say what is true of a token that neither was revoked nor has ended."""
    is_young = ApiToken.expires_at.is_(None) | (ApiToken.expires_at > now)
    return ApiToken.revoked_at.is_(None), is_young


def token_hash(token: str) -> str:
    """Hash a token the way it is stored."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()
