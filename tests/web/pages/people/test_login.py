"""The ways in and out, as somebody at a browser sees them."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from hub.domain.people.roles import Role
from hub.flow.people.entrance import make_login_link
from hub.flow.people.people import change_role, disable_user
from hub.flow.people.sessions import IDLE, LONGEST
from hub.models.records.people import OneTimeLink, User, UserSession
from hub.ports import Ports
from tests.factories import NOW
from tests.web.pages.visitor import COOKIE, PASSWORD, Visitor, email_of, visit
from tests.web.ports import StandingClock

OWNER = email_of(Role.OWNER)


def log_in(visitor: Visitor, *, password: str = PASSWORD, to: str = "") -> int:
    """Send the log-in form and return the status of the answer."""
    form = {"email": OWNER, "password": password, "next": to}
    return visitor.press("/login", page="/login", **form).status_code


def secret_of(visitor: Visitor) -> str:
    """Return the session's secret in a browser."""
    cookie = visitor.client.get_cookie(COOKIE)
    return cookie.value if cookie else ""


def test_the_right_password_opens_the_page_that_was_asked_for(
    owner: Visitor, stranger: Visitor
) -> None:
    asked = stranger.open("/production")

    assert asked.location == "/login?next=/production"
    response = stranger.press(
        "/login", page=asked.location, email=OWNER, password=PASSWORD, next="/production"
    )

    assert response.location == "/production"
    assert stranger.open("/production").status_code == 200


@pytest.mark.parametrize(
    "to",
    [
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "https://evil.example/orders",
        "/%2f%2fevil.example",
        "javascript:alert(1)",
        "/nothing",
        "/logout",
        "/api/v1/orders",
        "",
    ],
)
def test_log_in_leads_to_no_place_but_our_own_pages(
    owner: Visitor, stranger: Visitor, to: str
) -> None:
    response = stranger.press(
        "/login", page="/login", email=OWNER, password=PASSWORD, next=to
    )

    assert response.location == "/"


def test_a_wrong_password_says_the_same_as_an_unknown_user(
    owner: Visitor, stranger: Visitor
) -> None:
    wrong = stranger.press("/login", page="/login", email=OWNER, password="wrong" * 3)
    unknown = stranger.press(
        "/login", page="/login", email="nobody@cerysal.example", password="wrong" * 3
    )

    assert wrong.status_code == unknown.status_code == 422
    assert "User or password is wrong." in wrong.text
    assert "User or password is wrong." in unknown.text
    assert "wrongwrong" not in wrong.text


def test_whoever_tries_too_often_must_wait_and_the_right_password_does_not_help(
    owner: Visitor, stranger: Visitor, clock: StandingClock
) -> None:
    tries = [log_in(stranger, password="not this one") for _ in range(5)]

    response = stranger.press("/login", page="/login", email=OWNER, password=PASSWORD)

    assert tries == [422] * 5
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 15 * 60
    clock.time = NOW + timedelta(minutes=15, seconds=1)
    assert log_in(stranger) == 303


def test_getting_in_ends_the_count_of_tries(owner: Visitor, stranger: Visitor) -> None:
    for _ in range(3):
        for _ in range(3):
            assert log_in(stranger, password="not this one") == 422
        assert log_in(stranger) == 303
        stranger.press("/logout")


def test_log_in_makes_a_new_secret_whatever_the_browser_brought(
    owner: Visitor, stranger: Visitor, other: Visitor
) -> None:
    stranger.client.set_cookie(COOKIE, "a-secret-an-attacker-knows")

    log_in(stranger)

    assert secret_of(stranger) != "a-secret-an-attacker-knows"
    other.client.set_cookie(COOKIE, "a-secret-an-attacker-knows")
    assert other.open("/").status_code == 303


def test_logging_in_again_ends_the_session_before(owner: Visitor, other: Visitor) -> None:
    before = secret_of(owner)

    owner.press("/login", page="/", email=OWNER, password=PASSWORD)

    other.client.set_cookie(COOKIE, before)
    assert secret_of(owner) != before
    assert other.open("/").status_code == 303
    assert owner.open("/").status_code == 200


