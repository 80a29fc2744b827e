"""Lists old orders, a page at a time and never far ahead of the reading: live work goes first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy.orm import Session

from connectors.errors import AuthExpired, ChannelError, CursorExpired, Unsupported
from connectors.protocol import ChangePage, PollsOrders
from hub.flow.intake import backfill as flow
from hub.models.claims import backfills
from hub.models.claims.backfills import AHEAD, Listing
from hub.models.claims.leases import LeaseLost
from hub.models.records.channels import ChannelAccount
from hub.pacing import Lane
from hub.ports import Ports
from workers.budget import Budget, new_owner
from workers.complaints import note_on_account
from workers.retry import Answer, Verdict, judge
from workers.shops import Shops

log = structlog.get_logger()

SECONDS = 10
"""A job lists for so long: others have their turn in between."""
LEASE = timedelta(seconds=120)
LATER = timedelta(seconds=30)
"""How soon a list that could not be read is tried again."""
FULL = timedelta(seconds=1)
"""How soon to look whether enough of what was found is read."""
STANDS_STILL = "The channel's list of old orders does not go on."


@dataclass(slots=True)
class Work:
    """A turn at listing, and what it came to so far."""

    turn: Listing
    cursor: str
    noted: int = 0


def backfill(ports: Ports) -> int:
    """List more of every backfill that is due. Return how many orders are to be fetched."""
    shops, budget, noted = (
        Shops(ports, lane=Lane.BACKGROUND),
        Budget(ports, seconds=SECONDS),
        0,
    )
    for backfill_id in _due(ports):
        if budget.is_spent:
            break
        noted += _attend(ports, shops, backfill_id, budget)
    if noted:
        ports.wake.wake("read_messages")
    return noted


def is_due(ports: Ports) -> bool:
    """Say whether any backfill has something to do, without taking a lock."""
    return bool(_due(ports))


def _due(ports: Ports) -> list[int]:
    with ports.database.reading() as session:
        return due_backfills(ports, session, ())


def due_backfills(
    ports: Ports, session: Session, _accounts: Sequence[ChannelAccount]
) -> list[int]:
    """Return the backfills that have something to do."""
    return backfills.due(session, now=ports.clock.now())


def _attend(ports: Ports, shops: Shops, backfill_id: int, budget: Budget) -> int:
    turn = _take(ports, backfill_id)
    if turn is None:
        _finish(ports, backfill_id)
        return 0
    work = Work(turn=turn, cursor=turn.cursor)
    try:
        _list(ports, shops, work, budget)
        _finish(ports, backfill_id)
    except LeaseLost:
        log.info("backfill.lease_lost", backfill=backfill_id)
    except Exception as error:  # noqa: BLE001 - the table decides what each error means
        _put_back(ports, work, error)
        shops.forget(turn.account_id)
    return work.noted


def _take(ports: Ports, backfill_id: int) -> Listing | None:
    owner = new_owner(ports)

    def take(session: Session) -> Listing | None:
        now = ports.clock.now()
        return backfills.take(
            session, backfill_id=backfill_id, owner=owner, now=now, lease=LEASE
        )

    return ports.database.run(take)


def _finish(ports: Ports, backfill_id: int) -> None:
    now = ports.clock.now()
    ports.database.run(
        lambda session: backfills.finish(session, backfill_id=backfill_id, now=now)
    )


def _list(ports: Ports, shops: Shops, work: Work, budget: Budget) -> None:
    has_more = True
    while has_more and not budget.is_spent:
        if not _has_room(ports, work.turn):
            _let_go(ports, work, wait=FULL)
            return
        page = _ask(ports, shops, work)
        stands_still = page.more and page.cursor == work.cursor
        work.noted += _keep(ports, work.turn, page)
        work.cursor = page.cursor
        if stands_still:
            raise Unsupported(STANDS_STILL)
        has_more = page.more
    _let_go(ports, work, is_listed=not has_more)


def _has_room(ports: Ports, turn: Listing) -> bool:
    with ports.database.reading() as session:
        return backfills.waiting(session, backfill_id=turn.id) < AHEAD


def _ask(ports: Ports, shops: Shops, work: Work) -> ChangePage:
    turn = work.turn
    channel = shops.caller(turn.account_id)
    if not isinstance(channel, PollsOrders):
        raise Unsupported(f"{channel.spec.title} has no list of old orders")
    ports.failpoint("backfill.before_call")
    try:
        page = channel.history(
            since=turn.since,
            until=turn.until,
            cursor=work.cursor,
            limit=channel.spec.max_page,
        )
    except AuthExpired as error:
        raise shops.after_refusal(turn.account_id, error) from error
    ports.failpoint("backfill.after_call")
    return page


def _keep(ports: Ports, turn: Listing, page: ChangePage) -> int:
    return ports.database.run(
        lambda session: flow.keep_page(session, turn=turn, page=page, now=ports.clock.now())
    )


def _let_go(
    ports: Ports, work: Work, *, wait: timedelta = timedelta(0), is_listed: bool = False
) -> None:
    next_at = ports.clock.now() + wait
    ports.database.run(
        lambda session: backfills.end(
            session, turn=work.turn, next_at=next_at, is_listed=is_listed
        )
    )


# What went wrong ----------------------------------------------------------------------------


def _put_back(ports: Ports, work: Work, error: Exception) -> None:
    now = ports.clock.now()
    verdict = judge(error, attempts=1, first_at=now, now=now, random=ports.random)
    if verdict.is_mistake:
        log.error("backfill.failed", backfill=work.turn.id, exc_info=error)
    try:
        ports.database.run(
            lambda session: _settle(ports, session, work.turn, error, verdict)
        )
    except LeaseLost:
        log.info("backfill.lease_lost", backfill=work.turn.id)


def _settle(
    ports: Ports, session: Session, turn: Listing, error: Exception, verdict: Verdict
) -> None:
    now = ports.clock.now()
    if isinstance(error, CursorExpired):
        backfills.begin_again(session, turn=turn)
    if verdict.answer is Answer.RECONNECT:
        note_on_account(
            session, account_id=turn.account_id, error=error, verdict=verdict, now=now
        )
    if verdict.answer is Answer.HOLD:
        backfills.fail(session, turn=turn, error=verdict.words)
        return
    # A pause is not for the whole account: what is live shall not wait for what is old.
    asked = error.retry_after if isinstance(error, ChannelError) else None
    wait = LATER * (0.5 + ports.random.random()) if asked is None else asked
    backfills.end(session, turn=turn, next_at=now + wait, error=verdict.words)
