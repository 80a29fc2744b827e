"""The ways in and out: log-in, the one-time links, log-out, and the choice of language."""

from flask import Response, current_app, make_response, redirect, request, url_for
from sqlalchemy.orm import Session

from hub.flow.people.entrance import (
    Entered,
    SetupClosed,
    WrongLogin,
    check_password,
    has_owner,
    log_in_by_link,
)
from hub.flow.people.entrance import log_in as let_in
from hub.flow.people.entrance import set_up as make_owner
from hub.flow.people.invitations import find_joining
from hub.flow.people.invitations import join as let_join
from hub.flow.people.language import speak
from hub.flow.people.links import LinkUsedUp
from hub.flow.people.second_proof import finish
from hub.flow.people.sessions import HalfIn, close_session, find_half, find_session
from hub.flow.people.tries import TooManyTries
from hub.flow.refusal import Refusal
from hub.web.guard.browser_session import end_session, keep_session, me, person, sent_secret
from hub.web.guard.page_guard import safe_path
from hub.web.page_door import PageDoor, Routes, Trouble, asked, show, trouble_of, typed
from hub.web.people.devices import device_words
from hub.web.people.proofs import (
    address,
    count_code,
    count_try,
    forget_codes,
    too_many,
    typed_password,
)
from hub.web.wording.language import LANGUAGES
from hub.web.wording.language import choose_language as language_of_page


def login_page(door: PageDoor) -> Response:
    """Show the log-in form."""
    return _login_page(door, to=asked("next"))


def log_in(door: PageDoor) -> Response:
    """Log in with a password. A try is counted before it is made, so none goes uncounted."""
    email, password, to = typed("email"), typed_password(), typed("next")
    try:
        count_try(door, email=email, place=address())
        entered = _try(door, email=email, password=password)
    except TooManyTries as stop:
        trouble, seconds = too_many(stop.wait, about="login")
        return _wait(_login_page(door, to=to, trouble=trouble), seconds)
    except WrongLogin as problem:
        return _login_page(door, to=to, trouble=trouble_of(problem, about="login"))
    return _come_in(door, entered=entered, to=to)


def second_page(door: PageDoor) -> Response:
    """Ask for the second proof of somebody whose password was right."""
    if _half(door) is None:
        return make_response(redirect(url_for("pages.login_page"), code=303))
    return show("login/second.html", to=asked("next"))


