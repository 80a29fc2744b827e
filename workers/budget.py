"""How long one job goes on, and under which name it claims."""

import os
import socket
from datetime import timedelta

from hub.ports import Ports

SECONDS = 45
"""A job begins nothing new after this, so that it ends well within hub.queue.JOB_SECONDS."""


class Budget:
    """The time of one job, which also ends when its process is told to stop."""

    def __init__(self, ports: Ports, *, seconds: int = SECONDS) -> None:
        self._clock, self._is_stopping = ports.clock, ports.is_stopping
        self._ends_at = ports.clock.now() + timedelta(seconds=seconds)

    @property
    def is_spent(self) -> bool:
        """Say whether the job should begin nothing more."""
        return self._is_stopping() or self._clock.now() >= self._ends_at


def new_owner(ports: Ports) -> str:
    """Make the name of one claim: no other claim has it, not even of this process."""
    return f"{socket.gethostname()}:{os.getpid()}:{ports.random.getrandbits(64):016x}"
