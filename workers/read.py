"""Reads what channels told us: many messages a transaction, each in a savepoint of its own.

Claim, commit; say what each message means, fetching where it only names an order, with no
transaction open; then do what they say. A message that cannot be read is put aside alone.

What is live goes first. A background message (a backfill's, a re-read's) is read alone and only
when nothing live is due, so that no webhook waits for more than one of them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from connectors.errors import AuthExpired, NotFound, Unsupported
from connectors.protocol import Channel, FetchesOrders
from connectors.readings import (
    LetterSeen,
    Message,
    OrderChanged,
    OrderDeleted,
    OrderMissing,
    OrderSeen,
    Reading,
)
from connectors.registry import CHANNELS
from hub.flow.intake.changed import CHANGED, read_change
from hub.flow.reading.read import apply
from hub.models.claims import inbox
from hub.models.claims.inbox import ClaimedMessage
from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import BACKGROUND, LIVE, InboundMessage
from hub.pacing import Lane
from hub.ports import Ports
from mapping.canonical import Order
from workers.apart import CHILD, Task
from workers.budget import Budget, new_owner
from workers.complaints import note_on_account
from workers.retry import Answer, back_off, judge
from workers.shops import Shops

log = structlog.get_logger()

BATCH = 5
"""Messages that share a transaction: webhooks on SQLite, and pages, wait as long as one takes."""
LEASE = timedelta(seconds=120)
"""Longer than a job goes on (hub.queue.JOB_SECONDS)."""
BACKGROUND_SECONDS = 2
"""A job reads what may wait for so long, then lets planning and pushing have their turn."""
RECONNECTED = timedelta(minutes=5)
"""How soon a message that needs a call is tried again while its account is disconnected."""

LOST = "WorkerLost"
LOST_OFTEN = 3
"""So many workers may die over one message before it is put aside."""


@dataclass(slots=True)
class Read:
    """A claimed message and what it says, or why nobody can tell."""

    message: ClaimedMessage
    reading: Reading | None = None
    error: Exception | None = None
    fetched_at: datetime | None = None

    @property
    def order_id(self) -> str:
        """The order it is about, by the channel's name; empty when it is about none."""
        match self.reading:
            case OrderSeen(order=order):
                return order.external_id
            case (
                OrderChanged(external_id=known)
                | OrderDeleted(external_id=known)
                | OrderMissing(external_id=known)
            ):
                return known
        return ""


class Desk:
    """What one reading job works with: the channels of each lane, and the time it has."""

    def __init__(self, ports: Ports) -> None:
        self._shops = {
            LIVE: Shops(ports),
            BACKGROUND: Shops(ports, lane=Lane.BACKGROUND),
        }
        self._budget = Budget(ports)
        self._background = Budget(ports, seconds=BACKGROUND_SECONDS)

    @property
    def lanes(self) -> Sequence[int]:
        """The lanes to look into, one after the other; none when the time is up."""
        if self._budget.is_spent:
            return ()
        return (LIVE,) if self._background.is_spent else (LIVE, BACKGROUND)

    def shops(self, lane: int) -> Shops:
        """Return the channels as this lane may call them."""
        return self._shops[lane]

    def forget(self, account_id: int) -> None:
        """Look an account up again the next time."""
        for shops in self._shops.values():
            shops.forget(account_id)

    def note_versions(self) -> None:
        """Write down which versions the channels answered with."""
        for shops in self._shops.values():
            shops.note_versions()


def read_messages(ports: Ports) -> int:
    """Read what is due. This function will return how many messages it settled or put back."""
    desk, done = Desk(ports), 0
    while is_due(ports):
        owner = new_owner(ports)
        claimed = _claim(ports, desk, owner)
        if not claimed:
            if BACKGROUND not in desk.lanes:
                ports.wake.wake("read_messages")
            break
        for batch in _apart(claimed):
            _read(ports, desk, batch, owner=owner)
        done += len(claimed)
    desk.note_versions()
    if done:
        ports.wake.wake("plan")
    return done


def is_due(ports: Ports) -> bool:
    """Say whether anything can be read now, without taking a lock."""
    with ports.database.reading() as session:
        topics = _even_when_off(ports)
        return inbox.due_count(session, now=ports.clock.now(), even_when_off=topics) > 0


def _even_when_off(ports: Ports) -> set[str]:
    return {topic for one in ports.channels.values() for topic in one.spec.even_when_off}


