"""The program of the child in which messages of strangers are read; it knows no secret."""

from connectors.protocol import Connection
from connectors.readings import Message, Reading
from connectors.registry import CHANNELS
from workers.answering import begin


def read_as(channel: str, settings: dict[str, str], message: Message) -> Reading:
    """Say what a message of a channel means, to whoever knows the settings of its account."""
    connection = Connection(settings=settings, credentials={})
    return CHANNELS[channel].connect(connection).read(message)


if __name__ == "__main__":
    begin(read_as)
