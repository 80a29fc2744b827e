"""Fetching old orders: begun, paused, gone on with and ended by a person; one an account.

What is found waits in a lane of its own (hub/models/claims/inbox.py), behind everything live. An
old order is read like any other: what was sent or closed at the channel asks for nothing here.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.protocol import ChangePage, Registration
from connectors.spec import Capability
from hub.flow.intake.changed import note_changes
from hub.flow.refusal import Invalid, Missing, Refusal
from hub.models.claims import backfills
from hub.models.claims.backfills import Listing
from hub.models.records.channels import Backfill, ChannelAccount
from hub.models.records.history import record
from hub.models.records.messages import BACKGROUND

OPEN = ("running", "paused")
PLACE_LOST = "Our place in a list was lost."


def start(
    session: Session,
    *,
    account_id: int,
    since: datetime,
    channels: Mapping[str, Registration],
    who: str,
    now: datetime,
    until: datetime | None = None,
) -> Backfill:
    """Begin to fetch the orders placed in `[since, until)`; `until` is now unless given.

    :raises Missing: there is no such account.
    :raises Invalid: the time begins after it ends.
    :raises Refusal: the channel has no list of old orders, or one is being worked through.
    """
    account = session.get(ChannelAccount, account_id, with_for_update=True)
    if account is None:
        raise Missing("There is no such channel.")
    if not has_history(account, channels):
        raise Refusal("This channel has no list of old orders.")
    if since >= (until or now):
        raise Invalid("The day to begin with must be in the past.", field="since")
    if _open(session, account_id) is not None:
        raise Refusal(
            "Old orders of this connection are being fetched already. Stop that first."
        )
    made = Backfill(
        account_id=account_id, since=since, until=until or now, next_at=now, who=who,
        created_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    _tell(session, made, "started", who=who, now=now)
    return made


def cover(
    session: Session, *, account_id: int, since: datetime, who: str, now: datetime
) -> None:
    """See that orders placed since then are fetched: begin, or widen what goes on already.

    What is widened is listed anew; what was found before is not found twice.
    """
    known = _open(session, account_id)
    if known is None:
        known = Backfill(
            account_id=account_id, since=since, until=now, next_at=now, who=who,
            created_at=now,
        )  # fmt: skip
        session.add(known)
        session.flush()
    else:
        known.since, known.until = min(known.since, since), now
        known.cursor, known.is_listed, known.found = "", False, 0
        known.lease_owner = known.lease_until = None
    _tell(session, known, "started", why=PLACE_LOST, who=who, now=now)


def pause(session: Session, *, account_id: int, who: str, now: datetime) -> Backfill:
    """List and read no more old orders until it is resumed.

    :raises Refusal: none are being fetched.
    """
    found = _in_state(
        session, account_id, "running", words="No old orders are fetched now."
    )
    _step(session, found, "paused", who=who, now=now)
    return found


def resume(session: Session, *, account_id: int, who: str, now: datetime) -> Backfill:
    """Go on where it was paused, or where it failed.

    :raises Refusal: nothing was paused.
    """
    found = _in_state(
        session, account_id, "paused", "failed", words="Nothing was paused here."
    )
    found.next_at, found.last_error = now, None
    _step(session, found, "running", who=who, now=now)
    return found


def stop(session: Session, *, account_id: int, who: str, now: datetime) -> Backfill:
    """List no more; the few orders that were found already are still read.

    :raises Refusal: none are being fetched.
    """
    found = _in_state(session, account_id, *OPEN, words="No old orders are fetched now.")
    _step(session, found, "stopped", who=who, now=now)
    found.done_at = now
    return found


def keep_page(session: Session, *, turn: Listing, page: ChangePage, now: datetime) -> int:
    """Write down what a page of old orders lists and where the next one begins.

    This function will return how many are to be fetched.

    :raises hub.models.claims.leases.LeaseLost: the turn is not ours any more; nothing is written.
    """
    backfills.move(
        session, turn=turn, cursor=page.cursor, found=len(page.changes), total=page.total
    )
    return note_changes(
        session,
        account_id=turn.account_id,
        changes=page.changes,
        source="backfill",
        now=now,
        lane=BACKGROUND,
        backfill_id=turn.id,
    )


def has_history(account: ChannelAccount, channels: Mapping[str, Registration]) -> bool:
    """Say whether an account's channel can list old orders."""
    known = channels.get(account.channel)
    return known is not None and Capability.ORDERS_POLL in known.spec.capabilities


def _open(session: Session, account_id: int) -> Backfill | None:
    return session.scalar(
        select(Backfill)
        .where(Backfill.account_id == account_id, Backfill.state.in_(OPEN))
        .with_for_update()
    )


def _in_state(session: Session, account_id: int, *states: str, words: str) -> Backfill:
    newest = backfills.latest(session, account_id=account_id)
    if newest is None:
        raise Refusal(words)
    session.refresh(newest, with_for_update=True)
    if newest.state not in states:
        raise Refusal(words)
    return newest


def _step(
    session: Session, found: Backfill, state: str, *, who: str, now: datetime
) -> None:
    found.state = state
    found.lease_owner = found.lease_until = None
    session.flush()
    _tell(session, found, state, who=who, now=now)


def _tell(
    session: Session, found: Backfill, what: str, *, why: str = "", who: str, now: datetime
) -> None:
    record(
        session, at=now, who=who, subject="channel", subject_id=found.account_id,
        what=f"channel.backfill_{what}", to_state=str(found.since.date()), why=why,
    )  # fmt: skip
