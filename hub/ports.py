"""What a door is given: the database, the time, the queue, and the way to the shops."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random, SystemRandom

from connectors.protocol import Channel, Registration
from hub.clock import Clock
from hub.flow.channels import open_connection
from hub.models.channels import ChannelAccount
from hub.models.session import Database, no_failpoint
from hub.models.vault import Vault
from hub.queue import Wake
from hub.settings import Settings


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
    failpoint: Callable[[str], None] = no_failpoint
    """Called by name around outbound calls; only a crash simulation passes another one."""
    random: Random = field(default_factory=SystemRandom)
    """For jitter only, never for secrets."""


class UnknownChannel(Exception):
    """An account of a channel this version of Hornada does not have."""


def open_channel(ports: Ports, *, account: ChannelAccount) -> Channel:
    """Make the channel that acts for an account, its secrets opened; asks no database.

    :raises UnknownChannel: no such channel is registered.
    """
    registration = ports.channels.get(account.channel)
    if registration is None:
        raise UnknownChannel(f"there is no channel “{account.channel}” in this version")
    connection = open_connection(
        account, vault=ports.vault, allow_loopback=ports.settings.allow_loopback
    )
    return registration.connect(connection)
