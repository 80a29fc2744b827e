"""The people of the workshop, for its owners: who is here, as what, and who is logged in."""

from collections.abc import Callable
from datetime import timedelta

from flask import Response, abort

from hub.domain.people.roles import Role
from hub.flow.people.invitations import invite, make_join_link
from hub.flow.people.people import change_person, disable_user, enable_user, log_out_user
from hub.flow.people.sessions import IDLE, end_one
from hub.flow.people.tries import failures_since
from hub.flow.refusal import Invalid
from hub.models.people.people_views import (
    Person,
    everybody,
    names_of,
    person_of,
    sessions_of,
    tokens_of,
)
from hub.models.people.subject_history import history_of
from hub.models.records.people import User
from hub.web.guard.browser_session import me
from hub.web.page_door import Deed, PageDoor, Routes, Trouble, show, typed, went
from hub.web.people.login import join_path
from hub.web.wording.event_words import events
from hub.web.wording.language import LANGUAGES, locale

FAILED_SINCE = timedelta(days=1)


def list_people(door: PageDoor) -> Response:
    """Show who is here, and the form that invites somebody."""
    return _list(door)


def invite_person(door: PageDoor) -> Response:
    """Add somebody, and show the link with which they choose a password: this once."""

    def change(deed: Deed) -> tuple[int, str]:
        return invite(
            deed.session,
            email=typed("email"),
            name=typed("name"),
            role=_typed_role(),
            locale=typed("locale") if typed("locale") in LANGUAGES else str(locale()),
            who=deed.who,
            now=deed.now,
        )

    return door.press(
        change,
        done=lambda made: _link_page(door, user_id=made[0], secret=made[1]),
        again=lambda trouble: _list(door, trouble=trouble),
        about="invite",
        wake=(),
    )


def show_person(door: PageDoor, user_id: int) -> Response:
    """Show one person: what they may do, where they are logged in, what happened."""
    return _page(door, user_id)


def edit_person(door: PageDoor, user_id: int) -> Response:
    """Change a name, a role, and whether an owner is written to."""

    def change(deed: Deed) -> None:
        change_person(
            deed.session,
            user_id=user_id,
            name=typed("name"),
            role=_typed_role(),
            gets_alerts=bool(typed("gets_alerts")),
            who=deed.who,
            now=deed.now,
        )

    return _press(door, user_id, change, about="person", did="person_saved")


def new_link(door: PageDoor, user_id: int) -> Response:
    """Make a link with which they choose a new password, and show it: this once."""
    return door.press(
        lambda deed: make_join_link(
            deed.session, user_id=user_id, who=deed.who, now=deed.now
        ),
        done=lambda secret: _link_page(door, user_id=user_id, secret=secret),
        again=lambda trouble: _page(door, user_id, trouble=trouble),
        about="way-in",
        wake=(),
    )


def disable_person(door: PageDoor, user_id: int) -> Response:
    """Let somebody in no more, from this moment on."""

    def change(deed: Deed) -> None:
        disable_user(deed.session, user_id=user_id, who=deed.who, now=deed.now)

    return _press(door, user_id, change, about="way-in", did="person_disabled")


def enable_person(door: PageDoor, user_id: int) -> Response:
    """Let somebody in again."""

    def change(deed: Deed) -> None:
        enable_user(deed.session, user_id=user_id, who=deed.who, now=deed.now)

    return _press(door, user_id, change, about="way-in", did="person_enabled")


def log_out_person(door: PageDoor, user_id: int) -> Response:
    """Log somebody out everywhere."""

    def change(deed: Deed) -> None:
        log_out_user(deed.session, user_id=user_id, who=deed.who, now=deed.now)

    return _press(door, user_id, change, about="sessions", did="person_logged_out")


def end_session_of(door: PageDoor, user_id: int, session_id: int) -> Response:
    """End one session of somebody."""

    def change(deed: Deed) -> None:
        end_one(deed.session, user_id=user_id, session_id=session_id, now=deed.now)

    return _press(door, user_id, change, about="sessions", did="session_ended")


def _press(
    door: PageDoor, user_id: int, change: Callable[[Deed], None], *, about: str, did: str
) -> Response:
    """Change somebody. An owner who changed themselves may not be let in to look at it."""
    return door.press(
        change,
        done=lambda _: went("pages.show_person", did, user_id=user_id),
        again=lambda trouble: _page(door, user_id, trouble=trouble),
        about=about,
        wake=(),
    )


def _typed_role() -> Role:
    written = typed("role")
    if written not in {role.value for role in Role}:
        raise Invalid(f"Choose one of {', '.join(Role)}.", field="role")
    return Role(written)


def _list(door: PageDoor, *, trouble: Trouble | None = None) -> Response:
    now = door.now()
    with door.reading() as session:
        people = everybody(session)
        return show(
            "people/list.html",
            people=people,
            failures=failures_since(session, since=now - FAILED_SINCE),
            unproven=_unproven_owners(people),
            roles=[role.value for role in Role],
            locale=str(locale()),
            trouble=trouble,
        )


def _unproven_owners(people: list[Person]) -> list[User]:
    """Return the owners who come in with a password alone."""
    return [
        person.user
        for person in people
        if person.user.role == Role.OWNER
        and person.state == "active"
        and person.user.totp_since is None
    ]


def _page(door: PageDoor, user_id: int, *, trouble: Trouble | None = None) -> Response:
    now = door.now()
    with door.reading() as session:
        person = person_of(session, user_id=user_id) or abort(404)
        rows = history_of(session, subject="user", subject_id=user_id)
        actors = names_of(session, whos={row.who for row in rows})
        return show(
            "people/person.html",
            somebody=person,
            sessions=sessions_of(session, user_id=user_id, seen_since=now - IDLE, now=now),
            this=me().session_id,
            failures=failures_since(session, since=now - FAILED_SINCE).get(user_id, 0),
            roles=[role.value for role in Role],
            events=events(rows, runs={}, actors=actors)[:20],
            tokens=tokens_of(session, user_id=user_id, now=now),
            trouble=trouble,
        )


def _link_page(door: PageDoor, *, user_id: int, secret: str) -> Response:
    with door.reading() as session:
        person = person_of(session, user_id=user_id) or abort(404)
        link = f"{door.ports.settings.url}{join_path(secret)}"
        return show("people/link.html", somebody=person, link=link)


ROUTES: Routes = (
    ("GET", "/people", list_people),
    ("POST", "/people", invite_person),
    ("GET", "/people/<id:user_id>", show_person),
    ("POST", "/people/<id:user_id>", edit_person),
    ("POST", "/people/<id:user_id>/link", new_link),
    ("POST", "/people/<id:user_id>/disable", disable_person),
    ("POST", "/people/<id:user_id>/enable", enable_person),
    ("POST", "/people/<id:user_id>/log-out", log_out_person),
    ("POST", "/people/<id:user_id>/sessions/<id:session_id>/end", end_session_of),
)
