"""No test reaches the outside world: only loopback and unix sockets are let through."""

import ipaddress
import os
import sys
from urllib.parse import urlsplit

# A server the person running the tests named on purpose.
_NAMED = {
    host
    for name in ("HORNADA_TEST_PG", "HORNADA_TEST_REDIS")
    if (host := urlsplit(os.environ.get(name, "")).hostname)
}
_HOST_AT = {
    "socket.connect": lambda args: args[1],
    "socket.sendto": lambda args: args[1],
    "socket.sendmsg": lambda args: args[1],
    "socket.getaddrinfo": lambda args: args,
    "socket.gethostbyname": lambda args: args,
}


class OutsideWorld(RuntimeError):
    """A test tried to reach something that is not on this machine."""


def is_near(host: object) -> bool:
    """Say whether a host is this machine, or a server named for the tests.

    Names other than localhost are far: looking them up already asks the outside world.
    """
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in {None, "", "localhost"} or host in _NAMED:
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _guard(event: str, args: tuple[object, ...]) -> None:
    read = _HOST_AT.get(event)
    if read is None:
        return
    address = read(args)
    if isinstance(address, tuple) and address and not is_near(address[0]):
        raise OutsideWorld(f"{event} to {address[0]!r}: tests stay on this machine")


# An audit hook sees every connection Python makes; the code under test cannot take it off.
sys.addaudithook(_guard)
