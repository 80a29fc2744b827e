"""What a person types to connect a mailbox, checked before anything is called."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from ipaddress import ip_address

from connectors.addresses import is_public
from connectors.email.fields import FIELDS as FIELDS
from connectors.email.mail_settings import MailSettings
from connectors.email.tokens import token_problem
from connectors.http import is_this_machine
from connectors.protocol import Connection

INBOX = "INBOX"


class Security(StrEnum):
    """How a connection to a mail server is kept from others."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"
    """Only to this machine, for tests and sandboxes."""


PORTS: Mapping[str, Mapping[Security, int]] = {
    "imap": {Security.TLS: 993, Security.STARTTLS: 143, Security.NONE: 143},
    "smtp": {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25},
}
"""The usual ports (RFC 8314, 3.2 and 3.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where a mail server answers, and how it is spoken to."""

    host: str
    port: int
    security: Security
    allow_loopback: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """How we log in; a token where there is one, else a password, or nothing at all."""

    username: str = field(repr=False)
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)


_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}", re.ASCII
)
_DOMAIN = re.compile(
    r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}",
    re.ASCII | re.IGNORECASE,
)
_HOST = re.compile(r"[A-Za-z0-9.:-]{1,253}", re.ASCII)
_AUTHSERV = re.compile(r"[A-Za-z0-9._-]{1,253}", re.ASCII)
_FOLDER = re.compile(r"[^\x00-\x1f\x7f*%\"\\]{1,200}")
_TYPED = re.compile(r"[ -~]{1,4096}", re.ASCII)
_SECRET = re.compile(r"[!-~]{8,512}", re.ASCII)
_NOT_WHOLE = "It was not copied whole: it holds plain letters, digits and signs only."


def imap_of(connection: Connection) -> Server | None:
    """Return the mailbox server of an account; None for one that has none."""
    return _server(connection, "imap")


def smtp_of(connection: Connection) -> Server | None:
    """Return the server an account sends through; None for one that sends nothing."""
    return _server(connection, "smtp")


def login_of(connection: Connection) -> Login:
    """Return how an account logs in, at both its servers."""
    given = connection.credentials
    token = ""
    if uses_tokens(connection):
        kept = connection.token
        token = kept.value if kept else given.get("access_token", "")
    return Login(
        username=given.get("username", "").strip() or address_of(connection),
        password="" if token else given.get("password", ""),
        token=token,
    )


def uses_tokens(connection: Connection) -> bool:
    """Say whether an account logs in with a token (XOAUTH2): chosen, or nothing else is there."""
    chosen = connection.settings.get("auth", "").strip().lower()
    given = connection.credentials
    has_token = bool(given.get("access_token") or given.get("refresh_token"))
    return chosen == "xoauth2" or (not chosen and has_token and not given.get("password"))


def address_of(connection: Connection) -> str:
    """Return the address orders are sent to, lower case."""
    return connection.settings.get("address", "").strip().lower()


def folder_of(connection: Connection) -> str:
    """Return the folder mail is taken from."""
    return connection.settings.get("folder", "").strip() or INBOX


def filed_under(connection: Connection) -> str:
    """Return the folder under which settled mail is filed; empty for the mailbox's own top."""
    return connection.settings.get("filed_under", "").strip().strip("/.")


def instance_of(connection: Connection) -> str:
    """Return what our own mails carry to be known when they come back."""
    return sha256(f"hornada {address_of(connection)}".encode()).hexdigest()[:24]


def mail_settings_of(connection: Connection) -> MailSettings:
    """Return what reading a mail needs to know of the account."""
    settings = connection.settings
    return MailSettings(
        address=address_of(connection),
        authserv_id=settings.get("authserv_id", "").strip().lower(),
        own_domains=frozenset(_domains(settings.get("own_domains", ""))),
        trust_forwards=settings.get("trust_forwards", "").strip().lower() == "yes",
        instance=instance_of(connection),
    )


def check(connection: Connection) -> Mapping[str, str]:
    """Name the problems of what was typed, by field; nothing when all is well.

    Says nothing about whether a server agrees: no call is made.
    """
    return {
        **dict(_words(connection)),
        **dict(_server_problems(connection, "imap")),
        **dict(_server_problems(connection, "smtp")),
        **dict(_credentials(connection)),
        **token_problem(connection),
        **_webhook_secrets(connection),
    }


