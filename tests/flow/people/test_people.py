"""People: invited, changed, shut out, and never without an owner."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.people.roles import Role
from hub.flow.people.entrance import WrongLogin, add_user, check_password
from hub.flow.people.invitations import (
    LINK_LASTS,
    find_joining,
    invite,
    join,
    make_join_link,
)
from hub.flow.people.links import LinkUsedUp
from hub.flow.people.people import (
    LastOwner,
    change_password,
    change_person,
    change_role,
    disable_user,
    enable_user,
    log_out_user,
)
from hub.flow.people.sessions import end_one, find_session, open_session
from hub.flow.people.tries import TRIES, failures_since, note_failure
from hub.flow.refusal import Invalid, Missing, Refusal
from hub.models.people.people_views import everybody, sessions_of
from hub.models.records.history import History
from hub.models.records.people import User
from tests.factories import NOW

PASSWORD = "seven candles in a row"
OTHER = "a whole shelf of jars"


def add(session: Session, name: str, *, role: Role = Role.OWNER) -> int:
    """Add somebody of a role."""
    return add_user(
        session, email=f"{name}@cerysal.example", name=name, password=PASSWORD, role=role,
        who="setup", now=NOW,
    )  # fmt: skip


def invited(session: Session, *, role: Role = Role.MAKER) -> tuple[int, str]:
    """Invite Leo."""
    return invite(
        session, email="leo@cerysal.example", name="Leo", role=role, locale="es",
        who="user:1", now=NOW,
    )  # fmt: skip


@pytest.mark.parametrize("guess", ["", "nobody has this password", PASSWORD])
def test_nobody_logs_in_as_somebody_who_has_not_chosen_a_password(
    session: Session, guess: str
) -> None:
    invited(session)

    with pytest.raises(WrongLogin):
        check_password(session, email="leo@cerysal.example", password=guess)


def test_an_invitation_is_used_once_and_looking_at_it_uses_nothing_up(
    session: Session,
) -> None:
    user_id, secret = invited(session)
    for _ in range(2):
        joining = find_joining(session, secret=secret, now=NOW)
        assert joining is not None
        assert (joining.email, joining.is_new) == ("leo@cerysal.example", True)

    entered = join(session, secret=secret, name="Leo B", password=PASSWORD, now=NOW)

    found = find_session(session, secret=entered.secret, now=NOW)
    assert found is not None
    assert (found.user_id, found.name, found.role) == (user_id, "Leo B", Role.MAKER)
    assert find_joining(session, secret=secret, now=NOW) is None
    with pytest.raises(LinkUsedUp):
        join(session, secret=secret, name="", password=OTHER, now=NOW)


def test_an_invitation_ends_after_a_week_or_when_another_is_made(session: Session) -> None:
    user_id, first = invited(session)
    second = make_join_link(session, user_id=user_id, who="user:1", now=NOW)

    assert find_joining(session, secret=first, now=NOW) is None
    assert find_joining(session, secret=second, now=NOW) is not None
    assert find_joining(session, secret=second, now=NOW + LINK_LASTS) is None


def test_an_easy_password_leaves_the_link_as_it_was_for_another_try(
    session: Session,
) -> None:
    _, secret = invited(session)
    session.flush()

    with pytest.raises(Invalid), session.begin_nested():
        join(session, secret=secret, name="", password="leo12345678910", now=NOW)

    assert find_joining(session, secret=secret, now=NOW) is not None


def test_a_new_password_by_link_logs_out_everywhere(session: Session) -> None:
    user_id = add(session, "maria")
    before = open_session(session, user_id=user_id, now=NOW)
    secret = make_join_link(session, user_id=user_id, who="console", now=NOW)

    join(session, secret=secret, name="", password=OTHER, now=NOW)

    assert find_session(session, secret=before, now=NOW) is None
    assert (
        check_password(session, email="maria@cerysal.example", password=OTHER).id == user_id
    )


def test_whoever_is_shut_out_comes_in_by_no_link(session: Session) -> None:
    add(session, "maria")
    user_id, secret = invited(session)

    disable_user(session, user_id=user_id, who="user:1", now=NOW)

    assert find_joining(session, secret=secret, now=NOW) is None
    with pytest.raises(LinkUsedUp):
        join(session, secret=secret, name="", password=PASSWORD, now=NOW)
    with pytest.raises(Refusal):
        make_join_link(session, user_id=user_id, who="user:1", now=NOW)


def test_the_last_owner_who_can_log_in_stays_one(session: Session) -> None:
    maria, ana = add(session, "maria"), add(session, "ana")
    invited(session, role=Role.OWNER)
    disable_user(session, user_id=ana, who="user:1", now=NOW)

    with pytest.raises(LastOwner):
        disable_user(session, user_id=maria, who="user:1", now=NOW)
    with pytest.raises(LastOwner):
        change_role(session, user_id=maria, role=Role.MAKER, who="user:1", now=NOW)

    enable_user(session, user_id=ana, who="user:1", now=NOW)
    change_role(session, user_id=maria, role=Role.MAKER, who="user:2", now=NOW)
    with pytest.raises(LastOwner):
        disable_user(session, user_id=ana, who="user:2", now=NOW)


def test_what_changes_of_somebody_is_told_in_the_history_and_what_stays_is_not(
    session: Session,
) -> None:
    add(session, "ana")
    maria = add(session, "maria")

    for _ in range(2):
        change_person(
            session, user_id=maria, name="Maria R", role=Role.PACKER, gets_alerts=False,
            who="user:1", now=NOW,
        )  # fmt: skip

    told = select(History.what).where(History.subject_id == maria).order_by(History.id)
    assert session.scalars(told).all() == [
        "user.added",
        "user.renamed",
        "user.alerts",
        "user.role",
    ]


def test_a_new_password_ends_all_sessions_but_this(session: Session) -> None:
    maria = add(session, "maria")
    this, other = (open_session(session, user_id=maria, now=NOW) for _ in range(2))
    here = find_session(session, secret=this, now=NOW)
    assert here is not None

    change_password(session, user_id=maria, password=OTHER, keep=here.session_id, now=NOW)

    assert find_session(session, secret=this, now=NOW) is not None
    assert find_session(session, secret=other, now=NOW) is None
    with pytest.raises(WrongLogin):
        check_password(session, email="maria@cerysal.example", password=PASSWORD)


def test_sessions_are_ended_one_by_one_by_their_own_user_or_all_by_an_owner(
    session: Session,
) -> None:
    maria, ana = add(session, "maria"), add(session, "ana")
    secret = open_session(session, user_id=maria, now=NOW, device="Firefox, Linux")
    [held] = sessions_of(session, user_id=maria, seen_since=NOW - timedelta(1), now=NOW)

    with pytest.raises(Missing):
        end_one(session, user_id=ana, session_id=held.id, now=NOW)
    assert find_session(session, secret=secret, now=NOW) is not None
    log_out_user(session, user_id=maria, who="user:2", now=NOW)

    assert held.device == "Firefox, Linux"
    assert find_session(session, secret=secret, now=NOW) is None
    with pytest.raises(Missing):
        end_one(session, user_id=maria, session_id=held.id, now=NOW)


def test_people_are_listed_with_how_they_stand(session: Session) -> None:
    maria = add(session, "maria")
    ana = add(session, "ana")
    disable_user(session, user_id=ana, who="user:1", now=NOW)
    open_session(session, user_id=maria, now=NOW)
    invited(session)

    assert [(each.user.name, each.state, each.seen_at) for each in everybody(session)] == [
        ("Leo", "invited", None),
        ("maria", "active", NOW),
        ("ana", "disabled", None),
    ]


def test_tries_are_counted_by_account_and_the_history_is_not_filled_by_them(
    session: Session,
) -> None:
    maria = add(session, "maria")

    for address in ("192.0.2.1", "192.0.2.2"):
        for _ in range(TRIES):
            note_failure(session, email="Maria@cerysal.example", address=address, now=NOW)
    note_failure(session, email="eve@x.example", address="192.0.2.1", now=NOW)

    assert failures_since(session, since=NOW) == {maria: 2 * TRIES, None: 1}
    tried = session.scalars(select(History).where(History.what == "user.tried")).all()
    assert [(each.subject_id, each.who, each.to_state) for each in tried] == [
        (maria, "somebody", str(TRIES))
    ]


def test_an_invited_person_is_no_user_of_an_address_that_is_taken(session: Session) -> None:
    add(session, "leo")

    with pytest.raises(Invalid):
        invited(session)
    assert len(session.scalars(select(User)).all()) == 1
