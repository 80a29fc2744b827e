"""The built-in channel: it only reads, because nobody outside is to be told anything."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from connectors.manual.read import read
from connectors.protocol import Connection, Registration
from connectors.readings import Message, Reading
from connectors.spec import Spec

SPEC = Spec(
    key="manual",
    title="By hand",
    api_version="1",
    capabilities=frozenset(),
    ambiguity_horizon=timedelta(0),
)


class Manual:
    """Orders typed on our pages or sent to our API."""

    spec: ClassVar[Spec] = SPEC

    def __init__(self, connection: Connection) -> None:
        """Take the connection every channel is given; there is nothing to connect to."""

    def read(self, message: Message) -> Reading:
        """Say what a typed order says."""
        return read(message)


def check(_connection: Connection) -> Mapping[str, str]:
    """Find nothing wrong: nothing has to be typed to use it."""
    return {}


REGISTRATION = Registration(spec=SPEC, connect=Manual, check=check)
