"""Where the harness of a channel is: tests/contract/channels/<key>/harness.py."""

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from tests.contract.harness import Harness

Open = Callable[[], Harness]

FOLDER = Path(__file__).parent / "channels"


class NoHarness(AssertionError):
    """A channel is registered and nobody wrote what examines it."""


def harness_of(key: str) -> Open:
    """Find what opens a pretended shop of a channel.

    :raises NoHarness: there is none.
    """
    name = f"tests.contract.channels.{key}.harness"
    if not (FOLDER / key / "harness.py").is_file() or find_spec(name) is None:
        raise NoHarness(
            f"the channel “{key}” is registered and has no tests/contract/channels/{key}/harness.py"
        )
    made: Open = import_module(name).open_shop
    return made


def opened(key: str) -> Iterator[Harness]:
    """Open a pretended shop of a channel, and close it in the end."""
    harness = harness_of(key)()
    yield harness
    harness.close()
