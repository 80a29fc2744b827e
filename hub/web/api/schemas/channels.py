"""Channel accounts as the API takes and gives them; secrets go in and never come out."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StrictBool

from connectors.spec import Spec
from hub.models.channel_health import Traffic
from hub.models.channels import ChannelAccount
from hub.web.api.shapes import In, Name, Out

Mode = Literal["off", "shadow", "live"]
Secret = Annotated[str, Field(max_length=512)]


class ChannelIn(In):
    """A shop to connect; it starts in shadow."""

    channel: Name = Field(examples=["shopify"])
    name: Name
    settings: dict[str, str] = Field(
        {}, max_length=50, examples=[{"shop": "x.myshopify.com"}]
    )
    credentials: dict[str, Secret] = Field({}, max_length=20)
    webhook_secrets: list[Secret] = Field([], max_length=10)


class ChannelChange(In):
    """The mode of an account, and switches of single capabilities."""

    mode: Mode | None = None
    capabilities: dict[str, StrictBool] = Field({}, max_length=50)


class ChannelOut(Out):
    """A channel account."""

    id: str
    channel: str
    name: str
    mode: str
    capabilities: dict[str, bool]
    settings: dict[str, str]
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


class Drift(Out):
    """Something the channel and we hold differently."""

    kind: str
    external_id: str
    ours: str
    theirs: str


class ChannelHealth(ChannelOut):
    """A channel account and how it is doing."""

    api_version: str
    api_version_seen: str
    granted_scopes: list[str] | None
    token_expires_at: datetime | None
    paused_until: datetime | None
    inbound: Counts
    outbound: Counts
    open_drift: list[Drift]
    stuck: list[Stuck] = Field(description="Held and given up, newest first.")


def show_channel(
    account: ChannelAccount, *, spec: Spec | None, webhook_url: str | None
) -> ChannelOut:
    """Write an account; `spec` is None when this version no longer has its channel."""
    return ChannelOut(
        id=str(account.id),
        channel=account.channel,
        name=account.name,
        mode=account.mode,
        capabilities={
            str(each): account.capabilities.get(each) is not False
            for each in sorted(spec.capabilities if spec else ())
        },
        settings={name: str(value) for name, value in account.settings.items()},
        webhook_url=webhook_url,
        needs_reconnect=account.needs_reconnect,
        problem=account.problem,
        missing_scopes=_missing(account, spec=spec),
        last_in_at=account.last_in_at,
        last_out_at=account.last_out_at,
        created_at=account.created_at,
    )


def show_health(
    account: ChannelAccount, *, spec: Spec | None, webhook_url: str | None, traffic: Traffic
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
        open_drift=[],
        stuck=list(_stuck(traffic)),
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
