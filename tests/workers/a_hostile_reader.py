"""A child that reads as it is told to by the message: well, too long, too much, or to its death."""

import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from connectors.errors import PayloadError
from connectors.readings import UNOPENED, Ignored, Message, Reading
from workers.answering import begin

MEMORY = 400 * 1024 * 1024


def read(channel: str, settings: dict[str, str], message: Message) -> Reading:
    """Do what the body says."""
    if UNOPENED in message.headers and message.topic != "stubborn":
        return Ignored(why=f"only the head: {message.headers[UNOPENED]}")
    word = message.body.split(b"\n")[0].decode()
    if word == "environment":
        return Ignored(why=" ".join(sorted(os.environ)))
    if word in DEEDS:
        DEEDS[word](settings)
    return Ignored(why=f"{channel} {len(message.body)} {os.getpid()}")


def _die_once(settings: dict[str, str]) -> None:
    mark = Path(settings["mark"])
    if not mark.exists():
        mark.touch()
        os._exit(3)


def _refuse(_: dict[str, str]) -> None:
    raise PayloadError("this is no mail")


def _mistake(_: dict[str, str]) -> None:
    raise KeyError("of ours")


def _chatter(_: dict[str, str]) -> None:
    sys.stdout.write("a library says something\n")
    sys.stdout.flush()
    sys.stderr.write("and complains\n")


DEEDS: Mapping[str, Callable[[dict[str, str]], object]] = {
    "sleep": lambda _: time.sleep(60),
    "die": lambda _: os._exit(3),
    "die once": _die_once,
    "eat": lambda _: bytearray(2 * MEMORY),
    "refuse": _refuse,
    "mistake": _mistake,
    "chatter": _chatter,
}


if __name__ == "__main__":
    begin(read, memory=MEMORY)
