"""Keys for programs, for the owners: which there are, what each may do, and a new one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta

from flask import Response, request
from sqlalchemy.orm import Session

from hub.domain.people.roles import Role
from hub.flow.people.tokens import held_roles, make_token, revoke_token
from hub.flow.refusal import Invalid
from hub.models.people.people_views import names_of, stopped_tokens, tokens
from hub.models.records.people import ApiToken
from hub.web.page_door import Deed, PageDoor, Routes, Trouble, show, typed, went
from hub.web.wording.formats import read_day
from hub.web.wording.language import N_, gettext
from hub.web.wording.who_words import who_words
from hub.web.wording.words import said

NOUNS: Mapping[str, str] = {
    "orders": N_("Orders, mails, decisions"),
    "customers": N_("Customers"),
    "mapping": N_("Listings and mapping"),
    "production": N_("Production and recipes"),
    "stock": N_("Items, lots, recalls"),
    "purchases": N_("Purchases and suppliers"),
    "shipments": N_("Parcels and tasks"),
    "channels": N_("Channels and their messages"),
    "letters": N_("Letters"),
    "workshop": N_("Workshop"),
    "tables": N_("Tables in and out"),
}
"""What the nouns of hub/domain/people/scopes.py are."""


def list_tokens(door: PageDoor) -> Response:
    """Show the tokens, and the form that makes one."""
    return _list(door)


def create_token(door: PageDoor) -> Response:
    """Make a token, and show it: this once."""

    def change(deed: Deed) -> str:
        return make_token(
            deed.session,
            name=typed("name"),
            role=typed("role"),
            scopes=_typed_scopes(),
            expires_at=_typed_end(door),
            who=deed.who,
            now=deed.now,
        )

    return door.press(
        change,
        done=lambda token: show(
            "tokens/made.html", token=token, address=f"{door.ports.settings.url}/api/v1"
        ),
        again=lambda trouble: _list(door, trouble=trouble),
        about="token",
        wake=(),
    )


def end_token(door: PageDoor, token_id: int) -> Response:
    """Make a token useless from now on."""

    def change(deed: Deed) -> None:
        revoke_token(deed.session, token_id=token_id, who=deed.who, now=deed.now)

    return door.press(
        change,
        done=lambda _: went("pages.list_tokens", "token_revoked"),
        again=lambda trouble: _list(door, trouble=trouble),
        about="tokens",
        wake=(),
    )


def _typed_scopes() -> list[str]:
    """Return the scopes that were ticked; none where the role alone is to hold it.

    :raises Invalid: it is to be held to some, and none is ticked: that must not mean all.
    """
    if typed("reach") == "all":
        return []
    scopes = request.form.getlist("scope")
    if not scopes:
        raise Invalid(gettext("Tick what it may do."), field="scope")
    return scopes


def _typed_end(door: PageDoor) -> datetime | None:
    """Return the end of the last day it works, in the workshop's time; None for no end."""
    day = read_day(typed("expires_on"), field="expires")
    if day is None:
        return None
    zone = door.zone
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def _state(token: ApiToken, *, stopped: Collection[int], now: datetime) -> str:
    if token.revoked_at is not None:
        return "revoked"
    if token.expires_at is not None and token.expires_at <= now:
        return "expired"
    return "stopped" if token.id in stopped else "good"


def _makers(session: Session, made: Sequence[ApiToken]) -> dict[int, str]:
    """Say who made each token; nothing of those whose maker was not written down."""
    names = names_of(session, whos={token.who for token in made})
    return {each.id: who_words(each.who, names=names) if each.who else "" for each in made}


def _list(door: PageDoor, *, trouble: Trouble | None = None) -> Response:
    with door.reading() as session:
        found, stopped, now = tokens(session), stopped_tokens(session), door.now()
        return show(
            "tokens/list.html",
            tokens=[(token, _state(token, stopped=stopped, now=now)) for token in found],
            held=held_roles(session, tokens=found),
            made_by=_makers(session, found),
            roles=[role.value for role in Role],
            nouns=[(noun, said(NOUNS, noun)) for noun in NOUNS],
            ticked=request.form.getlist("scope"),
            trouble=trouble,
        )


ROUTES: Routes = (
    ("GET", "/tokens", list_tokens),
    ("POST", "/tokens", create_token),
    ("POST", "/tokens/<id:token_id>/revoke", end_token),
)
