"""Reads a request's body byte for byte: never cut silently, never longer than the limit."""

import contextlib
from typing import IO, cast

from flask import Request

CHUNK = 64 * 1024
LEFT_OVER = 4 * 1024 * 1024
"""Bytes nobody asked for that are still taken off the connection."""


class TooLarge(Exception):
    """The body is longer than the limit."""


class LengthMismatch(Exception):
    """Fewer bytes came than Content-Length promised, or the promise is no number."""


def read_body(request: Request, *, limit: int) -> bytes:
    """Read the whole body, or say why it cannot be taken.

    Frameworks cut a chunked body at their limit and answer as if it were whole (facts:
    reliability 0, fact 9); one byte more than the limit is read here to know the
    difference.

    :raises TooLarge: it is longer than `limit`.
    :raises LengthMismatch: it is not as long as its Content-Length says.
    """
    declared = _declared_length(request)
    if declared is not None and declared > limit:
        raise TooLarge
    if declared is None and not request.environ.get("wsgi.input_terminated"):
        return b""
    wanted = limit + 1 if declared is None else declared
    body = _read_up_to(cast("IO[bytes]", request.environ["wsgi.input"]), wanted)
    if len(body) > limit:
        raise TooLarge
    if declared is not None and len(body) != declared:
        raise LengthMismatch
    return body


def read_away(request: Request) -> None:
    """Take what was not read of a body off the connection, within reason.

    A request that is refused before its body is read leaves it lying there. gunicorn takes 64 KiB
    of that away itself and else drops the connection, although its answer said "keep-alive": the
    caller's next request would fail for no reason of its own.
    """
    if not request.environ.get("wsgi.input_terminated"):
        return
    with contextlib.suppress(OSError):  # the caller is gone, or sent what is no body
        _read_up_to(cast("IO[bytes]", request.environ["wsgi.input"]), LEFT_OVER)


def _declared_length(request: Request) -> int | None:
    # A chunked request has no length; a server that lets both through would be smuggling.
    text = request.environ.get("CONTENT_LENGTH") or ""
    if not text or "HTTP_TRANSFER_ENCODING" in request.environ:
        return None
    if not (text.isascii() and text.isdigit()):
        raise LengthMismatch
    return int(text)


def _read_up_to(stream: IO[bytes], wanted: int) -> bytes:
    parts: list[bytes] = []
    left = wanted
    while left > 0 and (part := stream.read(min(left, CHUNK))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
