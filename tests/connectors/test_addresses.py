"""Nothing is sent inside a network: tricks with names, addresses and DNS that change."""

import socket

import pytest

from connectors.addresses import is_loopback, is_public
from connectors.errors import Rejected, Retryable
from connectors.http import Http, origin_problem

INSIDE = [
    "0.0.0.0",  # noqa: S104
    "10.0.0.5",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.7",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:10.0.0.5",
    "::ffff:127.0.0.1",
    "64:ff9b::a00:5",
    "64:ff9b::7f00:1",
    "2002:a00:5::",
    "2001:db8::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "ff02::1",
]

OUTSIDE = ["23.227.38.33", "8.8.8.8", "2620:127:f00f:5::", "64:ff9b::17e3:2621"]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_a_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_on_the_internet_is_public_and_not_this_machine(address: str) -> None:
    assert is_public(address)
    assert not is_loopback(address)


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_refused_before_anything_connects(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    resolve_to(monkeypatch, [address])

    with pytest.raises(Rejected, match="host_not_allowed"):
        call("https://shop.example")


def test_one_address_inside_among_others_is_enough_to_refuse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolve_to(monkeypatch, ["23.227.38.33", "10.0.0.5"])

    with pytest.raises(Rejected, match="host_not_allowed"):
        call("https://shop.example")


@pytest.mark.parametrize("first", [["23.227.38.33"], ["23.227.38.33", "8.8.8.8"]])
def test_the_address_that_was_looked_at_is_the_one_connected_to(
    monkeypatch: pytest.MonkeyPatch, first: list[str]
) -> None:
    answers = iter([first, *[["127.0.0.1"]] * 5])

    def changing(host: str, port: object, *_: object, **__: object) -> object:
        addresses = [host] if host[0].isdigit() else next(answers)
        return [info for address in addresses for info in found(address, port)]

    monkeypatch.setattr("connectors.addresses.socket.getaddrinfo", changing)

    # The guard of these tests names the address the code was about to connect to.
    with pytest.raises(RuntimeError, match=r"socket\.connect to '23\.227\.38\.33'"):
        call("https://shop.example")


def test_a_name_nobody_knows_is_worth_another_try(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr("connectors.addresses.socket.getaddrinfo", unknown)

    with pytest.raises(Retryable, match="nothing was sent"):
        call("https://shop.example")


@pytest.mark.parametrize("allow_loopback", [True, False])
@pytest.mark.parametrize(
    "origin",
    [
        "",
        "shop.example",
        "//shop.example",
        "ftp://shop.example",
        "ws://shop.example",
        "gopher://shop.example",
        "http://shop.example",
        "http://10.0.0.5",
        "http://localhost.shop.example",
        "http://127.0.0.1.nip.example",
        "http://2130706433",
        "http://0x7f000001",
        "http://017700000001",
        "https://",
        "https:///",
        "https://shop.example/",
        "https://shop.example/admin",
        "https://shop.example?x=1",
        "https://shop.example#x",
        "https://user@shop.example",
        "https://user:word@shop.example",
        "https://shop.example@127.0.0.1",
        "https://shop.example:port",
        "https://shop.example:99999",
        "https://[::1",
        "https://localhost",
        "https://127.0.0.1",
        "https://[::1]",
        "HTTPS://shop.example/..",
        " https://shop.example",
        "https://shop.example\n",
        "https://shop.example\r\nX: y",
        "https:\\\\shop.example",
        "javascript:alert(1)",
    ],
)
def test_an_origin_that_is_more_or_less_than_a_host_is_refused(
    origin: str, allow_loopback: bool
) -> None:
    assert origin_problem(origin, allow_loopback=allow_loopback)
    with pytest.raises(Rejected, match="host_not_allowed"):
        Http(title="Shop", origin=origin, allow_loopback=allow_loopback)


@pytest.mark.parametrize(
    "origin", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"]
)
def test_this_machine_is_only_reached_where_a_sandbox_is_allowed(origin: str) -> None:
    assert not origin_problem(origin, allow_loopback=True)
    assert origin_problem(origin, allow_loopback=False)


def call(origin: str) -> None:
    http = Http(title="Shop", origin=origin)
    http.post_json("/api", payload={}, headers={}, write=True)


def found(address: str, port: object) -> list[tuple[object, ...]]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return [(family, socket.SOCK_STREAM, 6, "", (address, port))]


def resolve_to(monkeypatch: pytest.MonkeyPatch, addresses: list[str]) -> None:
    """Answer every look-up of a name with these addresses."""
    monkeypatch.setattr(
        "connectors.addresses.socket.getaddrinfo",
        lambda _host, port, *_, **__: [
            info for address in addresses for info in found(address, port)
        ],
    )
