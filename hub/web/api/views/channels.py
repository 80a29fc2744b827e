"""Channels: connect a shop, turn it to shadow or live, see how it is doing."""

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from sqlalchemy.orm import Session

from connectors.protocol import Connection, Registration
from connectors.spec import Spec
from hub.flow.catalogue.freshness import ask_of_channel
from hub.flow.channels.channels import MANUAL, change_switches, connect
from hub.flow.letters.letter_settings import switch_letters
from hub.flow.reading.catalogue_import import choose_place
from hub.flow.refusal import Invalid, Missing
from hub.models.channels.channel_health import find_accounts, traffic
from hub.models.channels.drift_views import open_drift
from hub.models.channels.task_views import open_task_counts
from hub.models.claims.streams import streams_of
from hub.models.records.channels import ChannelAccount
from hub.ports import Ports
from hub.web.api.door import Asked, Door
from hub.web.api.named import id_in_path
from hub.web.api.paging import cursor, window
from hub.web.api.schemas.channel_input import ChannelChange, ChannelIn
from hub.web.api.schemas.channels import (
    ChannelHealth,
    ChannelOut,
    Upkeep,
    show_channel,
    show_health,
)
from hub.web.api.shapes import Page, PageQuery, Path

TAG = Tag(name="Channels", description="Where orders come from.")
ALL = ("read_messages", "plan", "push", "sweep")


class ChannelPath(Path):
    """Which channel account."""

    channel_id: str


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes of channels."""

    @api.get("/channels", tags=[TAG], responses={"200": Page[ChannelOut]})
    def list_channels(query: PageQuery) -> Response:
        """List channel accounts."""
        return door.read(lambda asked: _page(asked, door.ports, query))

    @api.post("/channels", tags=[TAG], responses={"201": ChannelOut})
    def connect_channel(body: ChannelIn) -> Response:
        """Connect a shop, in shadow: its orders are read, nothing is written there yet."""
        return door.write(
            lambda asked: _connect(asked, door.ports, body),
            show=lambda asked, account_id: shown(
                account_named(asked.session, account_id), door.ports
            ),
            status=201,
            wake=(),
        )

    @api.get("/channels/<channel_id>", tags=[TAG], responses={"200": ChannelOut})
    def get_channel(path: ChannelPath) -> Response:
        """Show one channel account."""
        return door.read(
            lambda asked: shown(account_named(asked.session, id_of(path)), door.ports)
        )

    @api.patch("/channels/<channel_id>", tags=[TAG], responses={"200": ChannelOut})
    def change_channel(path: ChannelPath, body: ChannelChange) -> Response:
        """Set the mode, or switch single capabilities; what shadow recorded is never sent."""
        return door.write(
            lambda asked: _change(asked, door.ports, id_of(path), body),
            show=lambda asked, account_id: shown(
                account_named(asked.session, account_id), door.ports
            ),
            wake=ALL,
        )

    @api.get("/channels/<channel_id>/health", tags=[TAG], responses={"200": ChannelHealth})
    def get_health(path: ChannelPath) -> Response:
        """Say how a channel account is doing."""
        return door.read(lambda asked: _health(asked, door.ports, id_of(path)))


def id_of(path: ChannelPath) -> int:
    """Return the id of the channel account a path names."""
    return id_in_path(path.channel_id, what="channel")


def account_named(session: Session, account_id: int) -> ChannelAccount:
    """Return a channel account.

    :raises Missing: there is none of that id.
    """
    account = session.get(ChannelAccount, account_id)
    if account is None:
        raise Missing("There is no such channel.")
    return account


def _page(asked: Asked, ports: Ports, query: PageQuery) -> Page[ChannelOut]:
    found = find_accounts(asked.session, window=window(query))
    return Page(
        items=[shown(account, ports) for account in found.rows], next=cursor(found.next)
    )


def shown(account: ChannelAccount, ports: Ports) -> ChannelOut:
    """Write an account as the API shows it: no secret of it."""
    return show_channel(
        account,
        spec=_spec(account, ports),
        webhook_url=_webhook_url(account, ports),
    )


def _health(asked: Asked, ports: Ports, account_id: int) -> ChannelHealth:
    account = account_named(asked.session, account_id)
    return show_health(
        account,
        spec=_spec(account, ports),
        webhook_url=_webhook_url(account, ports),
        traffic=traffic(asked.session, account_id=account_id),
        upkeep=Upkeep(
            streams=streams_of(asked.session, account_ids=[account.id]),
            drift=open_drift(asked.session, account_id=account.id),
            open_tasks=open_task_counts(asked.session, account_ids=[account.id]).get(
                account.id, 0
            ),
        ),
    )


def _spec(account: ChannelAccount, ports: Ports) -> Spec | None:
    known = ports.channels.get(account.channel)
    return known.spec if known else None


def _webhook_url(account: ChannelAccount, ports: Ports) -> str | None:
    if account.channel == MANUAL:
        return None
    base = ports.settings.public_url.rstrip("/") or request.host_url.rstrip("/")
    return f"{base}/webhooks/{account.channel}/{account.key}"


def _connect(asked: Asked, ports: Ports, body: ChannelIn) -> int:
    connection = Connection(
        settings=body.settings,
        credentials=body.credentials,
        webhook_secrets=tuple(body.webhook_secrets),
        allow_loopback=ports.settings.allow_loopback,
    )
    account = connect(
        asked.session,
        vault=ports.vault,
        registration=_registration(ports, body.channel),
        name=body.name,
        connection=connection,
        who=asked.who,
        now=asked.now,
    )
    return account.id


def _registration(ports: Ports, channel: str) -> Registration:
    known = ports.channels.get(channel)
    if known is None or channel == MANUAL:
        choices = ", ".join(sorted(ports.channels.keys() - {MANUAL}))
        raise Invalid(f"Choose one of {choices}.", field="channel")
    return known


def _change(asked: Asked, ports: Ports, account_id: int, body: ChannelChange) -> int:
    spec = _spec(account_named(asked.session, account_id), ports)
    known = {str(each) for each in spec.capabilities} if spec else set()
    for name in body.capabilities.keys() - known:
        raise Invalid("This channel cannot do that.", field=f"capabilities.{name}")
    if body.place is not None:
        choose_place(
            asked.session,
            account_id=account_id,
            place=body.place,
            who=asked.who,
            now=asked.now,
        )
    if body.min_remaining_days is not None:
        ask_of_channel(
            asked.session,
            account_id=account_id,
            days=body.min_remaining_days,
            who=asked.who,
            now=asked.now,
        )
    if body.notify:
        switch_letters(
            asked.session,
            account_id=account_id,
            notify=body.notify,
            who=asked.who,
            now=asked.now,
            channels=ports.channels,
        )
    changed = change_switches(
        asked.session,
        account_id=account_id,
        mode=body.mode,
        capabilities=body.capabilities,
        who=asked.who,
        now=asked.now,
    )
    return changed.id
