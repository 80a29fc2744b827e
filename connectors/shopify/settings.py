"""What a person types to connect a shop, checked before anything is called."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from connectors.errors import Rejected
from connectors.http import origin_problem
from connectors.protocol import Connection
from connectors.shopify.client import API_VERSION, OLDEST_VERSION, is_version, shop_domain
from connectors.spec import Field

FIELDS = (
    Field(
        name="settings.shop",
        label="Shop",
        help="The shop's own address in its admin, not the one buyers see.",
        example="name.myshopify.com",
    ),
    Field(
        name="credentials.client_id",
        label="Client ID",
        help="In Shopify's Dev Dashboard: your app, Settings.",
        is_required=False,
    ),
    Field(
        name="credentials.client_secret",
        label="Client secret",
        help="Beside the client ID. It also proves the shop's messages.",
        is_secret=True,
        is_required=False,
    ),
    Field(
        name="credentials.access_token",
        label="Access token",
        help="Only of an app made before 2026 in the shop's own admin, instead of the two above.",
        example="shpat_…",
        is_secret=True,
        is_required=False,
        is_rare=True,
    ),
    Field(
        name="webhook_secrets",
        label="Secrets of the shop's messages",
        help="Needed with an access token, and for webhooks made by hand in the shop's settings.",
        is_secret=True,
        is_required=False,
        is_rare=True,
    ),
    Field(
        name="settings.api_version",
        label="API version",
        help="Leave it empty, unless Shopify's support names one.",
        example=API_VERSION,
        is_required=False,
        is_rare=True,
    ),
)
"""What a person types: an app's id and secret, or an old app's token. `check` says which is
missing; `settings.base_url` is only for sandboxes and so not asked for."""

_SECRET = re.compile(r"[!-~]{8,512}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a shop's API answers: its origin, and the path everything is under there."""

    origin: str
    prefix: str = ""


def address_of(connection: Connection) -> Address:
    """Say where to call: the shop itself, or a sandbox on this machine.

    :raises Rejected: that is nowhere we may call.
    """
    if problems := _where(connection):
        raise Rejected(f"host_not_allowed: {next(iter(problems.values()))}")
    if sandbox := connection.settings.get("base_url", ""):
        parts = urlsplit(sandbox)
        prefix = parts.path.rstrip("/")
        return Address(origin=f"{parts.scheme}://{parts.netloc}", prefix=prefix)
    return Address(origin=f"https://{shop_of(connection)}")


def shop_of(connection: Connection) -> str:
    """Return the shop's own domain, `x.myshopify.com`."""
    return shop_domain(connection.settings.get("shop", ""))


def version_of(connection: Connection) -> str:
    """Return the API version to speak: ours, unless the account pins another."""
    return connection.settings.get("api_version", "") or API_VERSION


def secrets_of(connection: Connection) -> list[str]:
    """Return every secret a webhook may be signed with; the app's own signs its webhooks."""
    app = connection.credentials.get("client_secret", "")
    return [one for one in [*connection.webhook_secrets, app] if one]


def check(connection: Connection) -> Mapping[str, str]:
    """Name the problems of what was typed, by field; nothing when all is well.

    Says nothing about whether the shop agrees: no call is made.
    """
    return {
        **_where(connection),
        **_version(connection),
        **_credentials(connection),
        **_webhook_secrets(connection),
    }


def _where(connection: Connection) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not shop_of(connection):
        problems["settings.shop"] = "This is the shop's own address: name.myshopify.com."
    sandbox = connection.settings.get("base_url", "")
    if sandbox and (problem := _sandbox_problem(sandbox, connection=connection)):
        problems["settings.base_url"] = f"{problem[0].upper()}{problem[1:]}."
    return problems


def _sandbox_problem(sandbox: str, *, connection: Connection) -> str:
    try:
        parts = urlsplit(sandbox)
    except ValueError:
        return "this is not an address"
    if parts.scheme != "http" or parts.query or parts.fragment:
        return "only a sandbox on this machine may stand in for Shopify (http://127.0.0.1)"
    origin = f"{parts.scheme}://{parts.netloc}"
    return origin_problem(origin, allow_loopback=connection.allow_loopback)


def _version(connection: Connection) -> dict[str, str]:
    if is_version(version_of(connection)):
        return {}
    problem = f"A version is a quarter, {OLDEST_VERSION} or later: {API_VERSION}."
    return {"settings.api_version": problem}


def _credentials(connection: Connection) -> dict[str, str]:
    given = {name: value for name, value in connection.credentials.items() if value}
    if not given.keys() & {"access_token", "client_id", "client_secret"}:
        what = "Give the app's access token, or its client id and client secret."
        return {"credentials.access_token": what}
    problems = {
        f"credentials.{name}": "It was not copied whole: it has no spaces or accents."
        for name in ("access_token", "client_id", "client_secret")
        if name in given and not _SECRET.fullmatch(given[name])
    }
    if "access_token" not in given:
        for name in {"client_id", "client_secret"} - given.keys():
            problems[f"credentials.{name}"] = "Both the client id and secret are needed."
    return problems


def _webhook_secrets(connection: Connection) -> dict[str, str]:
    if not secrets_of(connection):
        what = "Give at least one secret that the shop signs its messages with."
        return {"webhook_secrets": what}
    if all(_SECRET.fullmatch(one) for one in connection.webhook_secrets):
        return {}
    what = "A secret was not copied whole: it has no spaces or accents."
    return {"webhook_secrets": what}
