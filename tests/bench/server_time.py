"""How much of the processor a PostgreSQL server has taken for one database, where Linux tells."""

import os
from pathlib import Path

from sqlalchemy import Engine, text

TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
PARENT, OWN, WAITED_FOR = 1, slice(11, 13), slice(13, 15)
"""Fields of /proc/<pid>/stat behind the name, as proc(5) counts them: ppid; utime, stime; cutime,
cstime."""
BACKENDS = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")


def server_ms(engine: Engine) -> float:
    """Return what its backends and their helpers have taken so far, in ms; 0 where none is asked.

    SQLite works inside our own process, and a server elsewhere cannot be looked at.
    """
    if engine.dialect.name != "postgresql":
        return 0.0
    with engine.connect() as connection:
        backends = [_fields(pid) for pid in connection.scalars(BACKENDS)]
    known = [each for each in backends if each]
    # Helpers of a query live as long as it does: who waited for them is their parent.
    parents = {each[PARENT] for each in known}
    waited = [each for each in (_fields(int(parent)) for parent in parents) if each]
    ticks = sum(_sum(each[OWN]) for each in known)
    return (ticks + sum(_sum(each[WAITED_FOR]) for each in waited)) * TICK_MS


def _fields(pid: int) -> list[str]:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return []
    return stat.rpartition(")")[2].split()


def _sum(ticks: list[str]) -> int:
    return sum(map(int, ticks))
