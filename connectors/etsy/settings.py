"""What a person types to connect an Etsy shop, checked before anything is called."""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from connectors.errors import Rejected
from connectors.http import origin_problem
from connectors.protocol import Connection
from connectors.spec import Field

API_ORIGIN = "https://openapi.etsy.com"
TOKEN_ADDRESS = "https://api.etsy.com/v3/public/oauth/token"  # noqa: S105 - an address
CONSENT_ADDRESS = "https://www.etsy.com/oauth/connect"
TOKEN_PATH = "/v3/public/oauth/token"  # noqa: S105 - a path
CONSENT_PATH = "/oauth/connect"

ETSY = frozenset({"https://openapi.etsy.com", "https://api.etsy.com"})
"""Etsy's own hosts; the two answer alike."""

FIELDS = (
    Field(
        name="settings.shop_id",
        label="Shop number",
        help="The number of your shop at Etsy, not its name. Etsy's page Your Apps shows it.",
        example="12345678",
    ),
    Field(
        name="credentials.keystring",
        label="Keystring",
        help="Of your own app at etsy.com/developers/your-apps.",
        is_secret=True,
    ),
    Field(
        name="credentials.shared_secret",
        label="Shared secret",
        help="Beside the keystring on the same page.",
        is_secret=True,
    ),
    Field(
        name="credentials.refresh_token",
        label="Refresh token",
        help="Only if you already have one; else press Connect afterwards.",
        is_secret=True,
        is_required=False,
        is_rare=True,
    ),
    Field(
        name="webhook_secrets",
        label="Webhook signing secret",
        help="It begins with whsec_ and is shown where you make the webhook. Without webhooks "
        "orders still arrive, a few minutes later.",
        example="whsec_…",
        is_secret=True,
        is_required=False,
    ),
)

_SHOP_ID = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
_SECRET = re.compile(r"[!-~]{4,2048}", re.ASCII)
_NOT_WHOLE = "It was not copied whole: it has no spaces or accents."


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where this account's Etsy answers."""

    origin: str
    token_origin: str
    token_path: str
    consent: str
    """The page on which the owner lets us in."""


def shop_of(connection: Connection) -> str:
    """Return the shop's number, or nothing if it cannot be one."""
    typed = connection.settings.get("shop_id", "").strip()
    return typed if _SHOP_ID.fullmatch(typed) else ""


def where_of(connection: Connection) -> Where:
    """Say where to call: Etsy itself, or a sandbox on this machine.

    A sandbox gives the tokens too, unless told otherwise: no secret typed for it goes to Etsy.

    :raises Rejected: that is nowhere we may call.
    """
    if problems := _where(connection):
        raise Rejected(f"host_not_allowed: {next(iter(problems.values()))}")
    origin = connection.settings.get("base_url", "").rstrip("/") or API_ORIGIN
    is_sandbox = origin not in ETSY
    token = connection.settings.get("oauth_url", "") or (
        origin + TOKEN_PATH if is_sandbox else TOKEN_ADDRESS
    )
    parts = urlsplit(token)
    token_origin = f"{parts.scheme}://{parts.netloc}"
    is_etsys = token_origin in ETSY
    return Where(
        origin=origin,
        token_origin=token_origin,
        token_path=parts.path or TOKEN_PATH,
        consent=CONSENT_ADDRESS if is_etsys else token_origin + CONSENT_PATH,
    )


def check(connection: Connection) -> Mapping[str, str]:
    """Name the problems of what was typed, by field; nothing when all is well.

    Says nothing about whether Etsy agrees: no call is made.
    """
    problems = {
        **_where(connection),
        **_credentials(connection),
        **_webhook_secrets(connection),
    }
    if not shop_of(connection):
        problems["settings.shop_id"] = "This is the shop's number: digits only."
    return problems


def webhook_key(secret: str) -> bytes:
    """Return the key inside a `whsec_…` secret.

    :raises ValueError: it holds none.
    """
    try:
        key = b64decode(secret.strip().removeprefix("whsec_"), validate=True)
    except NotBase64 as e:
        raise ValueError("this is no base64") from e
    if not key:
        raise ValueError("there is nothing in it")
    return key


def _where(connection: Connection) -> dict[str, str]:
    problems: dict[str, str] = {}
    base = connection.settings.get("base_url", "").rstrip("/")
    if base and (problem := _origin_problem(base, connection=connection)):
        problems["settings.base_url"] = problem
    token = connection.settings.get("oauth_url", "")
    if token and (problem := _token_problem(token, connection=connection)):
        problems["settings.oauth_url"] = problem
    return problems


def _token_problem(address: str, *, connection: Connection) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return "This is not an address."
    if parts.query or parts.fragment or parts.path not in {"", TOKEN_PATH}:
        return f"This address ends with {TOKEN_PATH} and nothing after it."
    return _origin_problem(f"{parts.scheme}://{parts.netloc}", connection=connection)


def _origin_problem(origin: str, *, connection: Connection) -> str:
    if origin in ETSY:
        return ""
    if not origin.startswith("http://"):
        return "Only a sandbox on this machine may stand in for Etsy (http://127.0.0.1)."
    problem = origin_problem(origin, allow_loopback=connection.allow_loopback)
    return f"{problem[0].upper()}{problem[1:]}." if problem else ""


def _credentials(connection: Connection) -> dict[str, str]:
    given = {name: value for name, value in connection.credentials.items() if value}
    problems: dict[str, str] = {}
    for name in ("keystring", "shared_secret"):
        if name not in given:
            problems[f"credentials.{name}"] = (
                "Etsy asks for both, keystring and shared secret."
            )
    for name in ("keystring", "shared_secret", "access_token", "refresh_token"):
        if name in given and not _SECRET.fullmatch(given[name]):
            problems[f"credentials.{name}"] = _NOT_WHOLE
    if ":" in given.get("keystring", ""):
        problems["credentials.keystring"] = (
            "Give the keystring alone; what follows the colon is the shared secret."
        )
    return problems


def _webhook_secrets(connection: Connection) -> dict[str, str]:
    try:
        for secret in connection.webhook_secrets:
            webhook_key(secret)
    except ValueError:
        what = "It was not copied whole: whsec_ and letters and digits after it."
        return {"webhook_secrets": what}
    return {}