def _server(connection: Connection, kind: str) -> Server | None:
    settings = connection.settings
    host = settings.get(f"{kind}_host", "").strip().lower()
    if not host:
        return None
    security = Security(settings.get(f"{kind}_security", "").strip().lower() or "tls")
    port = settings.get(f"{kind}_port", "").strip()
    return Server(
        host=host,
        port=int(port) if port else PORTS[kind][security],
        security=security,
        allow_loopback=connection.allow_loopback,
    )


def _domains(typed: str) -> list[str]:
    return [one.strip().lower() for one in typed.split(",") if one.strip()]


def _words(connection: Connection) -> Iterator[tuple[str, str]]:
    settings = {name: value.strip() for name, value in connection.settings.items()}
    if not _ADDRESS.fullmatch(settings.get("address", "")):
        yield (
            "settings.address",
            "This is the address orders are sent to: name@shop.example.",
        )
    authserv = settings.get("authserv_id", "")
    if authserv and not _AUTHSERV.fullmatch(authserv):
        yield (
            "settings.authserv_id",
            "This is the name of a mail server: letters, digits, dots.",
        )
    if not all(_DOMAIN.fullmatch(one) for one in _domains(settings.get("own_domains", ""))):
        yield (
            "settings.own_domains",
            "Name domains, with commas between them: shop.example.",
        )
    if settings.get("trust_forwards", "").lower() not in {"", "yes", "no"}:
        yield "settings.trust_forwards", "Write yes or no."
    if settings.get("auth", "").lower() not in {"", "password", "xoauth2"}:
        yield "settings.auth", "Write password or xoauth2."
    for name in ("folder", "filed_under"):
        if (folder := settings.get(name, "")) and not _FOLDER.fullmatch(folder):
            yield (
                f"settings.{name}",
                "A folder's name holds no *, %, quotes or backslashes.",
            )


def _server_problems(connection: Connection, kind: str) -> Iterator[tuple[str, str]]:
    typed = {
        part: connection.settings.get(f"{kind}_{part}", "").strip().lower()
        for part in ("host", "port", "security")
    }
    where = f"settings.{kind}_"
    if not any(typed.values()):
        return
    if typed["security"] not in {"", *Security}:
        yield f"{where}security", "Write tls, starttls or none."
    port = typed["port"]
    if port and not (re.fullmatch(r"[0-9]{1,5}", port, re.ASCII) and 0 < int(port) < 65536):
        yield f"{where}port", "A port is a number from 1 to 65535."
    problem = _host_problem(
        typed["host"], security=typed["security"], allow_loopback=connection.allow_loopback
    )
    if problem:
        yield f"{where}host", problem


def _host_problem(host: str, *, security: str, allow_loopback: bool) -> str:
    if not _HOST.fullmatch(host):
        return "This is the name of a server: mail.shop.example."
    if is_this_machine(host) or host.endswith(".localhost"):
        return "" if allow_loopback else "This machine is only allowed for sandboxes."
    if security == Security.NONE:
        return "Only a sandbox on this machine is spoken to without TLS."
    return "" if _may_be_public(host) else "This is not an address on the open internet."


def _may_be_public(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return bool(_DOMAIN.fullmatch(host))
    return is_public(host)


def _credentials(connection: Connection) -> Iterator[tuple[str, str]]:
    given = {name: value for name, value in connection.credentials.items() if value}
    for name, value in given.items():
        if not _TYPED.fullmatch(value):
            yield f"credentials.{name}", _NOT_WHOLE
    has_mailbox = bool(connection.settings.get("imap_host", "").strip())
    if uses_tokens(connection):
        yield from _token_problems(given)
    elif has_mailbox and "password" not in given:
        yield "credentials.password", "A mailbox is opened with a password, or a token."


def _token_problems(given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if "refresh_token" in given and "client_id" not in given:
        yield (
            "credentials.client_id",
            "What renews a token belongs to an app: give its id too.",
        )
    if not given.keys() & {"access_token", "refresh_token"}:
        yield (
            "credentials.refresh_token",
            "xoauth2 needs a refresh token or an access token.",
        )


def _webhook_secrets(connection: Connection) -> dict[str, str]:
    if all(_SECRET.fullmatch(one) for one in connection.webhook_secrets):
        return {}
    return {
        "webhook_secrets": "A secret has at least 8 letters, digits or signs, no spaces."
    }
