"""Answers one message after the other within bounds: the other side of workers/apart.py."""

import json
import os
import resource
import sys
from collections.abc import Callable
from typing import BinaryIO

from pydantic import TypeAdapter

from connectors.errors import ChannelError
from connectors.readings import Message, Reading

MEMORY = 1024 * 1024 * 1024
"""Bytes of address space; facts: etsy-and-email 2.4, rule 5."""
CPU_SECONDS = 20
"""For one message; whoever only waits is ended by the clock of who waits for us."""
MOST_MESSAGES = 200
"""After so many a fresh child begins, so that what piles up is not held against a message."""

Read = Callable[[str, dict[str, str], Message], Reading]


def serve(read: Read, *, said: BinaryIO, heard: BinaryIO, memory: int = MEMORY) -> None:
    """Answer every message until nobody asks any more, within bounds."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    heard.write(b"ready\n")
    heard.flush()
    for _ in range(MOST_MESSAGES):
        line = said.readline()
        if not line:
            return
        _allow_time()
        answer, is_full = answered(read, line, said)
        heard.write(answer + b"\n")
        heard.flush()
        if is_full:
            return


def answered(read: Read, line: bytes, said: BinaryIO) -> tuple[bytes, bool]:
    """Read one message. Says whether there is no memory left to go on with."""
    try:
        head = json.loads(line)
        body = said.read(head["size"])
        message = Message(topic=head["topic"], body=body, headers=head["headers"])
        reading = read(head["channel"], head["settings"], message)
        value = TypeAdapter(type(reading)).dump_json(reading)
        return b'{"kind":"%s","value":%s}' % (type(reading).__name__.encode(), value), False
    except MemoryError:
        return b'{"full":true}', True
    except ChannelError as error:
        return json.dumps({"refused": str(error)}).encode(), False
    except Exception as error:  # noqa: BLE001 - a mistake over one message is told, not died of
        return json.dumps({"mistake": type(error).__name__}).encode(), False


def _allow_time() -> None:
    """Allow this message its time, whatever those before it took."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + CPU_SECONDS, hard))


def begin(read: Read, *, memory: int = MEMORY) -> None:
    """Serve over our standard input and output; what libraries print goes nowhere."""
    heard = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    serve(read, said=sys.stdin.buffer, heard=heard, memory=memory)
