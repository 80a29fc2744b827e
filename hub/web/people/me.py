"""My account: name and language, password, where I am logged in, and the second proof."""

from collections.abc import Callable

from flask import Response

from hub.flow.people import second_proof
from hub.flow.people.language import speak
from hub.flow.people.people import change_password, rename
from hub.flow.people.sessions import IDLE, close_others, end_one
from hub.models.people.people_views import sessions_of
from hub.models.records.people import User
from hub.web.guard.browser_session import me
from hub.web.page_door import Deed, PageDoor, Routes, Trouble, show, typed, went
from hub.web.people.proof_qr import qr_picture
from hub.web.people.proofs import (
    code_trouble,
    forget_codes,
    password_trouble,
    typed_password,
)
from hub.web.wording.language import LANGUAGES


def show_me(door: PageDoor) -> Response:
    """Show who I am here and where I am logged in."""
    return _page(door)


def change_me(door: PageDoor) -> Response:
    """Change my name, and the language of my pages."""

    def change(deed: Deed) -> None:
        rename(
            deed.session, user_id=me().user_id, name=typed("name"), who=deed.who,
            now=deed.now,
        )  # fmt: skip
        if typed("locale") in LANGUAGES:
            speak(deed.session, user_id=me().user_id, locale=typed("locale"))

    return _press(door, change, about="me", did="me_saved")


def choose_password(door: PageDoor) -> Response:
    """Change my password, against the present one; my other sessions end."""
    if trouble := password_trouble(door, about="password"):
        return _page(door, trouble=trouble)
    known, chosen = me(), typed_password("new")

    def change(deed: Deed) -> None:
        change_password(
            deed.session, user_id=known.user_id, password=chosen, keep=known.session_id,
            now=deed.now,
        )  # fmt: skip

    return _press(door, change, about="password", did="password_changed")


def end_session_of_mine(door: PageDoor, session_id: int) -> Response:
    """End one of my other sessions."""

    def change(deed: Deed) -> None:
        end_one(deed.session, user_id=me().user_id, session_id=session_id, now=deed.now)

    return _press(door, change, about="sessions", did="session_ended")


def end_my_others(door: PageDoor) -> Response:
    """Log me out everywhere but here."""
    known = me()

    def change(deed: Deed) -> None:
        close_others(
            deed.session, user_id=known.user_id, keep=known.session_id, now=deed.now
        )

    return _press(door, change, about="sessions", did="others_ended")


def second_proof_page(door: PageDoor) -> Response:
    """Show how to set the second proof up, or how to turn it off."""
    return _proof_page(door)


def begin_second_proof(door: PageDoor) -> Response:
    """Make a secret for my device, against my password; nothing asks for it yet."""
    if trouble := password_trouble(door, about="begin"):
        return _proof_page(door, trouble=trouble)
    vault = door.ports.vault
    return door.press(
        lambda deed: second_proof.begin(deed.session, vault=vault, user_id=me().user_id),
        done=lambda _: went("pages.second_proof_page", "second_begun"),
        again=lambda trouble: _proof_page(door, trouble=trouble),
        about="begin",
        wake=(),
    )


def confirm_second_proof(door: PageDoor) -> Response:
    """Ask for codes from now on, if the first one is right; the spare ones are shown once."""
    known, vault = me(), door.ports.vault
    return _with_code(
        door,
        lambda deed: second_proof.confirm(
            deed.session, vault=vault, user_id=known.user_id, code=typed("code"),
            keep=known.session_id, now=deed.now,
        ),
        about="confirm",
    )  # fmt: skip


def renew_spare_codes(door: PageDoor) -> Response:
    """Make new spare codes against a code; the older ones end."""
    vault = door.ports.vault
    return _with_code(
        door,
        lambda deed: second_proof.new_codes(
            deed.session, vault=vault, user_id=me().user_id, code=typed("code"),
            now=deed.now,
        ),
        about="codes",
    )  # fmt: skip


def turn_off_second_proof(door: PageDoor) -> Response:
    """Ask me for one proof again, against both."""
    if trouble := password_trouble(door, about="off") or code_trouble(door, about="off"):
        return _proof_page(door, trouble=trouble)
    vault = door.ports.vault

    def change(deed: Deed) -> None:
        second_proof.turn_off(
            deed.session, vault=vault, user_id=me().user_id, code=typed("code"),
            now=deed.now,
        )  # fmt: skip
        forget_codes(deed.session, user_id=me().user_id)

    return door.press(
        change,
        done=lambda _: went("pages.show_me", "second_off"),
        again=lambda trouble: _proof_page(door, trouble=trouble),
        about="off",
        wake=(),
    )


def _with_code(
    door: PageDoor, change: Callable[[Deed], list[str]], *, about: str
) -> Response:
    if trouble := code_trouble(door, about=about):
        return _proof_page(door, trouble=trouble)

    def work(deed: Deed) -> list[str]:
        codes = change(deed)
        forget_codes(deed.session, user_id=me().user_id)
        return codes

    return door.press(
        work,
        done=lambda codes: show("me/codes.html", codes=codes),
        again=lambda trouble: _proof_page(door, trouble=trouble),
        about=about,
        wake=(),
    )


def _press(
    door: PageDoor, change: Callable[[Deed], object], *, about: str, did: str
) -> Response:
    return door.press(
        change,
        done=lambda _: went("pages.show_me", did),
        again=lambda trouble: _page(door, trouble=trouble),
        about=about,
        wake=(),
    )


def _page(door: PageDoor, *, trouble: Trouble | None = None) -> Response:
    known, now = me(), door.now()
    with door.reading() as session:
        return show(
            "me/me.html",
            user=session.get_one(User, known.user_id),
            sessions=sessions_of(
                session, user_id=known.user_id, seen_since=now - IDLE, now=now
            ),
            this=known.session_id,
            spare_left=second_proof.spare_left(session, user_id=known.user_id),
            trouble=trouble,
        )


def _proof_page(door: PageDoor, *, trouble: Trouble | None = None) -> Response:
    user_id, vault = me().user_id, door.ports.vault
    with door.reading() as session:
        pending = second_proof.pending(session, vault=vault, user_id=user_id)
        return show(
            "me/second_proof.html",
            user=session.get_one(User, user_id),
            pending=pending,
            picture=qr_picture(pending.uri) if pending else "",
            spare_left=second_proof.spare_left(session, user_id=user_id),
            trouble=trouble,
        )


ROUTES: Routes = (
    ("GET", "/me", show_me),
    ("POST", "/me", change_me),
    ("POST", "/me/password", choose_password),
    ("POST", "/me/sessions/<id:session_id>/end", end_session_of_mine),
    ("POST", "/me/sessions/end-others", end_my_others),
    ("GET", "/me/second-proof", second_proof_page),
    ("POST", "/me/second-proof", begin_second_proof),
    ("POST", "/me/second-proof/confirm", confirm_second_proof),
    ("POST", "/me/second-proof/codes", renew_spare_codes),
    ("POST", "/me/second-proof/off", turn_off_second_proof),
)
