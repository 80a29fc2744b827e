"""Cursors: where the next page of a list begins, sealed against reading meaning into it."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode

from hub.models.newest import Window
from hub.web.api.problems import field_problem
from hub.web.api.schemas.base import PageQuery

MARK = "after:"


def window(query: PageQuery) -> Window:
    """Read which part of a list is wanted.

    :raises Problem: the cursor is none of ours.
    """
    return Window(limit=query.limit, after=_after(query.cursor) if query.cursor else None)


def cursor(after: int | None) -> str | None:
    """Write where the next page begins; None when there is none."""
    if after is None:
        return None
    return urlsafe_b64encode(f"{MARK}{after}".encode()).decode().rstrip("=")


def _after(written: str) -> int:
    try:
        padded = written.encode() + b"=" * (-len(written) % 4)
        text = urlsafe_b64decode(padded).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    digits = text.removeprefix(MARK)
    if not text.startswith(MARK) or not digits.isdigit() or len(digits) > 18:
        raise field_problem("cursor", "Send `next` of the page before.")
    return int(digits)
