"""Connections for what speaks no HTTP: the address is looked at before the first byte."""

import socket
from collections.abc import Callable

from connectors.addresses import is_loopback, is_public, vetted


def open_socket(
    host: str,
    *,
    port: int,
    timeout: float,
    only_here: bool = False,
    may_be_here: bool = False,
) -> socket.socket:
    """Connect to the first address of a name that answers, every one of them allowed.

    Names lead to public addresses; with `may_be_here` also to this machine, with `only_here` to
    nothing else. `timeout` is in seconds, of each try and of each later read.

    :raises connectors.addresses.AddressRefused: the name leads where nothing may be sent.
    :raises OSError: nobody answers, or the name does not resolve.
    """
    allowed = _allowed(only_here=only_here, may_be_here=may_be_here)
    addresses = vetted(host, port=port, allowed=allowed)
    for address in addresses[:-1]:
        try:
            return socket.create_connection((address, port), timeout=timeout)
        except OSError:
            continue
    return socket.create_connection((addresses[-1], port), timeout=timeout)


def _allowed(*, only_here: bool, may_be_here: bool) -> Callable[[str], bool]:
    if only_here:
        return is_loopback
    if may_be_here:
        return lambda address: is_public(address) or is_loopback(address)
    return is_public
