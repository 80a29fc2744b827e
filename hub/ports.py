"""What a door is given: the database, the time, the queue, and the way to the shops."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random, SystemRandom

from connectors.protocol import Channel, Connection, Registration
from connectors.registry import CHANNELS
from hub.clock import Clock, SystemClock
from hub.flow.channels.channels import open_connection
from hub.flow.letters.status_link import StatusLinks, status_links
from hub.keys import open_vault
from hub.models.records.channels import ChannelAccount
from hub.models.session import Database, no_failpoint
from hub.models.vault import Vault
from hub.pacing import Lane, NoPacing, Pacing, RedisPacing
from hub.queue import NoWake, RedisWake, Wake
from hub.settings import Settings
from hub.valkey import known_url


def as_it_is(words: str, _language: str) -> str:
    """Say what was found as it was found."""
    return words


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything outside the process, as one value; nothing below makes its own."""

    database: Database
    clock: Clock
    wake: Wake
    vault: Vault
    settings: Settings
    channels: Mapping[str, Registration]
    """Every kind of channel by key: `connectors.registry`, or a test's own."""
    pacing: Pacing = field(default_factory=NoPacing)
    """What keeps the workers of an account together within what its channel takes."""
    failpoint: Callable[[str], None] = no_failpoint
    """Called by name around outbound calls; only a crash simulation passes another one."""
    say: Callable[[str, str], str] = as_it_is
    """Says what was found in a language: (words, language). The pages know how
    (hub/web/wording/spoken.py); without them it stays as it is."""
    random: Random = field(default_factory=SystemRandom)
    """For jitter only, never for secrets."""
    is_stopping: Callable[[], bool] = field(default=lambda: False)
    """Whether this process was told to stop: then a job begins nothing more."""


class UnknownChannel(Exception):
    """An account of a channel this version of Hornada does not have."""


def open_ports(settings: Settings, *, wake: Wake | None = None) -> Ports:
    """Open the product's own ports. The database must be at its newest revision.

    :raises hub.keys.BadKey: the key cannot be used.
    :raises hub.models.vault.KeyMissing: stored secrets were sealed with a key not here.
    :raises sqlalchemy.exc.SQLAlchemyError: the database cannot be reached.
    """
    clock = SystemClock()
    database = Database(settings.database)
    with database.begin() as session:
        vault = open_vault(
            session, key=settings.key, key_file=settings.key_file, now=clock.now()
        )
    return Ports(
        database=database,
        clock=clock,
        wake=wake or wake_of(settings),
        vault=vault,
        settings=settings,
        channels=CHANNELS,
        pacing=pacing_of(settings),
    )


def queue_url(settings: Settings) -> str:
    """Return where the queue server is: named, or started by us; nothing if there is none."""
    return settings.redis_url or known_url(queue_folder(settings))


def queue_folder(settings: Settings) -> Path:
    """Return where the queue server that comes along keeps its files."""
    return settings.data / "valkey"


def wake_of(settings: Settings) -> Wake:
    """Make the way to wake workers; without a queue server the sweep does all work."""
    url = queue_url(settings)
    return RedisWake(url) if url else NoWake()


def pacing_of(settings: Settings) -> Pacing:
    """Make what shares a channel's patience among workers; without a queue server nothing does."""
    url = queue_url(settings)
    return RedisPacing(url) if url else NoPacing()


def links_of(ports: Ports) -> StatusLinks:
    """Make what makes and reads the links buyers follow."""
    settings = ports.settings
    return status_links(
        vault=ports.vault,
        secret=settings.secret_key,
        base=settings.url,
        is_public=bool(settings.public_url),
    )


def connection_of(
    ports: Ports, *, account: ChannelAccount, lane: Lane = Lane.LIVE
) -> Connection:
    """Open what a channel is told of an account; asks no database."""
    connection = open_connection(
        account, vault=ports.vault, allow_loopback=ports.settings.allow_loopback
    )
    return replace(connection, pacer=ports.pacing.pacer_of(account.id, lane=lane))


def open_channel(
    ports: Ports, *, account: ChannelAccount, lane: Lane = Lane.LIVE
) -> Channel:
    """Make the channel that acts for an account, its secrets opened; asks no database.

    In the background lane it leaves half of what the channel takes to live work.

    :raises UnknownChannel: no such channel is registered.
    """
    registration = ports.channels.get(account.channel)
    if registration is None:
        raise UnknownChannel(f"there is no channel “{account.channel}” in this version")
    return registration.connect(connection_of(ports, account=account, lane=lane))
