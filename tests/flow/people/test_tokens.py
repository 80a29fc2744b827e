"""Tokens: shown once, kept as a hash, good until they are revoked."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.people.roles import Role
from hub.flow.people.people import change_role, disable_user, enable_user
from hub.flow.people.tokens import (
    PREFIX,
    USED_EVERY,
    find_token,
    held_roles,
    is_use_worth_noting,
    make_token,
    note_use,
    revoke_token,
)
from hub.flow.refusal import Invalid, Missing
from hub.models.records.history import History
from hub.models.records.people import ApiToken, User
from tests.factories import NOW


def test_a_token_is_long_random_and_stored_only_as_its_hash(session: Session) -> None:
    made = {make_token(session, name="ci", role="owner", now=NOW) for _ in range(3)}

    stored = {token.secret_hash for token in session.scalars(select(ApiToken))}
    assert len(made) == len(stored) == 3
    assert all(token.startswith(PREFIX) and len(token) >= 43 for token in made)
    assert not any(token in secret for token in made for secret in stored)


def test_a_token_is_found_with_its_role(session: Session) -> None:
    token = make_token(session, name="ci", role=Role.MAKER, now=NOW)

    found = find_token(session, token=token, now=NOW)

    assert found is not None
    assert (found.name, found.role) == ("ci", "maker")


@pytest.mark.parametrize("wrong", ["", "hor_", "hor_x", "\0", "é", "x" * 10_000])
def test_what_is_no_token_is_not_found(session: Session, wrong: str) -> None:
    make_token(session, name="ci", role="owner", now=NOW)

    assert find_token(session, token=wrong, now=NOW) is None


def test_a_token_without_its_last_letter_is_not_found(session: Session) -> None:
    token = make_token(session, name="ci", role="owner", now=NOW)

    assert find_token(session, token=token[:-1], now=NOW) is None


def test_a_revoked_token_is_not_found_and_cannot_be_revoked_again(session: Session) -> None:
    token = make_token(session, name="ci", role="owner", now=NOW)
    known = find_token(session, token=token, now=NOW)
    assert known is not None

    revoke_token(session, token_id=known.id, now=NOW)

    assert find_token(session, token=token, now=NOW) is None
    with pytest.raises(Missing):
        revoke_token(session, token_id=known.id, now=NOW)


@pytest.mark.parametrize("role", ["", "admin", "OWNER"])
def test_a_role_nobody_has_is_refused(session: Session, role: str) -> None:
    with pytest.raises(Invalid):
        make_token(session, name="ci", role=role, now=NOW)


def test_a_name_has_an_end(session: Session) -> None:
    with pytest.raises(Invalid):
        make_token(session, name="x" * 101, role="owner", now=NOW)


def test_a_use_is_noted_at_most_once_an_hour(session: Session) -> None:
    make_token(session, name="ci", role="owner", now=NOW)
    token = session.scalars(select(ApiToken)).one()
    soon, late = NOW + USED_EVERY - timedelta(seconds=1), NOW + USED_EVERY

    note_use(session, token_id=token.id, now=NOW)
    note_use(session, token_id=token.id, now=soon)
    session.refresh(token)

    assert token.last_used_at == NOW
    assert not is_use_worth_noting(token, now=soon)
    assert is_use_worth_noting(token, now=late)


# Tokens of somebody who may not log in any more ---------------------------------------------


def _maker(session: Session) -> int:
    """An owner who made a token, beside another owner."""
    for name in ("alba", "bruno"):
        session.add(
            User(
                email=f"{name}@cerasal.example", name=name, password_hash="kept",
                role=Role.OWNER, locale="en", created_at=NOW,
            )
        )  # fmt: skip
    session.flush()
    return session.scalars(select(User.id).filter_by(name="bruno")).one()


def test_tokens_of_somebody_disabled_stop_and_work_again_with_them(
    session: Session,
) -> None:
    bruno = _maker(session)
    theirs = make_token(session, name="bot", role="owner", now=NOW, who=f"user:{bruno}")
    other = make_token(session, name="ci", role="owner", now=NOW, who="system")

    disable_user(session, user_id=bruno, who="user:1", now=NOW)
    stopped = find_token(session, token=theirs, now=NOW)
    untouched = find_token(session, token=other, now=NOW)
    enable_user(session, user_id=bruno, who="user:1", now=NOW)

    assert stopped is None
    assert untouched is not None
    assert find_token(session, token=theirs, now=NOW) is not None


def test_the_history_tells_of_each_token_that_stopped_and_of_no_dead_one(
    session: Session,
) -> None:
    bruno = _maker(session)
    who = f"user:{bruno}"
    make_token(session, name="bot", role="owner", now=NOW, who=who)
    make_token(session, name="gone", role="owner", now=NOW, who=who)
    make_token(
        session, name="over", role="owner", now=NOW, who=who,
        expires_at=NOW + timedelta(days=1),
    )  # fmt: skip
    ids = {each.name: each.id for each in session.scalars(select(ApiToken))}
    revoke_token(session, token_id=ids["gone"], now=NOW)

    later = NOW + timedelta(days=2)
    disable_user(session, user_id=bruno, who="user:1", now=later)
    enable_user(session, user_id=bruno, who="user:1", now=later)

    rows = session.scalars(
        select(History).where(History.subject == "token", History.at == later)
    )
    assert [(row.what, row.subject_id, row.who) for row in rows] == [
        ("token.stopped", ids["bot"], "user:1"),
        ("token.resumed", ids["bot"], "user:1"),
    ]


# Tokens of somebody whose role was lowered ---------------------------------------------------


@pytest.mark.parametrize(
    "role, now_is, held",
    [
        (Role.OWNER, Role.MAKER, Role.MAKER),
        (Role.MAKER, Role.PLANNER, Role.MAKER),
        (Role.PACKER, Role.MAKER, Role.VIEWER),
        (Role.OWNER, Role.OWNER, Role.OWNER),
    ],
)
def test_a_token_may_never_do_more_than_whoever_made_it_may_now(
    session: Session, role: Role, now_is: Role, held: Role
) -> None:
    bruno = _maker(session)
    secret = make_token(session, name="bot", role=role, now=NOW, who=f"user:{bruno}")
    token = find_token(session, token=secret, now=NOW)
    assert token is not None

    change_role(session, user_id=bruno, role=now_is, who="user:1", now=NOW)

    assert held_roles(session, tokens=[token]) == {token.id: held}


def test_a_token_comes_back_to_its_own_role_with_whoever_made_it(session: Session) -> None:
    bruno = _maker(session)
    secret = make_token(session, name="bot", role=Role.OWNER, now=NOW, who=f"user:{bruno}")
    token = find_token(session, token=secret, now=NOW)
    assert token is not None

    change_role(session, user_id=bruno, role=Role.VIEWER, who="user:1", now=NOW)
    change_role(session, user_id=bruno, role=Role.OWNER, who="user:1", now=NOW)

    assert held_roles(session, tokens=[token]) == {token.id: Role.OWNER}


@pytest.mark.parametrize("who", ["system", "console"])
def test_a_token_that_nobody_in_particular_made_keeps_its_role(
    session: Session, who: str
) -> None:
    _maker(session)
    secret = make_token(session, name="ci", role=Role.PLANNER, now=NOW, who=who)
    token = find_token(session, token=secret, now=NOW)
    assert token is not None

    assert held_roles(session, tokens=[token]) == {token.id: Role.PLANNER}


def test_the_history_tells_of_each_token_that_may_do_less_or_more_than_before(
    session: Session,
) -> None:
    bruno = _maker(session)
    for name, role in (("bot", Role.OWNER), ("scale", Role.VIEWER)):
        make_token(session, name=name, role=role, now=NOW, who=f"user:{bruno}")

    change_role(session, user_id=bruno, role=Role.MAKER, who="user:1", now=NOW)

    rows = session.scalars(select(History).filter_by(what="token.role"))
    assert [(row.subject_id, row.from_state, row.to_state) for row in rows] == [
        (1, "owner", "maker")
    ]
