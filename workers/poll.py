"""Reads each account's lists of changed orders again and again: what no webhook told is found.

Take a turn, commit; ask for a page with no transaction open; write what it lists and where the
next one begins in one transaction. A page that is lost to a crash is asked for again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import structlog
from sqlalchemy.orm import Session

from connectors.errors import AuthExpired, ChannelError, CursorExpired, Unsupported
from connectors.protocol import ChangePage, PollsOrders
from connectors.spec import Stream
from hub.flow.intake import poll as flow
from hub.flow.intake.backfill import cover
from hub.flow.intake.reread import ask_reread
from hub.flow.telling.push import WHO
from hub.models.claims import streams
from hub.models.claims.at_work import connected
from hub.models.claims.leases import LeaseLost
from hub.models.claims.streams import Turn
from hub.models.records.channels import ChannelAccount
from hub.ports import Ports
from workers.budget import Budget, new_owner
from workers.complaints import note_on_account
from workers.retry import Answer, Verdict, judge
from workers.shops import Shops

log = structlog.get_logger()

LEASE = timedelta(seconds=120)
"""Longer than a job goes on (hub.queue.JOB_SECONDS)."""
JITTER = 0.1
"""Share of the time between two readings that is drawn, so that accounts do not march in step."""
FIRST_RETRY = timedelta(seconds=5)
STANDS_STILL = "The channel's list does not go on: it gives the same place again."


@dataclass(slots=True)
class Reading:
    """A turn at a list, and what it came to so far."""

    turn: Turn
    stream: Stream
    cursor: str
    noted: int = 0


def poll(ports: Ports) -> int:
    """Read every list that is due. This function will return how many orders are to be fetched."""
    shops, budget, noted = Shops(ports), Budget(ports), 0
    for account_id, stream in _due(ports):
        if budget.is_spent:
            ports.wake.wake("poll")
            break
        noted += _attend(ports, shops, account_id, stream, budget)
    if noted:
        ports.wake.wake("read_messages")
    return noted


def is_due(ports: Ports) -> bool:
    """Say whether any list is to be read now, without taking a lock."""
    return bool(_due(ports))


def _due(ports: Ports) -> list[tuple[int, Stream]]:
    with ports.database.reading() as session:
        return due_lists(ports, session, connected(session))


def due_lists(
    ports: Ports, session: Session, accounts: Sequence[ChannelAccount]
) -> list[tuple[int, Stream]]:
    """Return the lists of these connected accounts that are to be read now."""
    now = ports.clock.now()
    return flow.lists_due(session, accounts, channels=ports.channels, now=now)


def _attend(
    ports: Ports, shops: Shops, account_id: int, stream: Stream, budget: Budget
) -> int:
    turn = _take(ports, account_id, stream)
    if turn is None:
        return 0
    reading = Reading(turn=turn, stream=stream, cursor=turn.cursor)
    try:
        _read_to_its_end(ports, shops, reading, budget)
    except LeaseLost:
        log.warning("poll.lease_lost", account_id=account_id, stream=stream.name)
    except Exception as error:  # noqa: BLE001 - the table decides what each error means
        _put_back(ports, reading, error)
        shops.forget(account_id)
    return reading.noted


def _take(ports: Ports, account_id: int, stream: Stream) -> Turn | None:
    owner = new_owner(ports)

    def work(session: Session) -> Turn | None:
        now = ports.clock.now()
        return streams.take(
            session, account_id=account_id, name=stream.name, owner=owner, now=now,
            lease=LEASE,
        )  # fmt: skip

    return ports.database.run(work)


def _read_to_its_end(ports: Ports, shops: Shops, reading: Reading, budget: Budget) -> None:
    has_more = True
    while has_more:
        if budget.is_spent:
            _come_back(ports, reading)
            return
        page = _ask(ports, shops, reading)
        stands_still = page.more and page.cursor == reading.cursor
        reading.noted += _keep(ports, reading, page)
        reading.cursor = page.cursor
        if stands_still:
            raise Unsupported(STANDS_STILL)
        has_more = page.more
    _rest(ports, reading)


def _ask(ports: Ports, shops: Shops, reading: Reading) -> ChangePage:
    account_id = reading.turn.account_id
    channel = shops.caller(account_id)
    if not isinstance(channel, PollsOrders):
        raise Unsupported(f"{channel.spec.title} has no lists of changed orders")
    ports.failpoint("poll.before_call")
    try:
        page = channel.changes(
            reading.stream.name,
            cursor=reading.cursor,
            now=ports.clock.now(),
            limit=channel.spec.max_page,
        )
    except AuthExpired as error:
        raise shops.after_refusal(account_id, error) from error
    ports.failpoint("poll.after_call")
    return page


def _keep(ports: Ports, reading: Reading, page: ChangePage) -> int:
    return ports.database.run(
        lambda session: flow.keep_page(
            session, turn=reading.turn, page=page, now=ports.clock.now()
        )
    )


# How a turn ends ----------------------------------------------------------------------------


def _rest(ports: Ports, reading: Reading) -> None:
    """Let a list go that was read to its end."""
    now, every = ports.clock.now(), reading.stream.every
    drawn = every * (1 + JITTER * (ports.random.random() - 0.5))
    ports.database.run(
        lambda session: streams.end(
            session, turn=reading.turn, next_at=now + drawn, read_at=now
        )
    )


def _come_back(ports: Ports, reading: Reading) -> None:
    """Let a list go in the middle, for the next job to go on at once."""
    now = ports.clock.now()
    ports.database.run(lambda session: streams.end(session, turn=reading.turn, next_at=now))
    ports.wake.wake("poll")


def _put_back(ports: Ports, reading: Reading, error: Exception) -> None:
    now = ports.clock.now()
    verdict = judge(error, attempts=1, first_at=now, now=now, random=ports.random)
    if verdict.is_mistake:
        log.error("poll.failed", account_id=reading.turn.account_id, exc_info=error)
    try:
        ports.database.run(lambda session: _settle(ports, session, reading, error, verdict))
    except LeaseLost:
        log.warning("poll.lease_lost", account_id=reading.turn.account_id)


def _settle(
    ports: Ports, session: Session, reading: Reading, error: Exception, verdict: Verdict
) -> None:
    now, account_id = ports.clock.now(), reading.turn.account_id
    if isinstance(error, CursorExpired):
        _begin_again(session, reading, restart=error.restart, now=now)
    if verdict.answer in {Answer.PAUSE, Answer.RECONNECT}:
        note_on_account(
            session, account_id=account_id, error=error, verdict=verdict, now=now
        )
    streams.end(
        session,
        turn=reading.turn,
        next_at=_next_try(reading, error, now=now, random=ports.random),
        error=verdict.words,
    )


def _begin_again(
    session: Session, reading: Reading, *, restart: str, now: datetime
) -> None:
    """Go on where the channel says nothing is skipped, else from about now with the gap fetched.

    Orders placed since we were last sure come as old orders do; those we have already are read
    again.
    """
    if restart:
        streams.move(session, turn=reading.turn, cursor=restart)
        return
    account = session.get_one(ChannelAccount, reading.turn.account_id)
    sure = reading.turn.read_at or account.created_at
    streams.move(session, turn=reading.turn, cursor="")
    cover(
        session,
        account_id=account.id,
        since=sure - reading.stream.overlap,
        who=WHO,
        now=now,
    )
    ask_reread(session, account_id=account.id)


def _next_try(
    reading: Reading, error: Exception, *, now: datetime, random: Random
) -> datetime:
    """Say when to read again after an error: later each time, but never later than usual."""
    asked = error.retry_after if isinstance(error, ChannelError) else None
    if asked is not None:
        return now + asked
    every, read_at = reading.stream.every, reading.turn.read_at
    overdue = now - read_at - every if read_at else every
    longest = min(every, max(FIRST_RETRY, overdue))
    return now + longest * (0.5 + random.random() / 2)
