"""The jobs there are, by the name the queue calls them."""

from collections.abc import Callable, Mapping
from functools import partial

from hub.ports import Ports
from workers.mailbox import look_into_mailboxes
from workers.plan import plan
from workers.poll import poll
from workers.push import push
from workers.read import read_messages
from workers.sweep import sweep

JOBS: Mapping[str, Callable[[Ports], int]] = {
    "read_messages": read_messages,
    "plan": plan,
    "push": push,
    "poll": poll,
    "mailbox": look_into_mailboxes,
    "sweep": sweep,
}
"""Each looks for its work in the database, does it, and returns how much there was."""


def work_of(ports: Ports) -> dict[str, Callable[[], object]]:
    """Tie every job to one process's ports."""
    return {name: partial(job, ports) for name, job in JOBS.items()}