def test_after_log_out_the_old_secret_opens_nothing(owner: Visitor, other: Visitor) -> None:
    before = secret_of(owner)

    assert owner.press("/logout").status_code == 303

    assert secret_of(owner) == ""
    other.client.set_cookie(COOKIE, before)
    assert other.open("/").status_code == 303


def test_somebody_disabled_or_given_another_role_is_out_at_once(
    app: Flask, ports: Ports
) -> None:
    maker = visit(app, ports, role=Role.MAKER)
    packer = visit(app, ports, role=Role.PACKER)

    with ports.database.begin() as session:
        ids = {user.role: user.id for user in session.scalars(select(User))}
        disable_user(session, user_id=ids["maker"], who="user:1", now=NOW)
        change_role(session, user_id=ids["packer"], role=Role.VIEWER, who="user:1", now=NOW)

    assert maker.open("/").status_code == 303
    assert packer.open("/").status_code == 303


@pytest.mark.parametrize("away", [IDLE, LONGEST])
def test_a_session_ends_by_itself(
    owner: Visitor, clock: StandingClock, away: timedelta
) -> None:
    clock.time = NOW + away

    assert owner.open("/").status_code == 303


def test_using_the_pages_keeps_a_session_alive_but_refreshing_itself_does_not(
    owner: Visitor, clock: StandingClock
) -> None:
    clock.time = NOW + timedelta(hours=11)
    owner.open("/orders", **{"HX-Request": "true"})
    clock.time = NOW + timedelta(hours=13)
    assert owner.open("/").status_code == 303

    clock.time = NOW + timedelta(hours=11)
    owner.see("/orders")
    clock.time = NOW + timedelta(hours=22)
    owner.see("/orders")


def test_a_page_that_refreshes_itself_is_told_to_go_to_log_in(stranger: Visitor) -> None:
    response = stranger.open("/orders", **{"HX-Request": "true"})

    assert response.status_code == 401
    assert response.headers["HX-Redirect"].startswith("/login")


def test_the_cookie_is_for_the_server_alone(owner: Visitor, stranger: Visitor) -> None:
    response = stranger.press("/login", page="/login", email=OWNER, password=PASSWORD)

    [cookie] = [
        each
        for each in response.headers.getlist("Set-Cookie")
        if each.startswith(f"{COOKIE}=")
    ]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert len(secret_of(stranger)) >= 43


# The one-time links -----------------------------------------------------------------------


def test_a_log_in_link_works_once_and_looking_at_it_uses_nothing_up(
    ports: Ports, owner: Visitor, stranger: Visitor, other: Visitor
) -> None:
    with ports.database.begin() as session:
        user_id = session.scalars(select(User.id)).one()
        link = f"/enter/{make_login_link(session, user_id=user_id, now=NOW)}"

    for _ in range(3):
        assert stranger.open(link).status_code == 200
    with ports.database.reading() as session:
        assert session.scalars(select(OneTimeLink.used_at)).all() == [None]
    assert stranger.press(link, page=link).location == "/"

    assert stranger.open("/").status_code == 200
    again = other.press(link, page=link)
    assert again.status_code == 409
    assert "This link was used already" in again.text


def test_a_person_chooses_the_language_of_the_pages(ports: Ports, owner: Visitor) -> None:
    response = owner.press("/language", locale="es", next="/orders")

    assert response.location == "/orders"
    assert "Pedidos" in owner.see("/orders")
    assert 'lang="es"' in owner.see("/")
    owner.press("/language", locale="<xx>", next="/")
    with ports.database.reading() as session:
        assert session.scalars(select(User.locale)).all() == ["es"]


def test_no_secret_is_stored_as_it_is(ports: Ports, owner: Visitor) -> None:
    secret = secret_of(owner)

    with ports.database.reading() as session:
        kept = session.scalars(select(UserSession.secret_hash)).all()

    assert secret not in kept
    assert all(len(each) == 64 for each in kept)
