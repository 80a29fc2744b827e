"""Which addresses a connection may reach, decided after DNS and before the first byte.

https goes to public addresses only, plain http to this machine only, whatever a name says.
The address that was looked at is the one connected to, so that a name which changes its
address in between gains nothing.
"""

import ipaddress
import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError as NoConnectionInTime
from urllib3.exceptions import NameResolutionError, NewConnectionError

MOST_ADDRESSES = 4
"""How many addresses of one name are tried: a long list must not become a long wait."""

_NAT64 = IPv6Network("64:ff9b::/96")

_Address = IPv4Address | IPv6Address


class AddressRefused(Exception):
    """A name leads to an address nothing may be sent to."""


def is_public(address: str) -> bool:
    """Say whether an IP address is somewhere on the open internet.

    IPv4 addresses wrapped in IPv6 (mapped, 6to4, NAT64) are judged by what they wrap.
    """
    found = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    return found.is_global and not found.is_multicast


def is_loopback(address: str) -> bool:
    """Say whether an IP address is this machine."""
    return _unwrapped(ipaddress.ip_address(address.partition("%")[0])).is_loopback


def _unwrapped(address: _Address) -> _Address:
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def vetted(host: str, *, port: int, allowed: Callable[[str], bool]) -> list[str]:
    """Resolve a name and return its addresses, every one of them allowed.

    :raises AddressRefused: one of them is not, or the name has none.
    :raises socket.gaierror: the name does not resolve.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
    if not addresses or not all(allowed(address) for address in addresses):
        raise AddressRefused(host)
    return addresses[:MOST_ADDRESSES]


class _Vets(HTTPConnection):
    """Connects only to addresses that were looked at."""

    allowed = staticmethod(is_public)

    def _new_conn(self) -> socket.socket:
        name = self._dns_host
        try:
            addresses = vetted(name, port=self.port or 0, allowed=self.allowed)
            return self._first_that_answers(addresses)
        except socket.gaierror as e:
            raise NameResolutionError(name, self, e) from e
        finally:
            self._dns_host = name

    def _first_that_answers(self, addresses: list[str]) -> socket.socket:
        *others, last = addresses
        for address in others:
            self._dns_host = address
            try:
                return super()._new_conn()
            except (NewConnectionError, NoConnectionInTime):
                continue
        self._dns_host = last
        return super()._new_conn()


class _LocalHttp(_Vets):
    allowed = staticmethod(is_loopback)


class _PublicHttps(_Vets, HTTPSConnection):
    pass


class _LocalHttpPool(HTTPConnectionPool):
    ConnectionCls = _LocalHttp


class _PublicHttpsPool(HTTPSConnectionPool):
    ConnectionCls = _PublicHttps


class VettingAdapter(HTTPAdapter):
    """A requests adapter whose connections vet the address they reach."""

    def init_poolmanager(self, *args: object, **kwargs: object) -> None:
        """Make the usual pools, of connections that vet."""
        super().init_poolmanager(*args, **kwargs)  # type: ignore[arg-type]
        self.poolmanager.pool_classes_by_scheme = {
            "http": _LocalHttpPool,
            "https": _PublicHttpsPool,
        }
