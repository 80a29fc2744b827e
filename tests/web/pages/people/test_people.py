"""People, my account and tokens, as somebody at a browser sees them."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from hub.domain.people.roles import Role
from hub.flow.people.tokens import find_token, make_token
from hub.models.records.people import ApiToken, User
from hub.ports import Ports
from hub.web.people.devices import device_words
from tests.factories import NOW
from tests.web.pages.visitor import PASSWORD, Visitor, email_of, visit

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
OTHER = "a whole shelf of jars"


@pytest.mark.parametrize(
    "told, words",
    [
        (FIREFOX, "Firefox, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
            " Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
            " Chrome/140.0.0.0 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"
            " (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_a_device_is_its_browser_and_its_system(told: str, words: str) -> None:
    assert device_words(told) == words


def invitation(owner: Visitor, *, role: str = "maker") -> str:
    """Invite Leo and return the path of his link."""
    shown = owner.press(
        "/people", page="/people", email="leo@cerysal.example", name="Leo", role=role,
        locale="es",
    )  # fmt: skip
    assert shown.status_code == 200, shown.text
    found = re.search(r"/join/[\w-]+", shown.text)
    assert found is not None
    return found[0]


def test_whoever_is_invited_reads_what_their_host_reads_unless_told_otherwise(
    ports: Ports, app: Flask
) -> None:
    host = visit(app, ports, role=Role.OWNER, locale="es")

    form = host.see("/people")
    host.press("/people", email="leo@cerysal.example", name="Leo", role="maker")

    assert '<option value="es" lang="es" selected>' in form
    with ports.database.reading() as session:
        leo = session.scalars(select(User).filter_by(name="Leo")).one()
        assert leo.locale == "es"


def test_whoever_is_invited_chooses_a_password_and_reads_their_language(
    owner: Visitor, stranger: Visitor
) -> None:
    link = invitation(owner)
    assert "Invited, not here yet" in owner.see("/people")
    assert "leo@cerysal.example" in stranger.see(link)

    response = stranger.press(link, page=link, name="Leo", password=OTHER)

    assert response.location == "/"
    assert 'lang="es"' in stranger.see("/")
    assert stranger.open("/people").status_code == 403
    assert "Invited, not here yet" not in owner.see("/people")
    assert stranger.open(link).status_code == 403


def test_an_easy_password_is_refused_and_the_link_goes_on_working(
    owner: Visitor, stranger: Visitor
) -> None:
    link = invitation(owner)

    refused = stranger.press(link, page=link, name="Leo", password="hornada12345")
    taken = stranger.press(link, page=link, name="Leo", password=OTHER)

    assert refused.status_code == 422
    assert "one of the first anybody would try" in refused.text
    assert taken.location == "/"


@pytest.mark.parametrize("field, value", [("role", "emperor"), ("email", "nobody")])
def test_what_cannot_be_is_refused_beside_the_invitation(
    owner: Visitor, field: str, value: str
) -> None:
    form = {"email": "leo@cerysal.example", "name": "Leo", "role": "maker", field: value}

    response = owner.press("/people", page="/people", **form)

    assert response.status_code == 422
    assert 'id="trouble-invite"' in response.text


def test_the_last_owner_is_neither_shut_out_nor_made_something_else(owner: Visitor) -> None:
    out = owner.press("/people/1/disable", page="/people/1")
    other = owner.press("/people/1", page="/people/1", name="Ana", role="viewer")

    assert (out.status_code, other.status_code) == (409, 409)
    assert "This is the last owner who can log in" in out.text
    assert "This is the last owner who can log in" in other.text
    assert owner.open("/people").status_code == 200


def test_somebody_shut_out_is_out_at_once_and_may_be_let_in_again(
    app: Flask, ports: Ports, owner: Visitor
) -> None:
    maker = visit(app, ports, role=Role.MAKER)

    page = owner.did("/people/2/disable", page="/people/2")

    assert maker.open("/").status_code == 303
    assert "May not log in" in page
    owner.did("/people/2/enable", page="/people/2")
    form = {"email": email_of(Role.MAKER), "password": PASSWORD}
    assert maker.press("/login", page="/login", **form).location == "/"


def test_tokens_of_somebody_shut_out_stop_with_them_and_the_page_says_so_before(
    app: Flask, ports: Ports, owner: Visitor
) -> None:
    visit(app, ports, role=Role.MAKER)
    with ports.database.begin() as session:
        token = make_token(
            session, name="Label bot", role=Role.MAKER, now=NOW, who="user:2"
        )

    before = owner.see("/people/2")
    after = owner.did("/people/2/disable", page="/people/2")

    assert "1 token they made stops too: <strong>Label bot</strong>" in before
    assert "1 token they made does not work: <strong>Label bot</strong>" in after
    answer = app.test_client().get(
        "/api/v1/orders", headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 401
    listed = owner.see("/tokens")
    assert "Stopped" in listed
    assert "/tokens/1/revoke" in listed
    assert "Token stopped: who made it may not log in any more" in owner.see("/audit")


def test_tokens_of_somebody_whose_role_is_lowered_do_no_more_than_they_may(
    app: Flask, ports: Ports, owner: Visitor
) -> None:
    visit(app, ports, role=Role.PLANNER)
    with ports.database.begin() as session:
        token = make_token(
            session, name="Order bot", role=Role.PLANNER, now=NOW, who="user:2"
        )
    sent = {"Authorization": f"Bearer {token}"}
    client = app.test_client()
    before = client.get("/api/v1/customers", headers=sent)

    owner.did("/people/2", page="/people/2", name="Leo", role="maker")

    refused = client.get("/api/v1/customers", headers=sent)
    read = client.get("/api/v1/items", headers=sent)
    assert (before.status_code, refused.status_code, read.status_code) == (200, 403, 200)
    assert "Made as Planner: it may do no more than whoever made it." in owner.see(
        "/tokens"
    )
    assert "Now Maker, was Planner" in owner.see("/audit?about=token:1")


def test_an_owner_says_who_is_written_to(ports: Ports, owner: Visitor) -> None:
    owner.did("/people/1", page="/people/1", name="Ana", role="owner")
    with ports.database.reading() as session:
        assert session.scalars(select(User.gets_alerts)).all() == [False]

    owner.did("/people/1", page="/people/1", name="Ana", role="owner", gets_alerts="yes")
    with ports.database.reading() as session:
        assert session.scalars(select(User.gets_alerts)).all() == [True]


def test_an_owner_logs_somebody_out_everywhere(
    app: Flask, ports: Ports, owner: Visitor
) -> None:
    maker = visit(app, ports, role=Role.MAKER)

    owner.did("/people/2/log-out", page="/people/2")

    assert maker.open("/").status_code == 303


# My account -------------------------------------------------------------------------------


def log_in_elsewhere(app: Flask) -> Visitor:
    """Log the owner in with another browser."""
    other = Visitor(app.test_client())
    other.client.post(
        "/login",
        data={
            "csrf": other.token("/login"),
            "email": email_of(Role.OWNER),
            "password": PASSWORD,
        },
        headers={"User-Agent": FIREFOX},
    )
    return other


def test_where_i_am_logged_in_is_listed_and_ended_one_by_one(
    app: Flask, owner: Visitor
) -> None:
    other = log_in_elsewhere(app)
    page = owner.see("/me")
    assert "Firefox, Linux" in page
    assert page.count("this one") == 1

    owner.did("/me/sessions/2/end", page="/me")

    assert other.open("/").status_code == 303
    assert owner.open("/").status_code == 200


def test_nobody_ends_the_session_of_somebody_else_from_their_own_account(
    app: Flask, ports: Ports, owner: Visitor
) -> None:
    maker = visit(app, ports, role=Role.MAKER)

    assert maker.press("/me/sessions/1/end", page="/me").status_code == 404
    assert owner.open("/").status_code == 200


def test_i_end_all_my_other_sessions(app: Flask, owner: Visitor) -> None:
    others = [log_in_elsewhere(app) for _ in range(2)]

    owner.did("/me/sessions/end-others", page="/me")

    assert [other.open("/").status_code for other in others] == [303, 303]
    assert owner.open("/").status_code == 200


def test_a_new_password_takes_the_present_one_and_ends_the_other_sessions(
    app: Flask, owner: Visitor
) -> None:
    other = log_in_elsewhere(app)

    wrong = owner.press("/me/password", page="/me", password="not my password", new=OTHER)
    easy = owner.press("/me/password", page="/me", password=PASSWORD, new="short")
    owner.did("/me/password", page="/me", password=PASSWORD, new=OTHER)

    assert (wrong.status_code, easy.status_code) == (422, 422)
    assert "That is not your present password." in wrong.text
    assert other.open("/").status_code == 303
    form = {"email": email_of(Role.OWNER), "password": OTHER}
    assert other.press("/login", page="/login", **form).location == "/"


def test_the_present_password_is_tried_no_oftener_than_at_log_in(owner: Visitor) -> None:
    tries = [
        owner.press("/me/password", page="/me", password="wrong", new=OTHER).status_code
        for _ in range(6)
    ]

    assert tries == [422] * 5 + [429]


def test_i_change_my_name_and_language(owner: Visitor) -> None:
    page = owner.did("/me", page="/me", name="Ana  Ruiz", locale="es")

    assert 'lang="es"' in page
    assert "Ana Ruiz" in page


def test_owners_are_asked_for_a_second_proof(
    app: Flask, ports: Ports, owner: Visitor
) -> None:
    maker = visit(app, ports, role=Role.MAKER)

    assert "An owner can do everything here" in owner.see("/me")
    assert "Owners who come in with a password alone" in owner.see("/people")
    assert "An owner can do everything here" not in maker.see("/me")


# Tokens -----------------------------------------------------------------------------------


def test_a_token_is_shown_once_and_holds_what_was_ticked(
    ports: Ports, owner: Visitor
) -> None:
    shown = owner.press(
        "/tokens", page="/tokens", name="labels", role="packer", reach="some",
        scope="shipments:read", expires_on="2026-12-24",
    )  # fmt: skip
    found = re.search(r"hor_[\w-]+", shown.text)
    assert found is not None

    page = owner.see("/tokens")

    assert found[0] not in page
    assert "shipments:read" in page
    with ports.database.reading() as session:
        token = find_token(session, token=found[0], now=NOW)
    assert token is not None
    assert (token.role, token.scopes, token.who) == ("packer", ["shipments:read"], "user:1")
    assert token.expires_at is not None


@pytest.mark.parametrize(
    "form",
    [
        {"reach": "some"},
        {},
        {"reach": "some", "scope": "everything"},
        {"reach": "all", "role": "emperor"},
        {"reach": "all", "expires_on": "2026-11-01"},
        {"reach": "all", "expires_on": "soon"},
    ],
)
def test_a_token_that_cannot_be_is_refused_and_ticking_nothing_is_not_everything(
    ports: Ports, owner: Visitor, form: dict[str, str]
) -> None:
    named = {"name": "labels", "role": "viewer", **form}

    response = owner.press("/tokens", page="/tokens", **named)

    with ports.database.reading() as session:
        made = session.scalars(select(ApiToken.scopes)).all()
    assert response.status_code == 422
    assert made == []


def test_a_revoked_token_opens_nothing_and_stays_in_the_list(
    ports: Ports, owner: Visitor
) -> None:
    shown = owner.press("/tokens", page="/tokens", name="x", role="viewer", reach="all")
    found = re.search(r"hor_[\w-]+", shown.text)
    assert found is not None

    page = owner.did("/tokens/1/revoke", page="/tokens")

    assert "Revoked" in page
    assert owner.press("/tokens/1/revoke", page="/tokens").status_code == 404
    with ports.database.reading() as session:
        assert find_token(session, token=found[0], now=NOW) is None
