"""What somebody types to connect a shop is checked before anything is called."""

from collections.abc import Mapping

import pytest

from connectors.errors import Rejected
from connectors.protocol import Connection
from connectors.shopify.settings import address_of, check, secrets_of, version_of

SHOP = {"shop": "taller.myshopify.com"}
PASTED = {"access_token": "shpat_0123456789"}
APP = {"client_id": "0123456789ab", "client_secret": "shpss_0123456789"}


def connection(
    settings: Mapping[str, str] = SHOP,
    credentials: Mapping[str, str] = PASTED,
    webhook_secrets: tuple[str, ...] = ("shop-level-secret",),
    *,
    allow_loopback: bool = False,
) -> Connection:
    return Connection(
        settings=settings,
        credentials=credentials,
        webhook_secrets=webhook_secrets,
        allow_loopback=allow_loopback,
    )


def test_a_pasted_token_or_an_app_is_enough() -> None:
    assert check(connection()) == {}
    assert check(connection(credentials=APP)) == {}


def test_an_apps_own_secret_signs_its_webhooks() -> None:
    app = connection(credentials=APP, webhook_secrets=())

    assert check(app) == {}
    assert secrets_of(app) == ["shpss_0123456789"]


@pytest.mark.parametrize(
    "asked,field",
    [
        (connection(settings={}), "settings.shop"),
        (connection(settings={"shop": "taller.example.com"}), "settings.shop"),
        (connection(settings={**SHOP, "api_version": "2024-10"}), "settings.api_version"),
        (connection(settings={**SHOP, "api_version": "latest"}), "settings.api_version"),
        (connection(credentials={}), "credentials.access_token"),
        (connection(credentials={"access_token": ""}), "credentials.access_token"),
        (
            connection(credentials={"access_token": "a b c d e f"}),
            "credentials.access_token",
        ),
        (
            connection(credentials={"access_token": "x\r\nHost: y"}),
            "credentials.access_token",
        ),
        (
            connection(credentials={"access_token": "señal-larga"}),
            "credentials.access_token",
        ),
        (connection(credentials={"client_id": "0123456789"}), "credentials.client_secret"),
        (connection(credentials={"client_secret": "0123456789"}), "credentials.client_id"),
        (connection(webhook_secrets=()), "webhook_secrets"),
        (connection(webhook_secrets=("with a space",)), "webhook_secrets"),
    ],
)
def test_a_mistake_is_named_by_its_field(asked: Connection, field: str) -> None:
    problems = check(asked)

    assert set(problems) == {field}
    assert problems[field].endswith(".")


@pytest.mark.parametrize(
    "base_url",
    [
        "https://evil.example",
        "http://evil.example",
        "http://127.0.0.1.evil.example",
        "http://10.0.0.5:8000",
        "http://127.0.0.1@evil.example",
        "http://user@127.0.0.1",
        "http://127.0.0.1:8000/?x=1",
        "http://127.0.0.1:8000/#x",
        "http://[::1",
        "ftp://127.0.0.1",
        "127.0.0.1:8000",
    ],
)
def test_only_a_sandbox_on_this_machine_may_stand_in_for_the_shop(base_url: str) -> None:
    asked = connection(settings={**SHOP, "base_url": base_url}, allow_loopback=True)

    assert set(check(asked)) == {"settings.base_url"}
    with pytest.raises(Rejected, match="host_not_allowed"):
        address_of(asked)


def test_a_sandbox_is_only_called_where_sandboxes_are_allowed() -> None:
    settings = {**SHOP, "base_url": "http://127.0.0.1:8000"}

    assert set(check(connection(settings=settings))) == {"settings.base_url"}
    with pytest.raises(Rejected, match="host_not_allowed"):
        address_of(connection(settings=settings))
    assert check(connection(settings=settings, allow_loopback=True)) == {}


@pytest.mark.parametrize(
    "base_url,origin,prefix",
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000", ""),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000", ""),
        ("http://localhost:8/shops/a.b/", "http://localhost:8", "/shops/a.b"),
    ],
)
def test_a_sandbox_may_keep_several_shops(base_url: str, origin: str, prefix: str) -> None:
    settings = {**SHOP, "base_url": base_url}

    address = address_of(connection(settings=settings, allow_loopback=True))

    assert (address.origin, address.prefix) == (origin, prefix)


def test_a_shop_is_called_at_its_own_domain_and_the_pinned_version() -> None:
    assert address_of(connection()).origin == "https://taller.myshopify.com"
    assert version_of(connection()) == "2026-10"
    assert version_of(connection(settings={**SHOP, "api_version": "2027-01"})) == "2027-01"


def test_a_connection_does_not_show_its_secrets() -> None:
    shown = repr(connection(credentials={**PASTED, **APP}))

    for secret in [*PASTED.values(), *APP.values(), "shop-level-secret"]:
        assert secret not in shown
