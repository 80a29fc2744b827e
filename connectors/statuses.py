"""What an HTTP answer means in the contract's errors, and what may be read from it."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from connectors.errors import (
    AuthExpired,
    ChannelError,
    Conflict,
    NotFound,
    OutcomeUnknown,
    PayloadError,
    PermissionDenied,
    RateLimited,
    Rejected,
    Retryable,
)
from connectors.transport import Answer

LONGEST_WAIT = timedelta(hours=24)

_BY_STATUS: Mapping[int, tuple[type[ChannelError], str]] = {
    401: (AuthExpired, "does not accept our token (any more)"),
    402: (PermissionDenied, "says the shop's plan is frozen or unpaid"),
    403: (PermissionDenied, "says we may not do that"),
    404: (NotFound, "has no such thing"),
    408: (Retryable, "did not get the whole request"),
    409: (Conflict, "says its state does not allow that now"),
    423: (PermissionDenied, "says the shop is locked"),
    429: (RateLimited, "asks us to slow down"),
}


def error_for(answer: Answer, *, title: str, write: bool) -> ChannelError:
    """Turn an answer that is no success into the contract's error.

    Its text names the status and never quotes the body. A 5xx after a write may have come
    after the change was made, so only a look can tell.
    """
    made, words = _BY_STATUS.get(answer.status, (Rejected, "refuses the request"))
    if answer.status >= 500:
        made, words = (OutcomeUnknown if write else Retryable), "had a failure of its own"
    elif answer.status < 400:
        words = "sends us to another address, where we do not follow"
    return made(
        f"{title} {words} ({answer.status})",
        retry_after=retry_after(answer.headers),
        request_id=request_id(answer.headers),
    )


def unreadable(what: str, *, write: bool, answer: Answer) -> ChannelError:
    """Make the error for a success nobody can read: a write may well have happened.

    What is no JSON at all is not from the channel's API: a page of something before it, or one
    that says it is being mended. That passes, and is asked again.
    """
    made: type[ChannelError] = PayloadError if _is_json(answer.body) else Retryable
    made = OutcomeUnknown if write else made
    return made(what, request_id=request_id(answer.headers))


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body or b"null")
    except (ValueError, RecursionError):
        return False
    return True


def request_id(headers: Mapping[str, str]) -> str:
    """Return the server's own id of the exchange; empty when it is not a plain id."""
    found = headers.get("x-request-id", "")
    return found if re.fullmatch(r"[\w.-]{1,80}", found, re.ASCII) else ""


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Read `Retry-After` (RFC 9110, 10.2.3), at most 24 hours.

    A date is measured against the server's own `Date`, so that no clock of ours matters.
    """
    said = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", said, re.ASCII):
        return min(timedelta(seconds=float(said)), LONGEST_WAIT)
    until, sent = _moment(said), _moment(headers.get("date", ""))
    if until is None or sent is None:
        return None
    return min(max(until - sent, timedelta(0)), LONGEST_WAIT)


def _moment(written: str) -> datetime | None:
    try:
        read = parsedate_to_datetime(written)
    except ValueError:
        return None
    return read.replace(tzinfo=read.tzinfo or UTC)
