"""What we say about ourselves: one line an event, no secret, no person, no body.

Say ids, not contents: `log.info("order.read", order_id=7)`. Values that look like a token or an
address are masked all the same, because one day somebody logs an exception that quotes one.
"""

import logging
import re
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import TextIO

import structlog
from structlog.contextvars import bind_contextvars, bound_contextvars, unbind_contextvars

MASK = "[masked]"
SECRET_NAMES = re.compile(
    r"(?i)(token|secret|password|passwd|authorization|cookie|credential|signature|hmac|api_?key"
    r"|^key$|^body$|^headers$|query_string)"
)
PERSON_NAMES = re.compile(r"(?i)^(email|phone|address|customer|name_of_person|ship_to)$")
PATTERNS = (
    re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63})+"),
    re.compile(r"\b(?:shp[a-z]{2}|whsec|hor|sk|pk)_[A-Za-z0-9+/=_\-]{8,}"),
    re.compile(r"(?i)\b(?:bearer|basic)\s+[A-Za-z0-9+/=._\-]{8,}"),
    re.compile(r"\bey[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]*"),
    re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"),
    re.compile(r"(?<=[a-z0-9/])\?[A-Za-z0-9_.\-]+=\S+"),
)
"""E-mail addresses; tokens by their vendors' prefixes; log-in headers; JWTs; passwords in URLs;
query strings."""
ROW_VALUES = re.compile(r"(?s)DETAIL:.*?(?=\n\[SQL|\n\nThe above exception|\Z)")
"""PostgreSQL quotes the row that broke a rule; the row may be a person."""
LONGEST = 2_000

Event = MutableMapping[str, object]


def set_up(*, level: str = "info", stream: TextIO | None = None) -> None:
    """Make every line of this process go through one gate: JSON, or colours at a terminal.

    Lines of libraries come through the same gate, so they are masked too.
    """
    out = stream or sys.stderr
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    renderer: structlog.types.Processor = (
        structlog.dev.ConsoleRenderer()
        if out.isatty()
        else structlog.processors.JSONRenderer(ensure_ascii=True)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())


@contextmanager
def request(request_id: str) -> Iterator[None]:
    """Put the request's id on every line until the block ends."""
    with bound_contextvars(request_id=request_id):
        yield


def begin_request(request_id: str) -> None:
    """Put the request's id on every line from now on; `end_request` takes it off."""
    bind_contextvars(request_id=request_id)


def end_request() -> None:
    """Take the request's id off again."""
    unbind_contextvars("request_id")


def redact(_logger: object, _method: str, event: Event) -> Event:
    """Mask what must not be read, and escape what a terminal would obey."""
    for name, value in event.items():
        event[name] = _clean_named(name, value)
    return event


def _clean(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {str(name): _clean_named(str(name), each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(each) for each in value]
    return clean_text(value if isinstance(value, str) else repr(value))


def _clean_named(name: str, value: object) -> object:
    if SECRET_NAMES.search(name) or PERSON_NAMES.search(name):
        return MASK
    if name == "exception" and isinstance(value, str):
        # A traceback stays readable; its lines are indented so that none can pass for an event.
        safe = ROW_VALUES.sub(f"DETAIL: {MASK}", value)[-4 * LONGEST :]
        return "\n    ".join(clean_text(line) for line in safe.splitlines())
    return _clean(value)


def clean_text(text: str) -> str:
    """Mask what looks like a secret or an address, cut it short, escape control characters."""
    text = text[: 2 * LONGEST]
    for pattern in PATTERNS:
        text = pattern.sub(MASK, text)
    cut = text if len(text) <= LONGEST else text[:LONGEST] + "…"
    return "".join(each if each.isprintable() else _escape(each) for each in cut)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
