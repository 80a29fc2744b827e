"""Which receipts changed, and which there were: three lists read again and again, and the past."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from connectors.errors import Unsupported
from connectors.etsy.client import EtsyApi
from connectors.etsy.walk import (
    EARLIEST,
    Listing,
    Spot,
    second,
    seconds_of,
    spot_of,
    step,
)
from connectors.protocol import Change, ChangePage
from connectors.spec import CursorKind, Stream

OVERLAP = timedelta(minutes=10)

STREAMS = (
    Stream(name="updated", every=timedelta(minutes=2), overlap=OVERLAP),
    # A cancellation or a refund need not move a receipt's time of change (etsy/open-api #604):
    # these two read a whole list each time, and tell what is new by what the rows say.
    Stream(name="cancelled", every=timedelta(hours=1), cursor=CursorKind.OPAQUE),
    Stream(name="unshipped", every=timedelta(hours=1), cursor=CursorKind.OPAQUE),
)

CANCELLED_FOR = timedelta(days=90)
"""How far back cancellations are looked for; an open order older than this is read nightly."""

UPDATED = Listing(by="updated", filters={})
PAST = Listing(by="created", filters={})
WHOLE = {
    "cancelled": Listing(by="created", filters={"was_canceled": True}),
    "unshipped": Listing(by="created", filters={"was_shipped": False, "was_paid": True}),
}

BEGIN = ""


def changes(
    api: EtsyApi, stream: str, *, cursor: str, now: datetime, limit: int
) -> ChangePage:
    """Read a page of one of the streams.

    The cursor of `updated` is the newest time of change met, from our own clock only at the very
    beginning; while a reading goes on, any cursor is the spot it is at.

    :raises CursorExpired: the cursor is not ours: begin again.
    :raises Unsupported: there is no such stream.
    """
    if stream == "updated":
        return _updated(api, cursor=cursor, now=now, limit=limit)
    if stream not in WHOLE:
        raise Unsupported(f"Etsy has no list of changes called “{stream}”")
    return _whole(api, stream, cursor=cursor, now=now, limit=limit)


def history(
    api: EtsyApi, *, since: datetime, until: datetime, cursor: str, limit: int
) -> ChangePage:
    """Read a page of the receipts placed in `[since, until)`, oldest first.

    :raises CursorExpired: the cursor is not ours: begin again.
    """
    if since >= until:
        return ChangePage(changes=(), cursor=cursor, more=False, total=0)
    first = Spot(since=second(since), until=_last_second(until))
    spot = spot_of(cursor) if cursor else first
    met = step(api, PAST, spot=spot, limit=limit)
    total = spot.total if cursor else met.count
    following = met.following
    kept = Spot(
        since=following.since if following else spot.since,
        until=spot.until,
        skip=following.skip if following else spot.skip,
        last=following.last if following else spot.last,
        total=total,
    )
    return ChangePage(
        changes=_whatever_their_time(met.changes),
        cursor=kept.text(),
        more=following is not None,
        total=total,
    )


def _updated(api: EtsyApi, *, cursor: str, now: datetime, limit: int) -> ChangePage:
    if ":" in cursor:
        spot, newest = spot_of(cursor), 0
    else:
        newest = seconds_of(cursor) if cursor else 0
        since = (newest or second(now)) - int(OVERLAP.total_seconds())
        spot = Spot(since=since, until=second(now))
    met = step(api, UPDATED, spot=spot, limit=limit)
    if met.following is not None:
        return ChangePage(changes=met.changes, cursor=met.following.text(), more=True)
    # The newest time Etsy told: our own clock may run ahead of Etsy's.
    ended = max(newest, met.newest or 0) or (spot.since if cursor else spot.until)
    return ChangePage(changes=met.changes, cursor=str(ended), more=False)


def _whole(
    api: EtsyApi, stream: str, *, cursor: str, now: datetime, limit: int
) -> ChangePage:
    """Read a page of a list that is read whole each time; its end is its beginning."""
    if cursor:
        spot = spot_of(cursor)
    else:
        since = second(now - CANCELLED_FOR) if stream == "cancelled" else EARLIEST
        spot = Spot(since=since, until=second(now))
    met = step(api, WHOLE[stream], spot=spot, limit=limit)
    following = met.following.text() if met.following else BEGIN
    return ChangePage(
        changes=_whatever_their_time(met.changes), cursor=following, more=bool(following)
    )


def _whatever_their_time(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Say of rows nothing but which version they are.

    A receipt that was cancelled or refunded shows the time it had before: who holds a receipt of
    that time would think that this is the same.
    """
    return tuple(replace(change, updated_at=None) for change in changes)


def _last_second(until: datetime) -> int:
    """Return the last whole second before a moment; Etsy's ends are included."""
    whole = second(until)
    return whole if until.microsecond else whole - 1
