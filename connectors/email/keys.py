"""Asks the name servers for the keys that signatures are made with."""

from collections.abc import Callable

import dns.exception
import dns.resolver

TxtLookup = Callable[[str], bytes | None]
"""Returns the text record of a name, empty where there is none; None: nobody could be asked."""

SECONDS = 3.0
_MOST_BYTES = 8_192


def ask(name: str) -> bytes | None:
    """Fetch the text record of a name from the machine's own name servers. Never raises."""
    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=SECONDS, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return b""
    except (dns.exception.DNSException, OSError, ValueError):
        return None
    for record in answer:
        strings: tuple[bytes, ...] = record.strings
        return b"".join(strings)[:_MOST_BYTES]
    return b""


def ask_nobody(name: str) -> bytes | None:  # noqa: ARG001 - the shape of a lookup
    """Ask no name server at all: then no signature proves anything, or disproves it."""
    return None
