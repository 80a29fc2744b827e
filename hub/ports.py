"""What a door (web, worker, CLI) is given: the database, the time, the queue, and the way to the shops."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random, SystemRandom
from typing import Protocol

from connectors.protocol import Registration
from hub.clock import Clock
from hub.models.session import Database, no_failpoint
from hub.models.vault import Vault
from hub.settings import Settings


class Wake(Protocol):
    """Tells the workers that there is work; losing a call only makes things slower."""

    def wake(self, kind: str) -> None:
        """Ask for one job: read_messages | plan | push | sweep. Never raises, never waits long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything outside the process, as one value. Nothing below the doors makes its own."""

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
