"""Cursors: where the next page of a list begins, sealed against reading meaning into it."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode

from hub.models.by_id import as_id
from hub.models.newest import Window
from hub.web.api.problems import field_problem
from hub.web.api.shapes import PageQuery

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
        after = as_id(urlsafe_b64decode(padded).decode("ascii").removeprefix(MARK))
    except (binascii.Error, ValueError):
        after = None
    if after is None or cursor(after) != written:  # the decoder skips what it does not know
        raise field_problem("cursor", "Send `next` of the page before.")
    return after
