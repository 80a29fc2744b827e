"""Ties a process to the one that started it: when that one is gone, however, it leaves too."""

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1
"""Linux prctl(2): the signal a process gets when the thread that made it is gone."""

WATCH_SECONDS = 1.0

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def tie_to_parent(parent: int) -> None:
    """Ask to be told to stop when the parent is gone, even by kill -9. Call it in the child.

    Only Linux tells a process so; elsewhere a thread of ours watches (`watch_parent`). `parent`
    is who started us: should it be gone already, we leave at once.
    """
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def watch_parent(parent: int) -> None:
    """Leave when the parent is gone, where the kernel does not say so. Call it in the child."""
    if _libc is None:
        threading.Thread(
            target=_watch, args=(parent,), name="lifeline", daemon=True
        ).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCH_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
