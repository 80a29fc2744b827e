"""Channel accounts as the API gives them: no secret comes out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import Field

from connectors.spec import WRITES, Spec
from hub.domain.channels.switches import Mode, effective
from hub.flow.letters.letter_settings import switches_of
from hub.models.channels.channel_health import Traffic
from hub.models.channels.drift_views import OpenDrift
from hub.models.records.channels import ChannelAccount, ChannelStream
from hub.web.api.schemas.upkeep import (
    DriftRow,
    StreamOut,
    show_drift_row,
    show_streams,
)
from hub.web.api.shapes import Out

Group = dict[str, str | int]
"""Settings that belong together, such as a mail server's host, port and security."""


class ChannelOut(Out):
    """A channel account."""

    id: str
    channel: str
    name: str
    mode: Mode
    capabilities: dict[str, bool]
    switches: dict[str, Mode] = Field(
        description="How far each capability goes: its own switch, else the account's mode."
    )
    denied: list[str] = Field(
        description="What this shop does not let us do: people do it by hand there."
    )
    shop: str = Field(description="The channel's own name of the shop, once it was asked.")
    settings: dict[str, str | Group]
    min_remaining_days: int
    notify: dict[str, bool] = Field(
        description="What its buyers are told by our own mail, by event."
    )
    webhook_url: str | None = Field(
        description="Where it sends its messages; null if it sends none."
    )
    needs_reconnect: bool
    problem: str
    missing_scopes: list[str] | None = Field(description="Null while nobody has asked.")
    last_in_at: datetime | None
    last_out_at: datetime | None
    created_at: datetime


class Counts(Out):
    """Messages by state."""

    waiting: int
    held: int
    dead: int
    done: int


class Stuck(Out):
    """A message a person should look at."""

    direction: Literal["in", "out"]
    id: str
    what: str
    state: str
    error_class: str | None
    last_error: str | None


class FindingOut(Out):
    """Something wrong with the connection, and what to press."""

    code: str
    words: str
    way_out: str


class WebhooksOut(Out):
    """The channel's subscriptions to our address, as the last look found them."""

    address: str
    present: list[str]
    missing: list[str]
    refused: dict[str, str]


class PlaceOut(Out):
    """Where the channel keeps stock."""

    id: str
    name: str
    is_active: bool
    is_chosen: bool


