"""The verbs of the outbox: owe a channel something once, claim it, send it, settle it.

The states keep the promise that nothing is sent twice in effect. Before the first byte leaves,
`begin_sending` is committed. A row still `sending` when its lease runs out may have been applied:
it is claimed as `unknown`, looked up at the channel, and sent again only if it is not there. That
is why leases of the outbox outlast the channel's ambiguity horizon.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from hub.domain.channels.switches import Mode, kinds_in
from hub.models.claims.leases import LeaseLost, short
from hub.models.records.base import Utc
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import record
from hub.models.records.messages import OutboundMessage

OWED = ("waiting", "sending", "unknown")
OVER = ("sent", "shadowed", "held", "dead")


class CannotRetry(Exception):
    """The message cannot be tried again: it is unknown, done, or on its way already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedEffect:
    """A message as the worker that claimed it sends it; `attempts` counts this one.

    `state` is "waiting" (send it) or "unknown" (look it up first).
    """

    id: int
    account_id: int
    order_id: int | None
    shipment_id: int | None
    listing_id: int | None
    kind: str
    idempotency_key: str
    payload: Mapping[str, object]
    state: str
    attempts: int
    first_sent_at: datetime | None
    error_class: str | None
    created_at: datetime


CLAIMED = tuple(getattr(OutboundMessage, field.name) for field in fields(ClaimedEffect))


def add_once(
    session: Session,
    *,
    account_id: int,
    kind: str,
    idempotency_key: str,
    payload: Mapping[str, object],
    now: datetime,
    order_id: int | None = None,
    shipment_id: int | None = None,
    listing_id: int | None = None,
    notification_id: int | None = None,
    state: str = "waiting",
    not_before: datetime | None = None,
    held_for: tuple[str, str] | None = None,
) -> int | None:
    """Owe a channel something. This function will return the row's id, None if owed already.

    Call it in the transaction that made it true. `state` is "shadowed" for a rehearsal, or
    "held" for what a person must let go first: `held_for` then names the reason and says it.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    new = (sqlite.insert if is_sqlite else postgresql.insert)(OutboundMessage).values(
        account_id=account_id,
        order_id=order_id,
        shipment_id=shipment_id,
        listing_id=listing_id,
        notification_id=notification_id,
        kind=kind,
        idempotency_key=idempotency_key,
        payload=dict(payload),
        state=state,
        next_try_at=not_before or now,
        created_at=now,
        done_at=now if state in OVER else None,
        error_class=held_for[0] if held_for else None,
        last_error=short(held_for[1]) if held_for else None,
    )
    once = new.on_conflict_do_nothing(index_elements=["idempotency_key"])
    return session.execute(once.returning(OutboundMessage.id)).scalar_one_or_none()


def claim(
    session: Session, *, owner: str, now: datetime, lease: timedelta, limit: int = 1
) -> list[ClaimedEffect]:
    """Take up to `limit` messages that are due, oldest first, for as long as the lease.

    Only what is live now at its account, connected and not pausing; and what one account is owed
    about one order, or about one listing's stock, goes out in the order it became true: nothing
    is taken while an earlier one is open. `owner` must be new for each process and claim.
    """
    due = _due(session, now=now).limit(limit)
    chosen = due.with_for_update(of=OutboundMessage, skip_locked=True).cte("due")
    lost_track = case(
        (OutboundMessage.state == "sending", "unknown"), else_=OutboundMessage.state
    )
    taken = (
        update(OutboundMessage)
        .where(OutboundMessage.id.in_(select(chosen.c.id)))
        .values(
            state=lost_track,
            lease_owner=owner,
            lease_until=now + lease,
            attempts=OutboundMessage.attempts + 1,
        )
        .returning(*CLAIMED)
        .execution_options(synchronize_session=False)
    )
    rows = sorted(session.execute(taken).all(), key=lambda row: int(row.id))
    return [ClaimedEffect(**row._mapping) for row in rows]


def _due(session: Session, *, now: datetime) -> Select[int]:
    return (
        select(OutboundMessage.id)
        .where(OutboundMessage.state.in_(OWED), OutboundMessage.next_try_at <= now)
        .where(
            or_(OutboundMessage.lease_until.is_(None), OutboundMessage.lease_until <= now)
        )
        .where(_goes_first(OutboundMessage.order_id))
        .where(_goes_first(OutboundMessage.listing_id))
        .where(switched_to(session, Mode.LIVE, *_can_be_told(now=now)))
        .order_by(OutboundMessage.next_try_at, OutboundMessage.id)
    )


def _goes_first(subject: InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
    """Say that nothing earlier about the same subject is open; without a subject nothing is.

    One account's messages wait for each other only: a letter that must wait keeps no shop waiting.
    """
    earlier = aliased(OutboundMessage)
    return ~exists().where(
        getattr(earlier, subject.key) == subject,
        earlier.account_id == OutboundMessage.account_id,
        earlier.id < OutboundMessage.id,
        earlier.state.in_(OWED),
    )


def _can_be_told(*, now: datetime) -> tuple[ColumnElement[bool], ...]:
    pause = ChannelAccount.paused_until
    return (ChannelAccount.needs_reconnect.is_(False), or_(pause.is_(None), pause <= now))


def switched_to(
    session: Session, mode: Mode, *which: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Pick the messages whose kind is in this mode now at their account.

    There are few accounts: their switches are read here, and the query stays on its index.
    `which` leaves out accounts.
    """
    accounts = select(
        ChannelAccount.id, ChannelAccount.mode, ChannelAccount.capabilities
    ).where(*which)
    by_kinds: dict[frozenset[str], list[int]] = defaultdict(list)
    for account_id, own, switches in session.execute(accounts):
        by_kinds[kinds_in(mode, account=own, switches=switches)].append(account_id)
    terms = [
        and_(
            OutboundMessage.account_id.in_(account_ids),
            OutboundMessage.kind.in_(sorted(kinds)),
        )
        for kinds, account_ids in by_kinds.items()
        if kinds
    ]
    return or_(false(), *terms)


