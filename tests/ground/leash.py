"""Starts servers that end when the test process ends, however that ends."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

# The shell waits on two things: the server, and the pipe from us. When we are killed the
# pipe closes, `cat` ends and the server is told to stop: INT is PostgreSQL's fast shutdown,
# TERM is for programs that leave INT to the terminal. Works on POSIX, as any user.
_LEASH = """
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
( cat <&3 >/dev/null; kill -INT "$server"; kill -TERM "$server" ) 2>/dev/null &
wait "$server"
"""


def start_on_leash(
    command: Sequence[str | Path], *, folder: Path, log: Path, user: str | None = None
) -> subprocess.Popen[bytes]:
    """Start a server in `folder` that dies with us.

    Ctrl-C does not reach it (own session): tests still tidy up against a live server.
    `user` is the name of another user to run it as; only root can ask for that.
    """
    with log.open("wb") as out:
        return subprocess.Popen(
            ["/bin/sh", "-c", _LEASH, "leash", *map(str, command)],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=folder,
            start_new_session=True,
            user=user,
        )


def let_go(process: subprocess.Popen[bytes], *, seconds: float = 20) -> None:
    """End a server started on a leash, and wait until it is gone.

    :raises subprocess.TimeoutExpired: it did not stop within `seconds`.
    """
    if process.stdin is not None:
        process.stdin.close()
    process.wait(timeout=seconds)
