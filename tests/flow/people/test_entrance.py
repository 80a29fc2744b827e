"""Who gets in: the first owner once, users by password, and nobody by trying."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.people.roles import Role
from hub.flow.people.entrance import (
    SetupClosed,
    WrongLogin,
    add_user,
    log_in,
    log_in_by_link,
    make_login_link,
    make_setup_link,
    set_up,
)
from hub.flow.people.links import LinkUsedUp
from hub.flow.people.people import change_role, disable_user
from hub.flow.people.sessions import close_session, find_session, note_seen, open_session
from hub.flow.people.tries import TooManyTries, check_tries, note_failure
from hub.flow.refusal import Invalid
from hub.models.records.people import User, UserSession
from tests.factories import NOW

PASSWORD = "seven candles in a row"
MARIA = "maria@cerysal.example"


def add_maria(session: Session, *, role: Role = Role.PLANNER) -> int:
    return add_user(
        session,
        email=MARIA,
        name="Maria",
        password=PASSWORD,
        role=role,
        who="user:1",
        now=NOW,
    )


def test_the_first_person_with_the_link_becomes_the_owner(session: Session) -> None:
    link = make_setup_link(session, now=NOW)

    secret = set_up(
        session,
        secret=link,
        email=" Maria@CerySal.example",
        name="Maria",
        password=PASSWORD,
        now=NOW,
    )

    found = find_session(session, secret=secret, now=NOW)
    assert found is not None
    assert (found.email, found.role) == (MARIA, Role.OWNER)


def test_nobody_sets_a_workshop_up_twice(session: Session) -> None:
    link = make_setup_link(session, now=NOW)
    set_up(session, secret=link, email=MARIA, name="Maria", password=PASSWORD, now=NOW)

    with pytest.raises(SetupClosed):
        make_setup_link(session, now=NOW)
    with pytest.raises(SetupClosed):
        set_up(
            session, secret=link, email="eve@x.example", name="", password=PASSWORD, now=NOW
        )


@pytest.mark.parametrize("secret", ["", "guessed", "é"])
def test_without_the_link_there_is_no_set_up(session: Session, secret: str) -> None:
    make_setup_link(session, now=NOW)

    with pytest.raises(LinkUsedUp):
        set_up(session, secret=secret, email=MARIA, name="", password=PASSWORD, now=NOW)


def test_a_link_is_too_old_after_an_hour(session: Session) -> None:
    link = make_setup_link(session, now=NOW)

    with pytest.raises(LinkUsedUp):
        set_up(
            session, secret=link, email=MARIA, name="", password=PASSWORD,
            now=NOW + timedelta(hours=1),
        )  # fmt: skip


def test_a_log_in_link_opens_the_door_once(session: Session) -> None:
    link = make_login_link(session, user_id=add_maria(session), now=NOW)

    secret = log_in_by_link(session, secret=link, now=NOW).secret

    assert find_session(session, secret=secret, now=NOW) is not None
    with pytest.raises(LinkUsedUp):
        log_in_by_link(session, secret=link, now=NOW)


def test_the_right_password_opens_and_only_hashes_are_kept(session: Session) -> None:
    add_maria(session)

    secret = log_in(session, email=MARIA.upper(), password=PASSWORD, now=NOW).secret

    kept = session.scalars(select(User)).one().password_hash
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert session.scalars(select(UserSession)).one().secret_hash != secret


@pytest.mark.parametrize(
    "email, password",
    [(MARIA, "seven candles in a rov"), ("nobody@x.example", PASSWORD)],
)
def test_a_wrong_log_in_never_says_what_was_wrong(
    session: Session, email: str, password: str
) -> None:
    add_maria(session)

    with pytest.raises(WrongLogin, match="User or password is wrong"):
        log_in(session, email=email, password=password, now=NOW)


def test_the_sixth_try_in_a_quarter_of_an_hour_must_wait(session: Session) -> None:
    for minute in range(5):
        check_tries(session, email=MARIA, address="10.0.0.9", now=NOW)
        note_failure(
            session, email=MARIA, address="10.0.0.9", now=NOW + timedelta(minutes=minute)
        )

    with pytest.raises(TooManyTries) as stopped:
        check_tries(
            session, email=MARIA, address="10.0.0.9", now=NOW + timedelta(minutes=5)
        )

    assert stopped.value.wait == timedelta(minutes=10)
    check_tries(session, email=MARIA, address="10.0.0.10", now=NOW + timedelta(minutes=5))
    check_tries(session, email=MARIA, address="10.0.0.9", now=NOW + timedelta(minutes=16))


def test_each_log_in_has_its_own_secret(session: Session) -> None:
    user_id = add_maria(session)

    first = open_session(session, user_id=user_id, now=NOW)
    second = open_session(session, user_id=user_id, now=NOW)

    assert first != second


def test_a_session_ends_when_idle_and_at_last(session: Session) -> None:
    secret = open_session(session, user_id=add_maria(session), now=NOW)
    evening = NOW + timedelta(hours=11)

    found = find_session(session, secret=secret, now=evening)

    assert found is not None
    assert found.is_seen_late
    assert find_session(session, secret=secret, now=NOW + timedelta(hours=12)) is None
    for day in range(1, 14):
        note_seen(session, session_id=found.session_id, now=NOW + timedelta(hours=12 * day))
    last = NOW + timedelta(days=6, hours=23)
    assert find_session(session, secret=secret, now=last) is not None
    assert find_session(session, secret=secret, now=NOW + timedelta(days=7)) is None


def test_logging_out_ends_the_session(session: Session) -> None:
    secret = open_session(session, user_id=add_maria(session), now=NOW)
    found = find_session(session, secret=secret, now=NOW)
    assert found is not None

    close_session(session, session_id=found.session_id, now=NOW)

    assert find_session(session, secret=secret, now=NOW) is None


def test_a_disabled_user_is_out_at_once(session: Session) -> None:
    user_id = add_maria(session)
    secret = open_session(session, user_id=user_id, now=NOW)

    disable_user(session, user_id=user_id, who="user:1", now=NOW)

    assert find_session(session, secret=secret, now=NOW) is None
    with pytest.raises(WrongLogin):
        log_in(session, email=MARIA, password=PASSWORD, now=NOW)


def test_another_role_means_logging_in_again(session: Session) -> None:
    user_id = add_maria(session)
    secret = open_session(session, user_id=user_id, now=NOW)

    change_role(session, user_id=user_id, role=Role.VIEWER, who="user:1", now=NOW)

    assert find_session(session, secret=secret, now=NOW) is None


@pytest.mark.parametrize(
    "password",
    ["short", "x" * 129, "hornada2026!", "123456789012", "maria1234567", "qwertyuiop123"],
)
def test_a_password_anybody_would_try_is_refused(session: Session, password: str) -> None:
    with pytest.raises(Invalid) as refused:
        add_user(
            session,
            email=MARIA,
            name="Maria",
            password=password,
            role=Role.OWNER,
            who="",
            now=NOW,
        )

    assert refused.value.field == "password"
