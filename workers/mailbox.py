"""Takes mail out of mailboxes, and files there what is settled.

Take a turn, commit; ask for a page with no transaction open; write the mails, where each lies and
where the next page begins in one transaction. A page that is lost to a crash is asked for again,
and a mail that was moved by a worker that died is found where it was moved to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from connectors.errors import AuthExpired, Unsupported
from connectors.handed import Filed, HandedPage
from connectors.protocol import HandsOverMessages
from hub.flow.mail import mailbox as flow
from hub.flow.mail.mailbox import FOLDERS, INBOX
from hub.models.claims import mail_places, streams
from hub.models.claims.at_work import connected
from hub.models.claims.leases import LeaseLost
from hub.models.claims.mail_places import ToFile
from hub.models.claims.streams import Turn
from hub.models.records.channels import ChannelAccount
from hub.ports import Ports
from workers.budget import Budget, new_owner
from workers.complaints import note_on_account
from workers.retry import Answer, Verdict, judge
from workers.shops import Shops

log = structlog.get_logger()

EVERY = timedelta(seconds=60)
"""How often a mailbox is looked into; what waits there (workers/listen.py) looks sooner."""
JITTER = 0.1
"""Share of that time that is drawn, so that accounts do not march in step."""
LEASE = timedelta(seconds=120)
"""Longer than a job goes on (hub.queue.JOB_SECONDS)."""
FILED_AT_ONCE = 20
STANDS_STILL = "The mailbox does not go on: it gives the same place again."
GIVEN_UP = (Answer.HOLD, Answer.DEAD)
PATIENT = timedelta(hours=6)
"""How long filing rests that a person must first make possible: a folder, a right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What there is to do now: which mailboxes to look into, and in which to file."""

    inboxes: Sequence[int] = ()
    filing: Sequence[int] = ()
    is_any_lost: bool = False
    """Whether a mail still counts as waiting that nobody will read."""

    def __bool__(self) -> bool:
        """Say whether there is anything to do at all."""
        return bool(self.inboxes or self.filing or self.is_any_lost)


def look_into_mailboxes(ports: Ports) -> int:
    """Take what is new out of every mailbox that is due, then file what is settled.

    This function will return how many mails were new or moved.
    """
    shops, budget = Shops(ports), Budget(ports)
    with ports.database.reading() as session:
        due = due_mail(ports, session, connected(session))
    new = sum(_attend(ports, shops, account_id, budget) for account_id in due.inboxes)
    if new:
        ports.wake.wake("read_messages")
    if due.is_any_lost:
        _mark_lost(ports)
    return new + _file_due(ports, shops, due.filing, budget)


def due_mail(ports: Ports, session: Session, accounts: Sequence[ChannelAccount]) -> Due:
    """Say what is to be done now, without taking a lock; asks nothing if there is no mailbox."""
    now = ports.clock.now()
    boxes = flow.mailboxes(accounts, channels=ports.channels, now=now)
    if not boxes:
        return Due()
    filing = flow.filing_accounts(boxes, channels=ports.channels)
    is_any_lost = mail_places.is_any_lost(session)
    is_any = is_any_lost or mail_places.is_any_to_file(session, account_ids=filing, now=now)
    return Due(
        inboxes=flow.inboxes_due(session, boxes, now=now),
        filing=filing if is_any else (),
        is_any_lost=is_any_lost,
    )


# Taking -----------------------------------------------------------------------------------------


def _attend(ports: Ports, shops: Shops, account_id: int, budget: Budget) -> int:
    turn = None if budget.is_spent else _take(ports, account_id)
    if turn is None:
        return 0
    try:
        return _take_all(ports, shops, turn, budget)
    except LeaseLost:
        log.warning("mailbox.lease_lost", account_id=account_id)
    except Exception as error:  # noqa: BLE001 - the table decides what each error means
        _put_back(ports, turn, error)
        shops.forget(account_id)
    return 0


def _take(ports: Ports, account_id: int) -> Turn | None:
    owner = new_owner(ports)

    def work(session: Session) -> Turn | None:
        now = ports.clock.now()
        return streams.take(
            session, account_id=account_id, name=INBOX, owner=owner, now=now, lease=LEASE
        )

    return ports.database.run(work)


def _take_all(ports: Ports, shops: Shops, turn: Turn, budget: Budget) -> int:
    """Take page after page until the mailbox has no more, or our time is up."""
    cursor, new, has_more = turn.cursor, 0, True
    while has_more and not budget.is_spent:
        page = _ask(ports, shops, turn.account_id, cursor)
        new += _keep(ports, turn, page)
        ports.failpoint("mailbox.after_keep")
        if page.more and page.cursor == cursor:
            raise Unsupported(STANDS_STILL)
        cursor, has_more = page.cursor, page.more
    _rest(ports, turn, is_read=not has_more)
    return new


def _ask(ports: Ports, shops: Shops, account_id: int, cursor: str) -> HandedPage:
    channel = _box(shops, account_id)
    ports.failpoint("mailbox.before_call")
    try:
        page = channel.messages(
            cursor=cursor,
            now=ports.clock.now(),
            limit=shops.reader(account_id).spec.max_page,
        )
    except AuthExpired as error:
        raise shops.after_refusal(account_id, error) from error
    ports.failpoint("mailbox.after_call")
    return page


def _keep(ports: Ports, turn: Turn, page: HandedPage) -> int:
    return ports.database.run(
        lambda session: flow.keep_page(session, turn=turn, page=page, now=ports.clock.now())
    )


def _box(shops: Shops, account_id: int) -> HandsOverMessages:
    channel = shops.caller(account_id)
    if not isinstance(channel, HandsOverMessages):
        raise Unsupported(f"{channel.spec.title} is no mailbox")
    return channel


def _rest(ports: Ports, turn: Turn, *, is_read: bool) -> None:
    """Let a mailbox go: for a while if it was read to its end, else for the next job at once."""
    now = ports.clock.now()
    drawn = EVERY * (1 + JITTER * (ports.random.random() - 0.5))
    ports.database.run(
        lambda session: streams.end(
            session,
            turn=turn,
            next_at=now + drawn if is_read else now,
            read_at=now if is_read else None,
        )
    )
    if not is_read:
        ports.wake.wake("mailbox")


def _put_back(ports: Ports, turn: Turn, error: Exception) -> None:
    now = ports.clock.now()
    verdict = judge(error, attempts=1, first_at=now, now=now, random=ports.random)
    if verdict.is_mistake:
        log.error("mailbox.failed", account_id=turn.account_id, exc_info=error)
    try:
        ports.database.run(lambda session: _settle(session, turn, error, verdict, now))
    except LeaseLost:
        log.warning("mailbox.lease_lost", account_id=turn.account_id)


def _settle(
    session: Session, turn: Turn, error: Exception, verdict: Verdict, now: datetime
) -> None:
    if verdict.answer in {Answer.PAUSE, Answer.RECONNECT}:
        note_on_account(
            session, account_id=turn.account_id, error=error, verdict=verdict, now=now
        )
    next_at = max(verdict.next_try_at, now + EVERY / 4)
    streams.end(session, turn=turn, next_at=next_at, error=verdict.words)


# Filing -----------------------------------------------------------------------------------------


def _mark_lost(ports: Ports) -> None:
    now = ports.clock.now()
    ports.database.run(lambda session: mail_places.mark_lost(session, now=now))


def _file_due(
    ports: Ports, shops: Shops, account_ids: Sequence[int], budget: Budget
) -> int:
    done, closed = 0, set[int]()
    while not budget.is_spent:
        claimed = _claim(ports, [one for one in account_ids if one not in closed])
        if not claimed:
            break
        for mail in claimed:
            if mail.account_id in closed:
                continue  # claimed with others of a mailbox that does not answer now
            if _file(ports, shops, mail):
                done += 1
            else:
                closed.add(mail.account_id)
    return done


def _claim(ports: Ports, account_ids: list[int]) -> Sequence[ToFile]:
    if not account_ids:
        return ()
    return ports.database.run(
        lambda session: mail_places.claim_to_file(
            session,
            account_ids=account_ids,
            now=ports.clock.now(),
            limit=FILED_AT_ONCE,
            lease=LEASE,
        )
    )


def _file(ports: Ports, shops: Shops, mail: ToFile) -> bool:
    """Move one mail; say whether its mailbox may be asked on."""
    into = FOLDERS.get(mail.state, "")
    if not into:
        return _not_filed(ports, mail, problem="", wait=None)
    try:
        place = _move(ports, shops, mail, into=into)
    except Exception as error:  # noqa: BLE001 - the table decides what each error means
        shops.forget(mail.account_id)
        return _complain(ports, mail, error)
    ports.database.run(
        lambda session: flow.keep_filed(
            session, filed=mail, into=into, place=place, now=ports.clock.now()
        )
    )
    return True


def _move(ports: Ports, shops: Shops, mail: ToFile, *, into: str) -> Filed | None:
    channel = _box(shops, mail.account_id)
    ports.failpoint("filing.before_call")
    try:
        place = channel.file(
            folder=mail.folder,
            validity=mail.validity,
            number=mail.number,
            into=into,
            message_id=mail.message_id,
        )
    except AuthExpired as error:
        raise shops.after_refusal(mail.account_id, error) from error
    ports.failpoint("filing.after_call")
    return place


def _complain(ports: Ports, mail: ToFile, error: Exception) -> bool:
    now = ports.clock.now()
    verdict = judge(error, attempts=mail.tries, first_at=now, now=now, random=ports.random)
    if verdict.is_mistake:
        log.error("filing.failed", mail_id=mail.id, exc_info=error)
    if verdict.answer in {Answer.PAUSE, Answer.RECONNECT}:
        ports.database.run(
            lambda session: note_on_account(
                session, account_id=mail.account_id, error=error, verdict=verdict, now=now
            )
        )
    wait = PATIENT if verdict.answer in GIVEN_UP else verdict.next_try_at - now
    _not_filed(ports, mail, problem=verdict.words, wait=wait)
    return False


def _not_filed(ports: Ports, mail: ToFile, *, problem: str, wait: timedelta | None) -> bool:
    ports.database.run(
        lambda session: flow.keep_not_filed(
            session, filed=mail, problem=problem, wait=wait, now=ports.clock.now()
        )
    )
    return True
