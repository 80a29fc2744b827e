"""Keeping a channel account in step: read its lists now, fetch old orders, see what differs."""

from collections.abc import Callable
from datetime import datetime

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from connectors.spec import Capability
from hub.domain.channels.switches import Mode
from hub.flow.channels.switches import mode_of
from hub.flow.intake import backfill as backfilling
from hub.flow.intake.poll import ask_poll
from hub.flow.reading.catalogue_import import ask_import
from hub.flow.reading.checkups import ask_check_up
from hub.flow.refusal import Invalid, Missing, Refusal
from hub.models.channels.drift_views import open_drift
from hub.models.claims import backfills
from hub.models.claims.streams import streams_of
from hub.models.records.channels import Backfill, ChannelAccount
from hub.web.api.door import Asked, Door
from hub.web.api.named import id_in_path
from hub.web.api.schemas.upkeep import (
    BackfillIn,
    BackfillOut,
    DriftOut,
    PollOut,
    show_backfill,
    show_drift,
    show_streams,
)
from hub.web.api.shapes import Path

TAG = Tag(name="Keeping in step", description="Lists, old orders, and what differs.")


class ChannelPath(Path):
    """Which channel account."""

    channel_id: str

    @property
    def account_id(self) -> int:
        """The account it names.

        :raises Missing: it can name none.
        """
        return id_in_path(self.channel_id, what="channel")


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes that keep channels in step."""
    _add_asking(api, door)
    _add_backfill(api, door)

    @api.get("/channels/<channel_id>/drift", tags=[TAG], responses={"200": DriftOut})
    def get_drift(path: ChannelPath) -> Response:
        """Say what the channel and we hold differently now."""
        return door.read(lambda asked: _drift(asked, path.account_id))


def _add_asking(api: APIBlueprint, door: Door) -> None:
    @api.post("/channels/<channel_id>/poll", tags=[TAG], responses={"202": PollOut})
    def poll_now(path: ChannelPath) -> Response:
        """Read the lists of changed orders now."""
        return door.write(
            lambda asked: ask_poll(
                asked.session,
                account_id=path.account_id,
                channels=door.ports.channels,
                now=asked.now,
            ),
            show=lambda asked, _: _streams(asked, path.account_id),
            status=202,
            wake=("poll", "mailbox"),
        )

    @api.post("/channels/<channel_id>/check", tags=[TAG], responses={"202": PollOut})
    def check_now(path: ChannelPath) -> Response:
        """Look how the connection is: scopes, versions, subscriptions."""
        return door.write(
            lambda asked: ask_check_up(
                asked.session, _known(asked, path.account_id), asked.now
            ),
            show=lambda asked, _: _streams(asked, path.account_id),
            status=202,
            wake=("sweep",),
        )

    @api.post("/channels/<channel_id>/catalogue", tags=[TAG], responses={"202": PollOut})
    def import_now(path: ChannelPath) -> Response:
        """Read all the channel sells, for the mapping page."""
        return door.write(
            lambda asked: _import(asked, door, path.account_id),
            show=lambda asked, _: _streams(asked, path.account_id),
            status=202,
            wake=("sweep",),
        )


def _add_backfill(api: APIBlueprint, door: Door) -> None:
    @api.get("/channels/<channel_id>/backfill", tags=[TAG], responses={"200": BackfillOut})
    def get_backfill(path: ChannelPath) -> Response:
        """Say how far the newest fetching of old orders has come."""
        return door.read(lambda asked: _latest(asked, path.account_id))

    @api.post("/channels/<channel_id>/backfill", tags=[TAG], responses={"202": BackfillOut})
    def start_backfill(path: ChannelPath, body: BackfillIn) -> Response:
        """Fetch the orders placed since a day, behind everything live."""
        return door.write(
            lambda asked: (
                backfilling.start(
                    asked.session,
                    account_id=path.account_id,
                    since=_moment(body.since, door),
                    channels=door.ports.channels,
                    who=asked.who,
                    now=asked.now,
                ).id
            ),
            show=lambda asked, made: _shown(asked, asked.session.get_one(Backfill, made)),
            status=202,
            wake=("sweep",),
        )

    for name, change in (
        ("pause", backfilling.pause),
        ("resume", backfilling.resume),
        ("stop", backfilling.stop),
    ):
        _add_step(api, door, name=name, change=change)


def _add_step(
    api: APIBlueprint, door: Door, *, name: str, change: Callable[..., Backfill]
) -> None:
    @api.post(
        f"/channels/<channel_id>/backfill/{name}",
        endpoint=f"{name}_backfill",
        operation_id=f"{name}_backfill",
        tags=[TAG],
        responses={"200": BackfillOut},
        summary=f"{name.capitalize()} the fetching of old orders.",
    )
    def step(path: ChannelPath) -> Response:
        return door.write(
            lambda asked: (
                change(
                    asked.session, account_id=path.account_id, who=asked.who, now=asked.now
                ).id
            ),
            show=lambda asked, made: _shown(asked, asked.session.get_one(Backfill, made)),
            wake=("sweep",),
        )


def _known(asked: Asked, account_id: int) -> int:
    if asked.session.get(ChannelAccount, account_id) is None:
        raise Missing("There is no such channel.")
    return account_id


def _import(asked: Asked, door: Door, account_id: int) -> None:
    account = asked.session.get_one(ChannelAccount, _known(asked, account_id))
    if mode_of(account, Capability.CATALOGUE, door.ports.channels) is Mode.OFF:
        raise Refusal("This connection has no catalogue that we read.")
    ask_import(asked.session, account_id=account_id, who=asked.who, now=asked.now)


def _streams(asked: Asked, account_id: int) -> PollOut:
    return show_streams(streams_of(asked.session, account_ids=[account_id]))


def _drift(asked: Asked, account_id: int) -> DriftOut:
    known = _known(asked, account_id)
    return show_drift(open_drift(asked.session, account_id=known))


def _latest(asked: Asked, account_id: int) -> BackfillOut:
    found = backfills.latest(asked.session, account_id=_known(asked, account_id))
    if found is None:
        raise Missing("No old orders were ever fetched here.")
    return _shown(asked, found)


def _shown(asked: Asked, found: Backfill) -> BackfillOut:
    return show_backfill(found, progress=backfills.progress(asked.session, backfill=found))


def _moment(written: str, door: Door) -> datetime:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as error:
        raise Invalid("Write a day, like 2026-01-31.", field="since") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=door.zone)