def _claim(ports: Ports, desk: Desk, owner: str) -> list[ClaimedMessage]:
    """Take a batch of what is live, else one background message."""
    lanes, topics = desk.lanes, _even_when_off(ports)

    def take(session: Session, lane: int) -> list[ClaimedMessage]:
        return inbox.claim(
            session,
            owner=owner,
            now=ports.clock.now(),
            limit=BATCH if lane == LIVE else 1,
            lease=LEASE,
            lane=lane,
            even_when_off=topics,
        )

    def work(session: Session) -> list[ClaimedMessage]:
        taken = (take(session, lane) for lane in lanes)
        return next((claimed for claimed in taken if claimed), [])

    return ports.database.run(work) if lanes else []


def _apart(claimed: list[ClaimedMessage]) -> list[list[ClaimedMessage]]:
    """Keep messages somebody already tried away from the fresh ones, each by itself, after them.

    One that takes its worker down with it then takes no other message along; one that did so
    before comes last.
    """
    fresh = [message for message in claimed if message.attempts == 1]
    tried = [message for message in claimed if message.attempts > 1]
    tried.sort(key=lambda message: message.error_class == LOST)
    return [batch for batch in (fresh, *([message] for message in tried)) if batch]


def _read(ports: Ports, desk: Desk, batch: list[ClaimedMessage], *, owner: str) -> None:
    if batch[0].attempts > 1 and not _mark(ports, batch[0], owner=owner):
        return
    fetched: dict[tuple[int, str], Order] = {}
    shops = desk.shops(batch[0].lane)
    reads = [_interpret(ports, shops, message, fetched) for message in batch]
    try:
        ports.database.run(lambda session: _do(ports, session, reads, owner=owner))
    except OperationalError as error:
        log.warning("read.too_busy", error=type(error.orig).__name__)
        ports.database.run(lambda session: _give_back(ports, session, batch, owner=owner))
    for read in reads:
        if read.error is not None:
            desk.forget(read.message.account_id)


def _give_back(
    ports: Ports, session: Session, batch: list[ClaimedMessage], *, owner: str
) -> None:
    """Let messages wait a moment that lost every race for a lock; nothing is wrong with them."""
    again = ports.clock.now() + back_off(attempts=1, random=ports.random)
    for message_id in inbox.fence(
        session, message_ids=[each.id for each in batch], owner=owner
    ):
        inbox.retry(
            session, message_id=message_id, owner=owner, next_try_at=again,
            error_class="Busy", error="The database was busy with the same orders.",
        )  # fmt: skip


def _mark(ports: Ports, message: ClaimedMessage, *, owner: str) -> bool:
    """Write that we are about to try again; give up a message that keeps killing its workers.

    Whatever becomes of it takes the mark away, so it is only ever found after a death. Claims do
    not count: a message may be claimed often because its neighbours in a batch died.
    """

    def work(session: Session) -> bool:
        if not inbox.fence(session, message_ids=[message.id], owner=owner):
            return False
        row = session.get_one(InboundMessage, message.id)
        if row.deaths >= LOST_OFTEN:
            words = "Workers were lost again and again while they read this message."
            inbox.die(
                session, message_id=message.id, owner=owner, error_class=LOST, error=words,
                now=ports.clock.now(),
            )  # fmt: skip
            return False
        row.error_class, row.deaths = LOST, row.deaths + 1
        return True

    return ports.database.run(work)


# What it means, with no transaction open ----------------------------------------------------


def _interpret(
    ports: Ports,
    shops: Shops,
    message: ClaimedMessage,
    fetched: dict[tuple[int, str], Order],
) -> Read:
    read = Read(message=message)
    try:
        channel = shops.reader(message.account_id)
        read.reading = _say(ports, shops, channel, message)
        if isinstance(read.reading, OrderChanged):
            _fetch(ports, shops, read, channel, fetched)
    except Exception as error:  # noqa: BLE001 - the table decides what each error means
        read.error = error
    return read


def _say(ports: Ports, shops: Shops, channel: Channel, message: ClaimedMessage) -> Reading:
    """Say what a message means; what the hub saw in a list itself no channel need be asked."""
    body = message.body or b""
    if message.topic == CHANGED:
        return read_change(body)
    headers = {name: str(value) for name, value in message.headers.items()}
    told = Message(topic=message.topic, body=body, headers=headers)
    key = channel.spec.key
    if not channel.spec.reads_apart or ports.channels[key] is not CHANNELS.get(key):
        return channel.read(told)  # a test's own channel is known to this process alone
    settings = shops.settings(message.account_id)
    return CHILD.read(Task(channel=key, settings=settings, message=told))


