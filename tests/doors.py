"""Ports for tests: a real database and vault, a clock moved by hand, the calls remembered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from connectors.protocol import Connection, Registration
from connectors.registry import CHANNELS
from hub.flow.channels.channels import connect
from hub.flow.letters.status_link import status_links
from hub.models.records.channels import ChannelAccount
from hub.models.session import Database, no_failpoint
from hub.models.vault import vault_of
from hub.ports import Ports
from hub.settings import Settings
from tests.factories import NOW

SECRET = "whsec-old-and-long-enough"
NEW_SECRET = "whsec-new-and-long-enough"
VAULT = vault_of([b"k" * 32])
LINKS = status_links(
    vault=VAULT, secret=None, base="https://hornada.example", is_public=True
)


@dataclass
class HandClock:
    """A clock that stands still until it is moved."""

    at: datetime = NOW

    def now(self) -> datetime:
        """Say what time it is."""
        return self.at

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self.at += by


@dataclass
class Calls:
    """Remembers which jobs were asked for."""

    kinds: list[str] = field(default_factory=list)

    def wake(self, kind: str) -> None:
        """Note one call."""
        self.kinds.append(kind)


def make_ports(
    database: Database,
    *,
    clock: HandClock | None = None,
    channels: Mapping[str, Registration] = CHANNELS,
    failpoint: Callable[[str], None] = no_failpoint,
    seed: int = 7,
) -> Ports:
    """Make ports on a database that has the schema."""
    return Ports(
        database=database,
        clock=clock or HandClock(),
        wake=Calls(),
        vault=VAULT,
        settings=Settings(allow_loopback=True),
        channels=channels,
        failpoint=failpoint,
        random=Random(seed),
    )


def connect_shop(
    ports: Ports,
    *,
    mode: str = "live",
    name: str = "Cera y Sal",
    settings: Mapping[str, str] | None = None,
    credentials: Mapping[str, str] | None = None,
    webhook_secrets: tuple[str, ...] = (SECRET,),
    channel: str = "shopify",
) -> ChannelAccount:
    """Connect a shop the way the product does, its secrets sealed."""
    with ports.database.begin() as session:
        account = connect(
            session,
            vault=ports.vault,
            registration=ports.channels[channel],
            name=name,
            connection=Connection(
                settings=settings or {"shop": "cera-y-sal.myshopify.com"},
                credentials=credentials or {"access_token": "shpat_of_the_shop"},
                webhook_secrets=webhook_secrets,
                allow_loopback=True,
            ),
            who="system",
            now=ports.clock.now(),
        )
        account.mode = mode
    return account


def calls_of(ports: Ports) -> list[str]:
    """Return the jobs asked for so far."""
    assert isinstance(ports.wake, Calls)
    return ports.wake.kinds
