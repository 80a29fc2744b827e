"""Reading which orders changed: a window of time, swept page by page until nothing is left of it.

A sweep's window stands still while it is paged. Only when its last page is read does the next one
begin, an overlap before the newest change seen: so a row that shares its time with another, that
moves while we page, or that Shopify's index shows late is met by this sweep or by the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from connectors.errors import CursorExpired
from connectors.protocol import Change, ChangePage
from connectors.shopify.client import AdminApi
from connectors.shopify.heads import ask_heads, changes_of, stamp
from connectors.shopify.read_words import moment
from connectors.spec import Stream

UPDATED = Stream(
    name="updated",
    every=timedelta(minutes=5),
    overlap=timedelta(minutes=10),
    lag=timedelta(seconds=10),
)
"""Times have whole seconds: a row still in its second could change again and look the same, and the
clocks differ a little. Hence the lag; the overlap is for the index, whose delay nobody promises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sweep:
    """One reading of the list: from when, and while it is paged until when and how far it got."""

    since: datetime
    until: datetime
    newest: datetime
    after: str = ""

    def question(self) -> str:
        """Write Shopify's search; times in UTC and in quotes, for they have colons in them."""
        since, until = stamp(self.since), stamp(self.until)
        return f"updated_at:>='{since}' updated_at:<='{until}'"

    def beginning(self) -> str:
        """Write the cursor that begins this sweep anew."""
        return stamp(self.since)

    def further(self, after: str) -> str:
        """Write the cursor of this sweep's next page."""
        times = [stamp(at) for at in (self.since, self.until, self.newest)]
        return " ".join([*times, after])

    def ended(self) -> str:
        """Write the cursor of the next sweep; where nothing new was seen it is this one's own."""
        return stamp(max(self.since, self.newest - UPDATED.overlap))


def changes(api: AdminApi, *, cursor: str, now: datetime, limit: int) -> ChangePage:
    """Read a page of the orders that changed, the longest unchanged first.

    :raises CursorExpired: the cursor is not ours, or Shopify takes its own no more; begin again
        with the error's `restart`, which skips nothing.
    """
    sweep = _sweep(cursor, now=now)
    asked = {"query": sweep.question(), "first": limit, "after": sweep.after or None}
    heads = ask_heads(api, "order_heads", asked, restart=sweep.beginning())
    seen = _settled(changes_of(heads), until=sweep.until)
    sweep = replace(sweep, newest=_newest(seen, sweep.newest))
    following = heads.orders.following
    return ChangePage(
        changes=seen,
        cursor=sweep.further(following) if following else sweep.ended(),
        more=bool(following),
    )


def _sweep(cursor: str, *, now: datetime) -> _Sweep:
    until = now - UPDATED.lag
    if not cursor:
        since = now - UPDATED.overlap
        return _Sweep(since=since, until=until, newest=since)
    parts = cursor.split(" ")
    times = [_time(part) for part in parts[:3]]
    if len(parts) == 1:
        return _Sweep(since=times[0], until=until, newest=times[0])
    if len(parts) == 4 and parts[3]:
        since, until, newest = times
        return _Sweep(since=since, until=until, newest=newest, after=parts[3])
    raise CursorExpired("this is no place in a list of Shopify's orders")


def _time(written: str) -> datetime:
    read = moment(written)
    if read is None:
        raise CursorExpired("this is no place in a list of Shopify's orders")
    return read


def _settled(rows: Sequence[Change], *, until: datetime) -> tuple[Change, ...]:
    """Leave out what changed again after the index took it in: it comes in its own time."""
    return tuple(row for row in rows if _changed_at(row) <= until)


def _newest(rows: Sequence[Change], so_far: datetime) -> datetime:
    return max([so_far, *map(_changed_at, rows)])


def _changed_at(row: Change) -> datetime:
    return row.updated_at or datetime.min.replace(tzinfo=UTC)
