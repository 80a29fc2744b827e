"""Walking Etsy's lists of receipts by time: no row is skipped while the list moves underneath.

Etsy has no cursor, only an offset, and rows leave a list while it is paged: the next page would
begin too late. So the next page begins at the time of the last row seen, at offset 0. Only a second
that fills a page of its own is paged by offset, one row back, to see whether the row met last still
stands where it stood. No offset ever comes near Etsy's 12,000.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from connectors.errors import CursorExpired, PayloadError, Rejected
from connectors.etsy.client import EtsyApi
from connectors.etsy.read_receipt import times_of
from connectors.etsy.read_words import Given, id_of, objects_of, whole
from connectors.protocol import Change

EARLIEST = 946_684_800
"""Etsy takes no time before the year 2000."""
FARTHEST = 12_000
"""Etsy takes no larger offset (etsy/open-api #344)."""
PAGE = 100
"""Of 101 Etsy silently gives 100 (#422)."""

_NOT_OURS = "this is no place in a list of Etsy's receipts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One list of receipts: what it holds, and by which of the two times it is walked."""

    by: str
    """created | updated"""
    filters: Mapping[str, bool]

    def query(self, since: int, until: int) -> dict[str, str | int | bool]:
        """Write Etsy's question for the rows of a time, the ends included, earliest first."""
        name = "created" if self.by == "created" else "last_modified"
        return {
            **self.filters,
            f"min_{name}": max(since, EARLIEST),
            f"max_{name}": max(until, EARLIEST),
            "sort_on": self.by,
            "sort_order": "asc",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place in a walk: seconds since 1970, and inside a crowded second the rows before it."""

    since: int
    until: int
    skip: int = -1
    """Rows of the second `since` already met; -1 outside a crowded second."""
    last: str = ""
    """The receipt met last in that second."""
    total: int = 0
    """How many rows the whole walk had when it began."""

    def text(self) -> str:
        """Write it as a cursor."""
        return f"{self.since}:{self.until}:{self.skip}:{self.last}:{self.total}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The rows met at a spot, and where the walk goes on; None where it ends."""

    changes: tuple[Change, ...]
    following: Spot | None
    newest: int | None
    """The time of the last row met."""
    count: int


def spot_of(cursor: str) -> Spot:
    """Read a cursor written by `Spot.text`.

    :raises CursorExpired: it is none.
    """
    parts = cursor.split(":")
    numbers = [part for part in (*parts[:3], *parts[4:])]
    if len(parts) != 5 or not all(_is_number(part) for part in numbers):
        raise CursorExpired(_NOT_OURS)
    since, until, skip, total = (int(part) for part in numbers)
    return Spot(since=since, until=until, skip=skip, last=id_of(parts[3]), total=total)


def seconds_of(cursor: str) -> int:
    """Read a cursor that is a time alone.

    :raises CursorExpired: it is none.
    """
    if not _is_number(cursor):
        raise CursorExpired(_NOT_OURS)
    return int(cursor)


def step(api: EtsyApi, listing: Listing, *, spot: Spot, limit: int) -> Step:
    """Read the rows at a spot.

    :raises PayloadError: the list is not in the order asked for, so that a row could be missed.
    """
    if spot.skip >= 0:
        return _crowded(api, listing, spot=spot, limit=limit)
    size = max(1, min(limit, PAGE))
    query = {**listing.query(spot.since, spot.until), "limit": size, "offset": 0}
    rows, count = _rows(api, query)
    times = [_time(row, by=listing.by) for row in rows]
    if times != sorted(times):
        raise PayloadError("Etsy's list of receipts is not in the order asked for")
    newest = times[-1] if times else None
    following = None
    if newest is not None and len(rows) >= size:
        is_crowded = newest <= spot.since
        following = replace(
            spot, since=max(newest, spot.since), skip=0 if is_crowded else -1, last=""
        )
    return _step(rows, following=following, newest=newest, count=count)


def _crowded(api: EtsyApi, listing: Listing, *, spot: Spot, limit: int) -> Step:
    """Read on in a second that fills pages, by the receipts' own numbers."""
    if spot.skip > FARTHEST:
        raise Rejected(f"more than {FARTHEST} receipts changed in one second")
    back = 1 if spot.skip else 0
    size = max(1 + back, min(limit + back, PAGE))
    query = {
        **listing.query(spot.since, spot.since),
        "sort_on": "receipt_id",
        "limit": size,
        "offset": spot.skip - back,
    }
    rows, count = _rows(api, query)
    if back and (not rows or _id(rows[0]) != spot.last):
        following: Spot | None = replace(spot, skip=0, last="")
    elif len(rows) >= size:
        met = spot.skip - back + len(rows)
        following = replace(spot, skip=met, last=_id(rows[-1]))
    elif spot.since < spot.until:
        following = replace(spot, since=spot.since + 1, skip=-1, last="")
    else:
        following = None
    return _step(rows[back:], following=following, newest=spot.since, count=count)


def _rows(
    api: EtsyApi, query: Mapping[str, str | int | bool]
) -> tuple[Sequence[Given], int]:
    page = api.get_object(f"{api.shop_path}/receipts", query=query)
    return objects_of(page.get("results")), whole(page.get("count")) or 0


def _step(
    rows: Sequence[Given], *, following: Spot | None, newest: int | None, count: int
) -> Step:
    return Step(
        changes=tuple(_change(row) for row in rows),
        following=following,
        newest=newest,
        count=count,
    )


def _change(row: Given) -> Change:
    return Change(
        external_id=_id(row), revision=_revision(row), updated_at=times_of(row)[1]
    )


def _revision(row: Given) -> str:
    """Name this version of a receipt by all that the list says of it.

    Its time of change alone would not do: cancellations, refunds and new dates do not move it
    (etsy/open-api #604, #513).
    """
    changed = times_of(row)[1]
    content = json.dumps(row, sort_keys=True, default=str, separators=(",", ":"))
    digest = hashlib.sha256(content.encode()).hexdigest()[:16]
    return f"{int(changed.timestamp()) if changed else 0}-{digest}"


def _id(row: Given) -> str:
    found = id_of(row.get("receipt_id"))
    if not found:
        raise PayloadError("A row of Etsy's list of receipts has no id")
    return found


def _time(row: Given, *, by: str) -> int:
    placed, changed = times_of(row)
    found = placed if by == "created" else changed
    if found is None:
        raise PayloadError("A row of Etsy's list of receipts has no time")
    return int(found.timestamp())


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) <= 12


def second(at: datetime) -> int:
    """Return a moment as Etsy writes it."""
    return int(at.astimezone(UTC).timestamp())
