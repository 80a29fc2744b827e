"""Changing a connection: its settings, its credentials; tried at the channel, then saved."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint

from connectors.protocol import Registration
from hub.flow.channels.channels import MANUAL
from hub.flow.channels.edit_connection import (
    Draft,
    NotTried,
    Trial,
    Typed,
    drafted,
    save_edit,
    tried,
)
from hub.flow.refusal import Missing, Refusal
from hub.models.records.channels import ChannelAccount
from hub.web.api.door import Asked, Door
from hub.web.api.schemas.channel_input import ConnectionChange
from hub.web.api.schemas.channels import ChannelOut
from hub.web.api.views.channels import (
    ALL,
    TAG,
    ChannelPath,
    account_named,
    id_of,
    shown,
)


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the route that changes a connection."""

    @api.patch(
        "/channels/<channel_id>/connection", tags=[TAG], responses={"200": ChannelOut}
    )
    def change_connection(path: ChannelPath, body: ConnectionChange) -> Response:
        """Try other settings or credentials at the channel, and keep them if they let us in.

        What is left out stays as it is. Nothing is kept of what the channel refuses: 409.
        """
        registration, draft = _draft(door, id_of(path), body)
        is_untried = body.untried or not draft.needs_trial
        trial = None if is_untried else _tried(door, draft, registration=registration)

        def save(asked: Asked) -> int:
            save_edit(
                asked.session,
                draft,
                vault=door.ports.vault,
                registration=registration,
                account_id=id_of(path),
                trial=trial,
                who=asked.who,
                now=asked.now,
            )
            return id_of(path)

        return door.write(
            save,
            show=lambda asked, account_id: shown(
                account_named(asked.session, account_id), door.ports
            ),
            wake=ALL,
        )


def _draft(
    door: Door, account_id: int, body: ConnectionChange
) -> tuple[Registration, Draft]:
    with door.ports.database.reading() as session:
        account = account_named(session, account_id)
    registration = _registration(door, account)
    given = body.credentials
    typed = Typed(
        name=body.name or "",
        settings=body.settings,
        credentials={key: value for key, value in given.items() if value is not None},
        forgotten={key for key, value in given.items() if value is None},
        webhook_secrets=body.webhook_secrets,
    )
    draft = drafted(
        account,
        typed,
        vault=door.ports.vault,
        registration=registration,
        allow_loopback=door.ports.settings.allow_loopback,
    )
    return registration, draft


def _registration(door: Door, account: ChannelAccount) -> Registration:
    known = door.ports.channels.get(account.channel)
    if known is None or account.channel == MANUAL:
        raise Missing("Nothing is connected here that could be changed.")
    return known


def _tried(door: Door, draft: Draft, *, registration: Registration) -> Trial | None:
    """Ask the channel, with no transaction open; None where nobody was ever let in by it.

    :raises Refusal: it does not let us in, in its own words, or cannot be asked.
    """
    try:
        return tried(draft, registration=registration, now=door.ports.clock.now())
    except NotTried as problem:
        if problem.is_first:
            return None
        raise Refusal(f"{problem.message} {problem.why}") from problem
