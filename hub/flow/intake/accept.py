"""Step 1: write a message down, once, exactly as it came. Every way in ends here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from hub.models.claims.inbox import insert_once
from hub.models.records.messages import LIVE


@dataclass(frozen=True, slots=True)
class Accepted:
    """The message's row, and whether this call wrote it."""

    id: int | None
    is_new: bool


def accept(
    session: Session,
    *,
    account_id: int,
    topic: str,
    message_id: str,
    body: bytes,
    headers: Mapping[str, str],
    source: str,
    now: datetime,
    triggered_at: datetime | None = None,
    lane: int = LIVE,
    backfill_id: int | None = None,
) -> Accepted:
    """Insert an inbound message unless the same one is already there.

    The same message is the same account, topic, id and bytes: a key too fine costs nothing, because
    reading an order twice changes nothing; one too coarse would lose an event.
    """
    inserted = insert_once(
        session,
        account_id=account_id,
        topic=topic,
        message_id=message_id,
        body_hash=sha256(body).hexdigest(),
        body=body,
        headers=dict(headers),
        source=source,
        received_at=now,
        triggered_at=triggered_at,
        next_try_at=now,
        lane=lane,
        backfill_id=backfill_id,
    )
    return Accepted(id=inserted, is_new=inserted is not None)
