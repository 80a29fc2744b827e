"""Everything that can be set from outside, read once, frozen, and refused when it cannot be right.

Each setting is an environment variable HORNADA_<NAME>; DATABASE_URL and REDIS_URL also work under
their usual names. Any of them may instead be HORNADA_<NAME>_FILE: a file that holds the value.
"""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

PREFIX = "HORNADA_"
UNPREFIXED = ("DATABASE_URL", "REDIS_URL")
NOT_OURS = (
    "HORNADA_PYTHON",
    "HORNADA_VENDOR",
    "HORNADA_TEST_",
)
"""Read by the start script and the tests, never by the product."""
SHORTEST_SECRET = 32


class BadSettings(Exception):
    """The settings cannot be right; the words name each one and never a secret's value."""


def _words(value: object) -> object:
    if isinstance(value, str):
        return tuple(each.strip() for each in value.split(",") if each.strip())
    return value


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]


class Settings(BaseModel):
    """One workshop's settings. `load` makes them from the environment."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    data: Path = Path("var")
    """Where the embedded database, the queue's file and the key file live."""
    database_url: str = ""
    """sqlite:///path or postgresql+psycopg://…; empty = hornada.db in the data directory."""
    redis_url: str | None = None
    """None = the embedded queue server."""
    host: str = "127.0.0.1"
    port: int = Field(default=8470, ge=1, le=65535)
    public_url: str = ""
    """Where people and channels reach us from outside, if not http://host:port."""
    trusted_hosts: Words = ()
    """Host names we answer to besides the public URL's and this machine's own."""
    proxy_hops: int = Field(default=0, ge=0, le=5)
    """Proxies in front of us whose X-Forwarded-* are believed; one too many lets anyone lie."""
    allow_loopback: bool = False
    """Let channels live on this machine: sandboxes and tests only."""
    timezone: str = "UTC"
    """The workshop's own, for days and dates."""
    locale: Literal["en", "es"] = "en"
    """The language pages start in, until a person chooses."""
    key: str | None = Field(default=None, repr=False)
    """Seals stored credentials (hub/keys.py); None = the key file in the data directory."""
    secret_key: str | None = Field(default=None, repr=False)
    """Signs cookies; None = derived from the key that seals."""
    body_days: int = Field(default=30, ge=1, le=365)
    """Days the raw bodies of messages are kept after they were read."""
    debug: bool = False
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def database(self) -> str:
        """The URL of the database."""
        return self.database_url or f"sqlite:///{self.data / 'hornada.db'}"

    @property
    def key_file(self) -> Path:
        """Where the keys are kept when HORNADA_KEY does not hold them."""
        return self.data / "hornada.key"

    @property
    def url(self) -> str:
        """Where this hub is reached, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def hosts(self) -> frozenset[str]:
        """The host names we answer to; any other is refused."""
        ours = {
            urlsplit(self.url).hostname or "",
            self.host,
            "localhost",
            "127.0.0.1",
            "::1",
        }
        return frozenset(ours | set(self.trusted_hosts)) - {"", "0.0.0.0", "::"}  # noqa: S104

    @property
    def zone(self) -> ZoneInfo:
        """The workshop's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def is_open_to_others(self) -> bool:
        """Say whether other machines can reach the port."""
        return not is_loopback(self.host)

    @field_validator("database_url")
    @classmethod
    def _known_engine(cls, value: str) -> str:
        if value.startswith(("postgres://", "postgresql://")):
            value = "postgresql+psycopg://" + value.partition("://")[2]
        if value and not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must start with sqlite:/// or postgresql://")
        return value

    @field_validator("public_url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must start with https:// (or http://)")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("is not an IANA time zone such as Europe/Madrid")
        return value

    @model_validator(mode="after")
    def _safe_in_the_open(self) -> Self:
        problems = [words for is_so, words in _weaknesses(self) if is_so]
        if self.is_open_to_others and problems:
            raise ValueError(
                f"host {self.host} is open to other machines, but " + "; ".join(problems)
            )
        return self


def _weaknesses(settings: Settings) -> tuple[tuple[bool, str], ...]:
    secret = settings.secret_key
    return (
        (settings.debug, "debug is on: pages would show the program's insides"),
        (
            secret is not None and len(set(secret)) < SHORTEST_SECRET // 4,
            "the secret key can be guessed: leave it out, or use 32 random characters",
        ),
        (
            secret is not None and len(secret) < SHORTEST_SECRET,
            f"the secret key is shorter than {SHORTEST_SECRET} characters",
        ),
        (
            settings.allow_loopback,
            "allow_loopback is on: it is for sandboxes on this machine",
        ),
    )


def is_loopback(host: str) -> bool:
    """Say whether a bind address can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def load(environ: Mapping[str, str] | None = None, **given: object) -> Settings:
    """Read the settings. This function will take what is given over what the environment says.

    A value given as None counts as not given, so that a command may pass on its options.

    :raises BadSettings: one of them cannot be right, or has a name we do not know.
    """
    found = _from_environment(os.environ if environ is None else environ)
    wanted = found | {name: value for name, value in given.items() if value is not None}
    try:
        return Settings.model_validate(wanted)
    except ValidationError as error:
        raise BadSettings("; ".join(_problems(error))) from None


def _problems(error: ValidationError) -> list[str]:
    return [
        f"{PREFIX}{'_'.join(str(part) for part in each['loc']).upper()} {each['msg']}"
        if each["loc"]
        else each["msg"]
        for each in error.errors(include_input=False, include_url=False)
    ]


def _from_environment(environ: Mapping[str, str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in environ.items():
        if not name.startswith((PREFIX, *UNPREFIXED)) or name.startswith(NOT_OURS):
            continue
        setting = name.removeprefix(PREFIX).lower()
        if (
            setting.endswith("_file")
            and setting.removesuffix("_file") in Settings.model_fields
        ):
            found[setting.removesuffix("_file")] = _content(name, value)
        elif setting in Settings.model_fields:
            found.setdefault(setting, value)
        elif name.startswith(PREFIX):
            raise BadSettings(_unknown(name))
    return found


def _content(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadSettings(f"{name}: {path} cannot be read: {error.strerror}") from error


def _unknown(name: str) -> str:
    wanted = name.removeprefix(PREFIX).lower()
    close = get_close_matches(wanted, Settings.model_fields, n=1)
    hint = f"; did you mean {PREFIX}{close[0].upper()}?" if close else ""
    return f"{name} is not a setting{hint}"
