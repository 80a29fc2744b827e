"""Being told to stop: a flag that a signal may raise at any moment."""

import math
import signal
import time
from types import FrameType

LOOK_SECONDS = 0.1


class Stopping:
    """Raised by SIGTERM or Ctrl-C once it listens, and never lowered.

    Not a threading.Event: when another thread takes the signal, a main thread that waits on a
    lock is not woken to handle it (with two signals at once, 5 of 30 processes with threads never
    stopped). So this is a plain flag, looked at often.
    """

    def __init__(self) -> None:
        self._is_set = False

    def is_set(self) -> bool:
        """Say whether we were told to stop."""
        return self._is_set

    def set(self) -> None:
        """Raise the flag; safe in a signal handler."""
        self._is_set = True

    def listen(self) -> None:
        """Be raised by the signals that ask a process to stop, whoever handled them before."""

        def stop(_signum: int, _frame: FrameType | None) -> None:
            self.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)

    def wait(self, seconds: float = math.inf) -> None:
        """Wait until it is raised, or the time is up."""
        give_up = time.monotonic() + seconds
        while not self._is_set and (left := give_up - time.monotonic()) > 0:
            time.sleep(min(left, LOOK_SECONDS))
