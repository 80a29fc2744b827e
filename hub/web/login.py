"""The ways in and out: log-in, the one-time links, log-out, and the choice of language."""

from datetime import timedelta

from flask import Response, current_app, make_response, redirect, request, url_for
from sqlalchemy.orm import Session

from hub.flow.entrance import (
    SetupClosed,
    TooManyTries,
    WrongLogin,
    check_password,
    check_tries,
    forget_failures,
    has_owner,
    log_in_by_link,
    note_failure,
)
from hub.flow.entrance import log_in as let_in
from hub.flow.entrance import set_up as make_owner
from hub.flow.language import speak
from hub.flow.refusal import Refusal
from hub.flow.sessions import close_session, find_session
from hub.web.browser_session import end_session, keep_session, me, person
from hub.web.language import LANGUAGES, gettext
from hub.web.language import choose_language as language_of_page
from hub.web.page_door import PageDoor, Routes, Trouble, asked, show, trouble_of, typed
from hub.web.page_guard import safe_path

LONGEST_PASSWORD = 1000
"""Longer ones are cut: no right one is, and hashing takes time."""


def login_page(door: PageDoor) -> Response:
    """Show the log-in form."""
    return _login_page(door, to=asked("next"))


def log_in(door: PageDoor) -> Response:
    """Log in with a password. A try is counted before it is made, so none goes uncounted."""
    email, password, to = typed("email"), _password(), typed("next")
    try:
        _count_try(door, email=email)
        secret = _try(door, email=email, password=password)
    except TooManyTries as stop:
        return _too_many(door, wait=stop.wait, to=to)
    except WrongLogin as problem:
        return _login_page(door, to=to, trouble=trouble_of(problem, about="login"))
    return _come_in(door, secret=secret, to=safe_path(current_app, to))


def log_out(door: PageDoor) -> Response:
    """End this session; its secret opens nothing any more."""
    _close(door)
    response = make_response(redirect(url_for("pages.login_page"), code=303))
    end_session(response, ports=door.ports)
    return response


def setup_page(door: PageDoor, secret: str) -> Response:
    """Show the form that makes the first owner."""
    return _setup_page(door, secret=secret)


def set_up(door: PageDoor, secret: str) -> Response:
    """Make the first owner, who reads the language of this page, and let them in."""
    language = language_of_page(otherwise=door.ports.settings.locale)
    email, name, password, now = typed("email"), typed("name"), _password(), door.now()

    def make(session: Session) -> str:
        opened = make_owner(
            session, secret=secret, email=email, name=name, password=password, now=now
        )
        if owner := find_session(session, secret=opened, now=now):
            speak(session, user_id=owner.user_id, locale=language)
        return opened

    try:
        opened = door.ports.database.run(make)
    except Refusal as problem:
        is_closed = isinstance(problem, SetupClosed)
        about = "closed" if is_closed else "setup"
        return _setup_page(door, secret=secret, trouble=trouble_of(problem, about=about))
    return _come_in(door, secret=opened, to=url_for("pages.today"))


def enter_page(door: PageDoor, secret: str) -> Response:  # noqa: ARG001 - every view's signature
    """Show the one button of a one-time link: opening the page alone uses nothing up."""
    return show("login/enter.html", secret=secret)


def enter(door: PageDoor, secret: str) -> Response:
    """Log in by a one-time link."""
    now = door.now()
    try:
        opened = door.ports.database.run(
            lambda session: log_in_by_link(session, secret=secret, now=now)
        )
    except Refusal as problem:
        trouble = trouble_of(problem, about="enter")
        return show("login/enter.html", secret=secret, trouble=trouble)
    return _come_in(door, secret=opened, to=url_for("pages.today"))


def choose_language(door: PageDoor) -> Response:
    """Keep the language its reader wants, and show the page they came from again."""
    locale, user_id = typed("locale"), me().user_id
    if locale in LANGUAGES:
        door.ports.database.run(
            lambda session: speak(session, user_id=user_id, locale=locale)
        )
    return make_response(redirect(safe_path(current_app, typed("next")), code=303))


def setup_path(secret: str) -> str:
    """Write the path of a set-up link, for whoever prints it."""
    return f"/setup/{secret}"


def enter_path(secret: str) -> str:
    """Write the path of a one-time log-in link, for whoever prints it."""
    return f"/enter/{secret}"


def _login_page(door: PageDoor, *, to: str, trouble: Trouble | None = None) -> Response:
    with door.reading() as session:
        is_set_up = has_owner(session)
    return show("login/login.html", to=to, is_set_up=is_set_up, trouble=trouble)


def _setup_page(door: PageDoor, *, secret: str, trouble: Trouble | None = None) -> Response:
    with door.reading() as session:
        is_closed = has_owner(session)
    response = show("login/setup.html", secret=secret, is_closed=is_closed, trouble=trouble)
    if is_closed or (trouble and trouble.status == 409):
        response.status_code = 403
    return response


def _too_many(door: PageDoor, *, wait: timedelta, to: str) -> Response:
    seconds = max(1, -int(-wait.total_seconds() // 1))
    minutes = max(1, -(-seconds // 60))
    words = gettext("Too many tries. Wait %(minutes)s minutes.", minutes=minutes)
    trouble = Trouble(about="login", message=words, status=429)
    response = _login_page(door, to=to, trouble=trouble)
    response.headers["Retry-After"] = str(seconds)
    return response


def _count_try(door: PageDoor, *, email: str) -> None:
    now, address = door.now(), _address()

    def count(session: Session) -> None:
        check_tries(session, email=email, address=address, now=now)
        note_failure(session, email=email, address=address, now=now)

    door.ports.database.run(count)


def _try(door: PageDoor, *, email: str, password: str) -> str:
    now, address = door.now(), _address()
    with door.reading() as session:
        # A wrong password ends here: guessing must not hold the one writer of SQLite up.
        check_password(session, email=email, password=password)

    def work(session: Session) -> str:
        secret = let_in(session, email=email, password=password, now=now)
        forget_failures(session, email=email, address=address)
        return secret

    return door.ports.database.run(work)


def _come_in(door: PageDoor, *, secret: str, to: str) -> Response:
    """Begin a session under a new secret. This function will end the one before, if any."""
    if person() is not None:
        _close(door)
    response = make_response(redirect(to, code=303))
    keep_session(response, ports=door.ports, secret=secret)
    return response


def _close(door: PageDoor) -> None:
    session_id, now = me().session_id, door.now()
    door.ports.database.run(
        lambda session: close_session(session, session_id=session_id, now=now)
    )


def _password() -> str:
    return request.form.get("password", "")[:LONGEST_PASSWORD]


def _address() -> str:
    return request.remote_addr or ""


ROUTES: Routes = (
    ("GET", "/login", login_page),
    ("POST", "/login", log_in),
    ("POST", "/logout", log_out),
    ("GET", "/setup/<secret>", setup_page),
    ("POST", "/setup/<secret>", set_up),
    ("GET", "/enter/<secret>", enter_page),
    ("POST", "/enter/<secret>", enter),
    ("POST", "/language", choose_language),
)
