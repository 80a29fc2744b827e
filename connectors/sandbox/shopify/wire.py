"""The HTTP surface of the pretend shop without HTTP: a call in, an answer out, or a hang-up."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

JSON = "application/json; charset=utf-8"
_GRAPHQL = re.compile(r"/admin/api/(?P<version>[\w-]+)/graphql\.json")
TOKEN_PATH = "/admin/oauth/access_token"  # noqa: S105 - a path, not a secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""

    def header(self, name: str) -> str:
        """Read a header, whatever the case of its name; empty when missing."""
        wanted = name.lower()
        return next((v for k, v in self.headers.items() if k.lower() == wanted), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Dropped(Exception):
    """The connection is closed without an answer, after `seconds` of silence."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(f"hung up after {seconds} s")
        self.seconds = seconds


def answered(status: int, body: object, headers: Mapping[str, str] | None = None) -> Answer:
    """Answer in JSON."""
    written = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(
        status=status, body=written, headers={"Content-Type": JSON} | dict(headers or {})
    )


def graphql_version(path: str) -> str | None:
    """Read the API version out of a GraphQL path; None when it is another path."""
    found = _GRAPHQL.fullmatch(path)
    return found["version"] if found else None


def fields(call: Call) -> dict[str, str]:
    """Read a form or a JSON object of strings, as the token endpoint takes either."""
    if "json" in call.header("Content-Type"):
        return {k: v for k, v in json_object(call.body).items() if isinstance(v, str)}
    return dict(parse_qsl(call.body.decode("utf-8", "replace")))


def json_object(body: bytes) -> dict[str, object]:
    """Read a JSON object; empty when it is none."""
    try:
        read: object = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return {str(k): v for k, v in read.items()} if isinstance(read, dict) else {}


Later = Callable[[float, Callable[[], object]], None]
