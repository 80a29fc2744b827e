"""A process hears that it is to stop, however often and whenever it is told."""

import subprocess
import sys
import time

STUBBORN = """
import os, signal, threading, time
from workers.stopping import Stopping

stopping = Stopping()
stopping.listen()
print("listening", flush=True)

def tell_often():
    for number in [signal.SIGINT, signal.SIGTERM] * 200:
        os.kill(os.getpid(), number)

threading.Thread(target=tell_often).start()
stopping.wait()
print("stopped", flush=True)
"""


def test_a_hail_of_signals_is_heard_and_does_not_tangle_the_process() -> None:
    for _ in range(5):
        done = subprocess.run(
            [sys.executable, "-c", STUBBORN],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )

        assert done.stdout.split() == ["listening", "stopped"]


def test_a_wait_ends_by_itself_when_nobody_says_anything() -> None:
    began = time.monotonic()

    subprocess.run(
        [
            sys.executable,
            "-c",
            "from workers.stopping import Stopping; Stopping().wait(0.2)",
        ],
        check=True,
        timeout=30,
    )

    assert time.monotonic() - began >= 0.2
