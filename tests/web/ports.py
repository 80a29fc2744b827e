"""Ports for an app under test: a standing clock, and a queue that only remembers."""

from dataclasses import replace
from datetime import datetime

from hub.models.session import Database
from hub.ports import Ports
from hub.queue import NoWake, Wake
from hub.settings import Settings
from tests import doors
from tests.factories import NOW


class StandingClock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        """Say the time it was set to."""
        return self.time


class Woken:
    """Writes down which jobs were asked for."""

    def __init__(self) -> None:
        self.kinds: list[str] = []

    def wake(self, kind: str) -> None:
        """Note one call."""
        self.kinds.append(kind)


def make_ports(
    database: Database,
    *,
    clock: StandingClock | None = None,
    wake: Wake | None = None,
    settings: Settings | None = None,
) -> Ports:
    """Make the ports of an app on a database, by default one whose shops may be on this machine."""
    return replace(
        doors.make_ports(database),
        clock=clock or StandingClock(),
        wake=wake or NoWake(),
        settings=settings or Settings(allow_loopback=True),
    )
