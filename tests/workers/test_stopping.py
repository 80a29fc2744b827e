"""A process hears that it is to stop, whichever of its threads the signal meets."""

import signal
import subprocess
import sys
import time

# With a threading.Event instead, about one in six of these never stops.
WITH_THREADS = """
import threading, time
from workers.stopping import Stopping

def spin():
    while True:
        time.sleep(0.001)

for _ in range(4):
    threading.Thread(target=spin, daemon=True).start()
stopping = Stopping()
stopping.listen()
print("listening", flush=True)
stopping.wait()
print("stopped", flush=True)
"""
PROCESSES = 20


def start() -> "subprocess.Popen[str]":
    """Start a process that waits to be told to stop."""
    command = [sys.executable, "-c", WITH_THREADS]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_two_signals_at_once_stop_a_process_with_threads() -> None:
    said: list[str] = []
    for _ in range(PROCESSES):
        with start() as process:
            assert process.stdout is not None
            process.stdout.readline()

            process.send_signal(signal.SIGINT)
            process.send_signal(signal.SIGTERM)

            try:
                said.append(process.communicate(timeout=10)[0].strip())
            finally:
                process.kill()

    assert said == ["stopped"] * PROCESSES


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