def is_anything_owed(session: Session) -> bool:
    """Say whether anything at all is still to be told, whenever and to whomever."""
    owed = select(OutboundMessage.id).where(OutboundMessage.state.in_(OWED))
    return bool(session.scalar(select(exists(owed))))


def due_count(session: Session, *, now: datetime) -> int:
    """Count the messages a claim could take now."""
    due = _due(session, now=now).order_by(None).subquery()
    return session.execute(select(func.count()).select_from(due)).scalar_one()


def held_by(owner: str) -> tuple[ColumnElement[bool], ...]:
    """Say what makes a row still ours. Every write below asks this, and nothing else does."""
    return (OutboundMessage.state.in_(OWED), OutboundMessage.lease_owner == owner)


def begin_sending(
    session: Session,
    *,
    message_id: int,
    owner: str,
    now: datetime,
    lease: timedelta,
    payload: Mapping[str, object] | None = None,
) -> None:
    """Write that bytes are about to leave; commit before they do. The lease starts anew.

    `lease` must be longer than the call's time-out and the channel's ambiguity horizon together.
    `payload` is what is really said, where that was worked out only now.

    :raises LeaseLost: it is not ours any more; nothing may be sent.
    """
    first = func.coalesce(OutboundMessage.first_sent_at, literal(now, Utc))
    values = {"state": "sending", "first_sent_at": first, "lease_until": now + lease}
    values |= {} if payload is None else {"payload": dict(payload)}
    _write(session, message_id=message_id, owner=owner, values=values)


def settle(
    session: Session,
    *,
    message_id: int,
    owner: str,
    state: str,
    now: datetime,
    outcome: str = "",
    remote_ref: str = "",
    next_try_at: datetime | None = None,
    error_class: str | None = None,
    error: str | None = None,
    counts: bool = True,
) -> None:
    """Write what became of a message and let it go.

    `state` is sent, shadowed, held or dead; or, with `next_try_at`, waiting (it surely did not
    happen) or unknown (it may have: look it up then). `error` of what is sent is what a person
    should know though it worked. Without `counts` the attempt is forgotten:
    nothing failed, we only had to be patient.

    :raises LeaseLost: it is not ours any more; who took it will settle it.
    """
    values: dict[str, object] = {
        "state": state,
        "lease_owner": None,
        "lease_until": None,
        "error_class": error_class,
        "last_error": short(error),
    }
    values |= {"outcome": outcome} if outcome else {}
    values |= {"remote_ref": remote_ref} if remote_ref else {}
    values |= {} if counts else {"attempts": OutboundMessage.attempts - 1}
    values |= {"done_at": now} if state in OVER else {"next_try_at": next_try_at or now}
    _write(session, message_id=message_id, owner=owner, values=values)


def _write(
    session: Session, *, message_id: int, owner: str, values: Mapping[str, object]
) -> None:
    written = (
        update(OutboundMessage)
        .where(OutboundMessage.id == message_id, *held_by(owner))
        .values(values)
        .returning(OutboundMessage.id)
        .execution_options(synchronize_session=False)
    )
    if session.execute(written).scalar_one_or_none() is None:
        raise LeaseLost(f"outbound message {message_id} is not held by {owner}")


def retry(session: Session, *, message_id: int, now: datetime) -> None:
    """Try a held or dead message again now, because a person asked; attempts go on counting.

    If it was ever sent, it is looked up first. A letter cannot be: whoever presses knows that it
    may arrive twice.

    :raises CannotRetry: it is unknown, done, or on its way already.
    """
    was_never_sent = OutboundMessage.first_sent_at.is_(None)
    is_letter = OutboundMessage.kind == "mail"
    again = case((was_never_sent | is_letter, "waiting"), else_="unknown")
    woken = (
        update(OutboundMessage)
        .where(
            OutboundMessage.id == message_id, OutboundMessage.state.in_(("held", "dead"))
        )
        .values(state=again, next_try_at=now, done_at=None)
        .returning(OutboundMessage.id)
        .execution_options(synchronize_session=False)
    )
    if session.execute(woken).scalar_one_or_none() is None:
        raise CannotRetry(f"outbound message {message_id} is neither held nor given up")


def try_again(session: Session, *, message_id: int, who: str, now: datetime) -> None:
    """Try a held or dead message again now, and write down who wanted it.

    :raises CannotRetry: as `retry`.
    """
    retry(session, message_id=message_id, now=now)
    record(
        session, at=now, who=who, subject="outbound", subject_id=message_id,
        what="outbound.retried",
    )  # fmt: skip