class ChannelHealth(ChannelOut):
    """A channel account and how it is doing."""

    api_version: str
    api_version_seen: str
    granted_scopes: list[str] | None
    token_expires_at: datetime | None
    paused_until: datetime | None
    inbound: Counts
    outbound: Counts
    checked_at: datetime | None
    findings: list[FindingOut]
    webhooks: WebhooksOut
    places: list[PlaceOut]
    streams: list[StreamOut]
    catalogue_at: datetime | None
    open_tasks: int
    open_drift: list[DriftRow]
    open_drift_count: int
    stuck: list[Stuck] = Field(description="Held and given up, newest first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """What keeps an account in step, as it was loaded."""

    streams: Sequence[ChannelStream]
    drift: OpenDrift
    open_tasks: int


def show_channel(
    account: ChannelAccount, *, spec: Spec | None, webhook_url: str | None
) -> ChannelOut:
    """Write an account; `spec` is None when this version no longer has its channel."""
    names = sorted(str(each) for each in spec.capabilities) if spec else []
    return ChannelOut(
        id=str(account.id),
        channel=account.channel,
        name=account.name,
        mode=Mode(account.mode),
        capabilities={
            each: account.capabilities.get(each) not in (False, "off") for each in names
        },
        switches={each: _switch_of(account, each) for each in names},
        denied=sorted(str(each) for each in account.cannot),
        shop=account.shop_name,
        settings=_settings(account, spec=spec),
        min_remaining_days=account.min_remaining_days or 0,
        notify=switches_of(account),
        webhook_url=webhook_url,
        needs_reconnect=account.needs_reconnect,
        problem=account.problem,
        missing_scopes=_missing(account, spec=spec),
        last_in_at=account.last_in_at,
        last_out_at=account.last_out_at,
        created_at=account.created_at,
    )


def show_health(
    account: ChannelAccount,
    *,
    spec: Spec | None,
    webhook_url: str | None,
    traffic: Traffic,
    upkeep: Upkeep,
) -> ChannelHealth:
    """Write how an account is doing."""
    granted = account.granted_scopes
    return ChannelHealth(
        **dict(show_channel(account, spec=spec, webhook_url=webhook_url)),
        api_version=spec.api_version if spec else "",
        api_version_seen=account.api_version_seen,
        granted_scopes=None if granted is None else sorted(str(each) for each in granted),
        token_expires_at=account.token_expires_at,
        paused_until=account.paused_until,
        inbound=_counts(traffic.inbound, done=("done",), waiting=("waiting",)),
        outbound=_counts(
            traffic.outbound,
            done=("sent", "shadowed"),
            waiting=("waiting", "sending", "unknown"),
        ),
        checked_at=account.checked_at,
        findings=list(_findings(account)),
        webhooks=_webhooks(account),
        places=list(_places(account)),
        streams=show_streams(upkeep.streams).streams,
        catalogue_at=account.catalogue_at,
        open_tasks=upkeep.open_tasks,
        open_drift=[show_drift_row(row) for row in upkeep.drift.rows],
        open_drift_count=upkeep.drift.count,
        stuck=list(_stuck(traffic)),
    )


def _settings(account: ChannelAccount, *, spec: Spec | None) -> dict[str, str | Group]:
    """Write an account's settings, those of one group together."""
    groups = spec.groups if spec else frozenset()
    found: dict[str, str | Group] = {}
    for name, kept in account.settings.items():
        group, _, inner = name.partition("_")
        value = str(kept)
        if inner and group in groups:
            together = found.setdefault(group, {})
            if isinstance(together, dict):
                is_number = inner == "port" and value.strip().isdecimal()
                together[inner] = int(value) if is_number else value
        else:
            found[name] = value
    return found


def _switch_of(account: ChannelAccount, capability: str) -> Mode:
    """Say how far a capability goes; what only reads is real in shadow too."""
    switched = effective(account.mode, account.capabilities, capability=capability)
    reads = capability not in WRITES and switched is Mode.SHADOW
    return Mode.LIVE if reads else switched


def _findings(account: ChannelAccount) -> Iterator[FindingOut]:
    for each in account.findings:
        if isinstance(each, dict):
            yield FindingOut(
                code=str(each.get("code", "")),
                words=str(each.get("words", "")),
                way_out=str(each.get("way_out", "")),
            )


def _webhooks(account: ChannelAccount) -> WebhooksOut:
    found = account.webhooks
    refused = found.get("refused")
    return WebhooksOut(
        address=str(found.get("address", "")),
        present=_texts(found.get("present")),
        missing=_texts(found.get("missing")),
        refused={str(topic): str(why) for topic, why in refused.items()}
        if isinstance(refused, dict)
        else {},
    )


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _places(account: ChannelAccount) -> Iterator[PlaceOut]:
    for each in account.places:
        if isinstance(each, dict):
            place = str(each.get("external_id", ""))
            yield PlaceOut(
                id=place,
                name=str(each.get("name", "")),
                is_active=each.get("is_active") is not False,
                is_chosen=place == str(account.settings.get("place") or ""),
            )


def _missing(account: ChannelAccount, *, spec: Spec | None) -> list[str] | None:
    if account.granted_scopes is None or spec is None:
        return None
    return sorted(spec.scopes - {str(each) for each in account.granted_scopes})


def _counts(
    counts: dict[str, int], *, done: tuple[str, ...], waiting: tuple[str, ...]
) -> Counts:
    return Counts(
        waiting=sum(counts.get(state, 0) for state in waiting),
        held=counts.get("held", 0),
        dead=counts.get("dead", 0),
        done=sum(counts.get(state, 0) for state in done),
    )


def _stuck(traffic: Traffic) -> Iterator[Stuck]:
    for incoming in traffic.stuck_in:
        yield Stuck(
            direction="in",
            id=str(incoming.id),
            what=incoming.topic,
            state=incoming.state,
            error_class=incoming.error_class,
            last_error=incoming.last_error,
        )
    for outgoing in traffic.stuck_out:
        yield Stuck(
            direction="out",
            id=str(outgoing.id),
            what=outgoing.kind,
            state=outgoing.state,
            error_class=outgoing.error_class,
            last_error=outgoing.last_error,
        )
