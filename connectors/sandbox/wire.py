"""The HTTP surface of a pretend shop without HTTP: a call in, an answer out, or a hang-up."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request as it came in; `query` is what stands after the question mark, still encoded."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""
    query: str = ""

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


def json_object(body: bytes) -> dict[str, object]:
    """Read a JSON object; empty when it is none."""
    try:
        read: object = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return {str(k): v for k, v in read.items()} if isinstance(read, dict) else {}