def second_step(door: PageDoor) -> Response:
    """Take the second proof. Its tries are counted like those of a password."""
    half, to = _half(door), typed("next")
    if half is None:
        return make_response(redirect(url_for("pages.login_page"), code=303))
    try:
        secret = _prove(door, half=half, code=typed("code"))
    except TooManyTries as stop:
        trouble, seconds = too_many(stop.wait, about="second")
        return _wait(show("login/second.html", to=to, trouble=trouble), seconds)
    except WrongLogin as problem:
        trouble = trouble_of(problem, about="second")
        return show("login/second.html", to=to, trouble=trouble)
    return _come_in(door, entered=Entered(secret=secret), to=to)


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
    email, name, password, now = typed("email"), typed("name"), typed_password(), door.now()
    device = _device()

    def make(session: Session) -> str:
        opened = make_owner(
            session,
            secret=secret,
            email=email,
            name=name,
            password=password,
            now=now,
            device=device,
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
    return _come_in(door, entered=Entered(secret=opened), to=url_for("pages.welcome"))


def enter_page(door: PageDoor, secret: str) -> Response:  # noqa: ARG001 - every view's signature
    """Show the one button of a one-time link: opening the page alone uses nothing up."""
    return show("login/enter.html", secret=secret)


def enter(door: PageDoor, secret: str) -> Response:
    """Log in by a one-time link."""
    now, device = door.now(), _device()
    try:
        entered = door.ports.database.run(
            lambda session: log_in_by_link(session, secret=secret, now=now, device=device)
        )
    except Refusal as problem:
        trouble = trouble_of(problem, about="enter")
        return show("login/enter.html", secret=secret, trouble=trouble)
    return _come_in(door, entered=entered)


def join_page(door: PageDoor, secret: str) -> Response:
    """Let somebody who was invited choose a password: opening the page alone uses nothing up."""
    return _join_page(door, secret=secret)


def join(door: PageDoor, secret: str) -> Response:
    """Keep the password they chose, and let them in."""
    name, password, now, device = typed("name"), typed_password(), door.now(), _device()
    try:
        entered = door.ports.database.run(
            lambda session: let_join(
                session, secret=secret, name=name, password=password, now=now,
                device=device,
            )
        )  # fmt: skip
    except Refusal as problem:
        about = "enter" if isinstance(problem, LinkUsedUp) else "join"
        return _join_page(door, secret=secret, trouble=trouble_of(problem, about=about))
    return _come_in(door, entered=entered)


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


def join_path(secret: str) -> str:
    """Write the path of an invitation, for whoever prints it."""
    return f"/join/{secret}"


def _wait(response: Response, seconds: int) -> Response:
    response.headers["Retry-After"] = str(seconds)
    return response


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


def _join_page(door: PageDoor, *, secret: str, trouble: Trouble | None = None) -> Response:
    with door.reading() as session:
        joining = find_joining(session, secret=secret, now=door.now())
    response = show("login/join.html", secret=secret, joining=joining, trouble=trouble)
    if joining is None:
        response.status_code = 403
    return response


def _try(door: PageDoor, *, email: str, password: str) -> Entered:
    now, place, device = door.now(), address(), _device()
    with door.reading() as session:
        # A wrong password ends here: guessing must not hold the one writer of SQLite up.
        check_password(session, email=email, password=password)
    return door.ports.database.run(
        lambda session: let_in(
            session, email=email, password=password, now=now, device=device,
            address=place,
        )
    )  # fmt: skip


def _half(door: PageDoor) -> HalfIn | None:
    secret = sent_secret(door.ports)
    if not secret:
        return None
    with door.reading() as session:
        return find_half(session, secret=secret, now=door.now())


def _prove(door: PageDoor, *, half: HalfIn, code: str) -> str:
    now, place, vault = door.now(), address(), door.ports.vault
    count_code(door, user_id=half.user_id)

    def work(session: Session) -> str:
        secret = finish(session, vault=vault, half=half, code=code, address=place, now=now)
        forget_codes(session, user_id=half.user_id)
        return secret

    return door.ports.database.run(work)


def _come_in(door: PageDoor, *, entered: Entered, to: str = "") -> Response:
    """Begin a session under a new secret. This function will end the one before, if any."""
    if person() is not None:
        _close(door)
    where = safe_path(current_app, to) if to else url_for("pages.today")
    if entered.is_half:
        where = url_for("pages.second_page", next=to or None)
    response = make_response(redirect(where, code=303))
    keep_session(response, ports=door.ports, secret=entered.secret)
    return response


def _close(door: PageDoor) -> None:
    session_id, now = me().session_id, door.now()
    door.ports.database.run(
        lambda session: close_session(session, session_id=session_id, now=now)
    )


def _device() -> str:
    return device_words(request.headers.get("User-Agent", ""))


ROUTES: Routes = (
    ("GET", "/login", login_page),
    ("POST", "/login", log_in),
    ("GET", "/login/second", second_page),
    ("POST", "/login/second", second_step),
    ("POST", "/logout", log_out),
    ("GET", "/setup/<secret>", setup_page),
    ("POST", "/setup/<secret>", set_up),
    ("GET", "/enter/<secret>", enter_page),
    ("POST", "/enter/<secret>", enter),
    ("GET", "/join/<secret>", join_page),
    ("POST", "/join/<secret>", join),
    ("POST", "/language", choose_language),
)
