"""What the hub itself saw: lists say that orders changed, and each becomes a message to read.

A list only names orders and versions. What we lack is written down as if the channel had sent
it, through the same door, so that everything after that is the same: claimed, fetched, retried.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.errors import PayloadError
from connectors.protocol import Change
from connectors.readings import OrderChanged
from hub.flow.intake.accept import accept
from hub.flow.telling.drift import note_order
from hub.models.records.messages import LIVE, InboundMessage
from hub.models.records.orders import SalesOrder

CHANGED = "hornada/changed"
"""The topic of these messages; no channel has one like it."""

SURE = timedelta(seconds=5)
"""Channels count in seconds: so long after its time of change a version is surely the last of it,
whatever the difference between the channel's clock and ours that a working machine has."""
A_LOOK = 300
"""Orders looked up in one query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The version of an order that we hold."""

    updated_at: datetime
    read_at: datetime | None
    """When we asked for it ourselves; None for what the channel sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Where changes were listed, and how soon they are to be read."""

    account_id: int
    source: str
    now: datetime
    lane: int
    backfill_id: int | None


def note_changes(
    session: Session,
    *,
    account_id: int,
    changes: Sequence[Change],
    source: str,
    now: datetime,
    lane: int = LIVE,
    backfill_id: int | None = None,
) -> int:
    """Write down which orders to fetch. This function will return how many are new to us.

    Left out is what we hold in a newer version, or in this very one if we fetched it ourselves
    after its second was over. A version that only a webhook told us is asked for once: two edits
    may share a time. What a live list shows and we lack is a difference until it is read.
    """
    held = _held(session, account_id=account_id, changes=changes)
    listed = Listed(
        account_id=account_id, source=source, now=now, lane=lane, backfill_id=backfill_id
    )
    written = 0
    for change in changes:
        known = held.get(change.external_id)
        if known is not None and _is_held(change, known):
            continue
        is_new = _ask(session, listed, change, known)
        written += is_new
        if is_new and lane == LIVE and _is_news(change, known):
            _note_drift(session, account_id, change, known, now=now)
    return written


def read_change(body: bytes) -> OrderChanged:
    """Say which order such a message names.

    :raises PayloadError: it is none of ours.
    """
    try:
        said: object = json.loads(body)
    except ValueError:
        said = None
    named = said.get("external_id") if isinstance(said, dict) else None
    if not isinstance(named, str):
        raise PayloadError("the message names no order")
    return OrderChanged(external_id=named)


def _body(change: Change) -> bytes:
    plain = {"external_id": change.external_id, "revision": change.revision}
    return json.dumps(plain, sort_keys=True).encode()


def _held(
    session: Session, *, account_id: int, changes: Iterable[Change]
) -> dict[str, Held]:
    names = sorted({change.external_id for change in changes})
    held = {}
    for start in range(0, len(names), A_LOOK):
        query = (
            select(
                SalesOrder.external_id,
                SalesOrder.remote_updated_at,
                SalesOrder.remote_read_at,
            )
            .where(SalesOrder.account_id == account_id)
            .where(SalesOrder.external_id.in_(names[start : start + A_LOOK]))
        )
        for name, updated_at, read_at in session.execute(query):
            held[name] = Held(updated_at=updated_at, read_at=read_at)
    return held


def _is_held(change: Change, held: Held) -> bool:
    if change.updated_at is None or held.updated_at < change.updated_at:
        return False
    if held.updated_at > change.updated_at:
        return True
    return held.read_at is not None and held.read_at >= change.updated_at + SURE


def _ask(session: Session, listed: Listed, change: Change, held: Held | None) -> bool:
    """Write a message named by what it is about: the same version listed twice is one message.

    It is written once more when the first did not do: it was read in the very second of the
    change, or what we fetched was older than what the list shows.
    """
    key = f"{change.external_id}:{change.revision}"
    if _is_read_too_soon(change, held, now=listed.now):
        return _write(session, listed, change, f"{key}:again")
    if _write(session, listed, change, key):
        return True
    if _is_news(change, held) and _was_read(session, listed.account_id, key):
        return _write(session, listed, change, f"{key}:again")
    return False


def _is_read_too_soon(change: Change, held: Held | None, *, now: datetime) -> bool:
    at = change.updated_at
    if held is None or at is None or held.updated_at != at or held.read_at is None:
        return False
    return now >= at + SURE


def _was_read(session: Session, account_id: int, key: str) -> bool:
    state = select(InboundMessage.state).filter_by(
        account_id=account_id, topic=CHANGED, message_id=key
    )
    return session.scalar(state) == "done"


def _write(session: Session, listed: Listed, change: Change, key: str) -> bool:
    return accept(
        session,
        account_id=listed.account_id,
        topic=CHANGED,
        message_id=key,
        body=_body(change),
        headers={},
        source=listed.source,
        now=listed.now,
        triggered_at=change.updated_at,
        lane=listed.lane,
        backfill_id=listed.backfill_id,
    ).is_new


def _is_news(change: Change, held: Held | None) -> bool:
    if held is None:
        return True
    return change.updated_at is not None and change.updated_at > held.updated_at


def _note_drift(
    session: Session, account_id: int, change: Change, held: Held | None, *, now: datetime
) -> None:
    note_order(
        session,
        account_id=account_id,
        external_id=change.external_id,
        ours=held.updated_at.isoformat() if held else "",
        theirs=change.revision,
        now=now,
    )
