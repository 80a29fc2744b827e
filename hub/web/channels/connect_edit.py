"""Changing a connection later: its settings, its credentials; tried at the channel, then saved."""

from flask import Response, abort, request

from connectors.protocol import Registration
from connectors.spec import Spec
from hub.flow.channels.edit_connection import (
    Draft,
    NotTried,
    Trial,
    Typed,
    drafted,
    save_edit,
    tried,
)
from hub.flow.refusal import Refusal
from hub.web.channels.channel_pages import WAKE, account_of
from hub.web.channels.connect import again_at, came_from, typed_part, typed_secrets
from hub.web.page_door import Deed, PageDoor, Routes, Trouble, trouble_of, typed
from hub.web.wording.finding_words import finding_words

ABOUT = "edit"
UNTRIED = "untried"
"""What a trouble is about where letting us in on the channel's page may be all that lacks."""


def edit_connection(door: PageDoor, account_id: int) -> Response:
    """Try what was typed anew at the channel, and save it if that lets us in."""
    try:
        registration, draft = _draft(door, account_id)
    except Refusal as problem:
        return again_at(door, account_id, trouble_of(problem, about=ABOUT))
    is_untried = typed("untried") == "yes" or not draft.needs_trial
    try:
        trial = (
            None if is_untried else tried(draft, registration=registration, now=door.now())
        )
    except NotTried as problem:
        if not problem.is_first:
            return again_at(door, account_id, _told(problem))
        trial = None
    return _save(door, account_id, draft, registration=registration, trial=trial)


def _save(
    door: PageDoor,
    account_id: int,
    draft: Draft,
    *,
    registration: Registration,
    trial: Trial | None,
) -> Response:
    def change(deed: Deed) -> None:
        save_edit(
            deed.session,
            draft,
            vault=door.ports.vault,
            registration=registration,
            account_id=account_id,
            trial=trial,
            who=deed.who,
            now=deed.now,
        )

    did = "edited" if trial else "edited_untried" if draft.needs_trial else "edited_beside"
    return door.press(
        change,
        done=lambda _: came_from(account_id, did, otherwise="test"),
        again=lambda trouble: again_at(door, account_id, trouble),
        about=ABOUT,
        wake=WAKE,
    )


def _draft(door: PageDoor, account_id: int) -> tuple[Registration, Draft]:
    with door.reading() as session:
        account = account_of(session, account_id)
    registration = door.ports.channels.get(account.channel)
    if registration is None:
        abort(404)
    draft = drafted(
        account,
        _typed(registration.spec),
        vault=door.ports.vault,
        registration=registration,
        allow_loopback=door.ports.settings.allow_loopback,
    )
    return registration, draft


def _typed(spec: Spec) -> Typed:
    """Gather what the form says; a form that asks for no settings leaves them as they are."""
    names = [each.name for each in spec.fields]
    given = typed_part(spec, "settings")
    asked = [
        name for name in names if name.startswith("settings.") and name in request.form
    ]
    credentials = typed_part(spec, "credentials")
    return Typed(
        name=typed("name", longest=80),
        settings={key: given.get(key, "") for key in map(_last, asked)},
        credentials=credentials,
        forgotten={_last(name) for name in names if typed(f"forget.{name}") == "yes"},
        webhook_secrets=typed_secrets(),
    )


def _last(name: str) -> str:
    return name.partition(".")[2]


def _told(problem: NotTried) -> Trouble:
    """Say that nothing was saved, and what the channel said."""
    plain = trouble_of(problem, about=UNTRIED if problem.for_owner else ABOUT)
    words = f"{plain.message} {finding_words(problem.why)}"
    return Trouble(about=plain.about, message=words, status=plain.status)


ROUTES: Routes = (("POST", "/channels/<id:account_id>/edit", edit_connection),)