def _fetch(
    ports: Ports,
    shops: Shops,
    read: Read,
    channel: Channel,
    fetched: dict[tuple[int, str], Order],
) -> None:
    """Ask for the order a thin message names, once for all messages of a batch that name it."""
    if not isinstance(channel, FetchesOrders):
        raise Unsupported(f"{channel.spec.title} cannot be asked for an order")
    account_id, named = read.message.account_id, read.order_id
    read.fetched_at = ports.clock.now()
    try:
        if (account_id, named) not in fetched:
            fetched[account_id, named] = _call(ports, shops, account_id, named)
        read.reading = OrderSeen(order=fetched[account_id, named])
    except NotFound:
        read.reading = OrderMissing(external_id=named)


def _call(ports: Ports, shops: Shops, account_id: int, external_id: str) -> Order:
    channel = shops.caller(account_id)
    if not isinstance(channel, FetchesOrders):
        raise Unsupported(f"{channel.spec.title} cannot be asked for an order")
    ports.failpoint("read.before_fetch")
    try:
        order = channel.fetch_order(external_id)
    except AuthExpired as error:
        raise shops.after_refusal(account_id, error) from error
    ports.failpoint("read.after_fetch")
    return order


# What it changes, in one transaction --------------------------------------------------------


def _do(ports: Ports, session: Session, reads: Collection[Read], *, owner: str) -> None:
    ours = inbox.fence(
        session, message_ids=[read.message.id for read in reads], owner=owner
    )
    # Letters first, then by account and order, so that two workers take locks in one sequence.
    for read in sorted(reads, key=_turn):
        if read.message.id in ours:
            _do_one(ports, session, read, owner=owner)


def _turn(read: Read) -> tuple[bool, int, str]:
    is_letter = isinstance(read.reading, LetterSeen)
    return (not is_letter, read.message.account_id, read.order_id)


def _do_one(ports: Ports, session: Session, read: Read, *, owner: str) -> None:
    error, outcome = read.error, ""
    if error is None:
        try:
            with session.begin_nested():
                outcome = _apply(ports, session, read)
        except (OperationalError, InterfaceError):
            raise  # the engine wants the whole transaction again, or is gone
        except Exception as raised:  # noqa: BLE001 - the table decides what each error means
            error = raised
    if error is None:
        _finish(ports, session, read, owner=owner, outcome=outcome)
    else:
        _put_back(ports, session, read, error, owner=owner)


def _apply(ports: Ports, session: Session, read: Read) -> str:
    if read.reading is None:
        raise TypeError("a message without a reading cannot be applied")
    account = session.get_one(ChannelAccount, read.message.account_id)
    return apply(
        session,
        account=account,
        reading=read.reading,
        now=ports.clock.now(),
        fetched_at=read.fetched_at,
        message_id=read.message.id,
    )


def _finish(
    ports: Ports, session: Session, read: Read, *, owner: str, outcome: str
) -> None:
    inbox.finish(
        session,
        message_id=read.message.id,
        owner=owner,
        result=outcome,
        now=ports.clock.now(),
        external_order_id=read.order_id or None,
    )


def _put_back(
    ports: Ports, session: Session, read: Read, error: Exception, *, owner: str
) -> None:
    now, message = ports.clock.now(), read.message
    verdict = judge(
        error,
        attempts=message.attempts,
        first_at=message.received_at,
        now=now,
        random=ports.random,
    )
    if verdict.is_mistake:
        log.error("read.failed", message=message.id, exc_info=error)
    why: Mapping[str, str] = {"error_class": verdict.error_class, "error": verdict.words}
    if verdict.answer in {Answer.HOLD, Answer.DEAD}:
        stop = inbox.hold if verdict.answer is Answer.HOLD else inbox.die
        stop(session, message_id=message.id, owner=owner, now=now, **why)
        return
    if message.lane == BACKGROUND and verdict.answer is Answer.PAUSE:
        # What is old waits along; what is live does not wait for it, and learns for itself.
        inbox.postpone(session, account_id=message.account_id, until=verdict.next_try_at)
    else:
        note_on_account(
            session, account_id=message.account_id, error=error, verdict=verdict, now=now
        )
    soon = verdict.answer is Answer.RECONNECT
    again = min(verdict.next_try_at, now + RECONNECTED) if soon else verdict.next_try_at
    inbox.retry(
        session, message_id=message.id, owner=owner, next_try_at=again,
        counts=verdict.answer is not Answer.PAUSE, **why,
    )  # fmt: skip
