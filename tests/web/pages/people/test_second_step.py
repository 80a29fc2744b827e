"""Logging in with two proofs, at a browser: half a session opens nothing, and tries are counted."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from hub.domain.people.roles import Role
from hub.ports import Ports
from hub.web.guard.page_roles import OPEN
from tests.factories import NOW
from tests.flow.people.test_second_proof import code_at
from tests.web.pages.guard.test_roles import routes_of
from tests.web.pages.visitor import COOKIE, PASSWORD, Visitor, email_of
from tests.web.ports import StandingClock

OWNER = email_of(Role.OWNER)
SECRET = re.compile(r'<code class="copy"[^>]*>([A-Z2-7 ]+)</code>')
SPARE = re.compile(r"<li><code>([0-9a-z-]{19})</code></li>")
PROOF = "/me/second-proof"


def secret_in(page: str) -> str:
    """Return the secret a set-up page shows in letters."""
    found = SECRET.search(page)
    assert found is not None
    return found[1].replace(" ", "")


def set_up(visitor: Visitor) -> tuple[str, list[str]]:
    """Set a second proof up through the pages; return its secret and the spare codes."""
    secret = secret_in(visitor.did(PROOF, page=PROOF, password=PASSWORD))
    shown = visitor.press(f"{PROOF}/confirm", page=PROOF, code=code_at(secret, NOW))
    assert shown.status_code == 200, shown.text
    return secret, SPARE.findall(shown.text)


@pytest.fixture
def secret(owner: Visitor) -> str:
    """The secret of an owner who set a second proof up at NOW."""
    return set_up(owner)[0]


@pytest.fixture
def half(secret: str, stranger: Visitor, clock: StandingClock) -> Visitor:
    """A browser that gave the right password, a while later."""
    clock.time = NOW + timedelta(hours=1)
    response = stranger.press(
        "/login", page="/login", email=OWNER, password=PASSWORD, next="/orders"
    )
    assert response.location == "/login/second?next=/orders"
    return stranger


def code_now(secret: str, clock: StandingClock) -> str:
    """Return the code a device shows now."""
    return code_at(secret, clock.time)


def cookie_of(visitor: Visitor) -> str:
    """Return the session's secret in a browser."""
    cookie = visitor.client.get_cookie(COOKIE)
    return cookie.value if cookie else ""


def test_ten_spare_codes_are_shown_once(owner: Visitor) -> None:
    _, spare = set_up(owner)

    assert len(set(spare)) == 10
    assert not any(code in owner.see(PROOF) for code in spare)
    assert "10 spare codes are left" in owner.see("/me")


def test_the_page_shows_the_secret_as_a_picture_and_in_letters_until_it_is_confirmed(
    owner: Visitor,
) -> None:
    page = owner.did(PROOF, page=PROOF, password=PASSWORD)

    assert "<svg" in page
    assert secret_in(page) == secret_in(owner.see(PROOF))
    owner.press(f"{PROOF}/confirm", page=PROOF, code=code_at(secret_in(page), NOW))
    assert SECRET.search(owner.see(PROOF)) is None


def test_a_page_somebody_left_open_is_not_enough_to_set_it_up(owner: Visitor) -> None:
    response = owner.press(PROOF, page=PROOF, password="not my password")

    assert response.status_code == 422
    assert SECRET.search(owner.see(PROOF)) is None


def test_the_second_proof_opens_the_page_that_was_asked_for_under_a_new_secret(
    half: Visitor, secret: str, clock: StandingClock
) -> None:
    before = cookie_of(half)

    response = half.press(
        "/login/second", page="/login/second", code=code_now(secret, clock), next="/orders"
    )

    assert response.location == "/orders"
    assert cookie_of(half) != before
    assert half.open("/orders").status_code == 200
    half.client.set_cookie(COOKIE, before)
    assert half.open("/orders").status_code == 303


def test_half_a_session_opens_nothing(app: Flask, half: Visitor) -> None:
    token = half.token("/login/second")
    opened = []

    for method, address, view in routes_of(app):
        if view in OPEN:
            continue
        response = half.client.open(address, method=method, data={"csrf": token})
        if response.status_code != 303 or not response.location.startswith("/login"):
            opened.append((method, address, response.status_code))

    assert opened == []


def test_half_a_session_ends_after_five_minutes(
    half: Visitor, secret: str, clock: StandingClock
) -> None:
    clock.time += timedelta(minutes=5)

    response = half.press("/login/second", page="/login", code=code_now(secret, clock))

    assert response.location == "/login"
    assert half.open("/").status_code == 303


def test_codes_are_tried_no_oftener_than_passwords_also_with_a_new_half_session(
    half: Visitor, secret: str, app: Flask, clock: StandingClock
) -> None:
    def attempt(visitor: Visitor, code: str) -> int:
        return visitor.press("/login/second", page="/login/second", code=code).status_code

    assert [attempt(half, "000000") for _ in range(5)] == [422] * 5
    elsewhere = Visitor(app.test_client())
    elsewhere.press("/login", page="/login", email=OWNER, password=PASSWORD)

    assert attempt(elsewhere, code_now(secret, clock)) == 429
    clock.time += timedelta(minutes=15, seconds=1)
    elsewhere.press("/login", page="/login", email=OWNER, password=PASSWORD)
    assert attempt(elsewhere, code_now(secret, clock)) == 303


def test_a_code_is_taken_once(
    half: Visitor, secret: str, app: Flask, clock: StandingClock
) -> None:
    code = code_now(secret, clock)
    half.press("/login/second", page="/login/second", code=code)
    other = Visitor(app.test_client())
    other.press("/login", page="/login", email=OWNER, password=PASSWORD)

    response = other.press("/login/second", page="/login/second", code=code)

    assert response.status_code == 422
    assert "used before" in response.text


def test_turning_it_off_takes_the_password_and_a_code(
    owner: Visitor, secret: str, clock: StandingClock
) -> None:
    clock.time = NOW + timedelta(hours=1)
    code = code_now(secret, clock)

    wrong = owner.press(f"{PROOF}/off", page=PROOF, password="not my password", code=code)
    wrong_code = owner.press(f"{PROOF}/off", page=PROOF, password=PASSWORD, code="000000")
    right = owner.press(f"{PROOF}/off", page=PROOF, password=PASSWORD, code=code)

    assert (wrong.status_code, wrong_code.status_code, right.status_code) == (422, 422, 303)


def test_new_spare_codes_end_the_older_ones(
    owner: Visitor, stranger: Visitor, clock: StandingClock
) -> None:
    secret, old = set_up(owner)
    clock.time = NOW + timedelta(hours=1)
    shown = owner.press(f"{PROOF}/codes", page=PROOF, code=code_now(secret, clock))
    new = SPARE.findall(shown.text)

    stranger.press("/login", page="/login", email=OWNER, password=PASSWORD)
    refused = stranger.press("/login/second", page="/login/second", code=old[0])
    taken = stranger.press("/login/second", page="/login/second", code=new[0])

    assert len(new) == 10
    assert (refused.status_code, taken.status_code) == (422, 303)


def test_a_one_time_link_asks_for_the_second_proof_too(
    ports: Ports, secret: str, stranger: Visitor, owner: Visitor
) -> None:
    shown = owner.press("/people/1/link", page="/people/1")
    found = re.search(r"/join/[\w-]+", shown.text)
    assert found is not None

    response = stranger.press(
        found[0], page=found[0], password="a whole shelf of jars", name="Ana"
    )

    assert response.location.startswith("/login/second")
    assert stranger.open("/").status_code == 303
