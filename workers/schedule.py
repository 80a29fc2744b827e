"""The timetable process: looks into the database every few seconds for what is due.

Any number of these may run: everything they do is claimed, so nobody has to be the one.
"""

from dataclasses import replace

from hub.ports import Ports
from workers.listen import Listeners
from workers.run import keep_beating, sweep_once
from workers.stopping import Stopping

EVERY_SECONDS = 5.0
JITTER = 0.4
"""Share of the wait that is drawn, so that several of us do not look at the same moment."""


def run_schedule(ports: Ports) -> None:
    """Sweep until told to stop."""
    stopping = Stopping()
    ports = replace(ports, is_stopping=stopping.is_set)
    stopping.listen()
    keep_beating(ports, name="schedule")
    listeners = Listeners(ports)
    while not stopping.is_set():
        listeners.look()
        sweep_once(ports)
        stopping.wait(next_wait(ports))
    listeners.stop()
    ports.database.dispose()


def next_wait(ports: Ports) -> float:
    """Draw the seconds until the next sweep."""
    return EVERY_SECONDS * (1 + JITTER * (ports.random.random() - 0.5))
