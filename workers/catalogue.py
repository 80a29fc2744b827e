"""Reads what each channel sells, page by page: every night, when it changed, and when asked.

A page is taken by moving the import on a little, so that two workers never read the same one; a
page that is lost to a crash is read again a while later.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from sqlalchemy.orm import Session

from connectors.errors import AuthExpired, CursorExpired, Unsupported
from connectors.protocol import CataloguePage, ListsCatalogue, Place
from connectors.spec import Capability
from hub.domain.channels.switches import Mode
from hub.flow.channels.switches import mode_of
from hub.flow.reading.catalogue_import import (
    Import,
    begin_due,
    end_import,
    is_page_due,
    keep_page,
    keep_places,
    move_on,
    plan_all,
    read_import,
)
from hub.models.claims.at_work import connected, is_pausing
from hub.models.records.channels import ChannelAccount
from hub.pacing import Lane
from hub.ports import Ports
from workers.budget import Budget
from workers.complaints import note_on_account
from workers.retry import Answer, judge
from workers.shops import Shops

log = structlog.get_logger()

LEASE = timedelta(seconds=120)
"""Longer than a job goes on (hub.queue.JOB_SECONDS)."""


STANDS_STILL = "The channel's catalogue does not go on: it gives the same place again."


@dataclass(frozen=True, slots=True)
class Read:
    """A page, and with the first one the places where stock is kept."""

    page: CataloguePage
    places: tuple[Place, ...] | None


def import_catalogues(ports: Ports) -> int:
    """Go on with every import that is due. This function will return how many pages it kept."""
    shops, budget, pages = Shops(ports, lane=Lane.BACKGROUND), Budget(ports), 0
    for account_id in _due(ports):
        while not budget.is_spent and (taken := _take(ports, account_id)) is not None:
            if not _attend(ports, shops, account_id, taken):
                break
            pages += 1
    if pages:
        ports.wake.wake("plan")
    return pages


def is_due(ports: Ports) -> bool:
    """Say whether any catalogue is to be read now, without taking a lock."""
    return bool(_due(ports))


def _due(ports: Ports) -> list[int]:
    with ports.database.reading() as session:
        return due_imports(ports, session, connected(session))


def due_imports(
    ports: Ports, _session: Session, accounts: Sequence[ChannelAccount]
) -> list[int]:
    """Return which of these connected accounts' catalogues are to be read now."""
    now = ports.clock.now()
    return [
        each.id
        for each in accounts
        if mode_of(each, Capability.CATALOGUE, ports.channels) is not Mode.OFF
        and not is_pausing(each, now=now)
        and is_page_due(each, now=now)
    ]


def _take(ports: Ports, account_id: int) -> Import | None:
    """Take the next page of an import, for as long as the lease."""

    def work(session: Session) -> Import | None:
        now = ports.clock.now()
        account = session.get_one(ChannelAccount, account_id, with_for_update=True)
        if not begin_due(account, now=now) or account.catalogue_cursor is None:
            return None
        going = read_import(account.catalogue_cursor)
        taken = replace(going, next_at=now + LEASE, attempts=going.attempts + 1)
        account.catalogue_cursor = taken.written()
        return taken

    return ports.database.run(work)


def _attend(ports: Ports, shops: Shops, account_id: int, taken: Import) -> bool:
    """Read one page; say whether it was kept."""
    try:
        read = _ask(ports, shops, account_id, taken)
    except Exception as error:  # noqa: BLE001 - the table decides what each error means
        _put_back(ports, account_id, taken, error)
        shops.forget(account_id)
        return False
    return ports.database.run(
        lambda session: _keep(ports, session, account_id, taken, read)
    )


def _ask(ports: Ports, shops: Shops, account_id: int, taken: Import) -> Read:
    """Fetch a page, and with the first one where stock is kept."""
    channel = shops.caller(account_id)
    if not isinstance(channel, ListsCatalogue):
        raise Unsupported(f"{channel.spec.title} has no catalogue to read")
    ports.failpoint("catalogue.before_call")
    try:
        places = None if taken.cursor else channel.places()
        page = channel.catalogue(cursor=taken.cursor, limit=channel.spec.max_page)
    except AuthExpired as error:
        raise shops.after_refusal(account_id, error) from error
    ports.failpoint("catalogue.after_call")
    if page.more and page.cursor == taken.cursor:
        raise Unsupported(STANDS_STILL)
    return Read(page, places)


def _keep(
    ports: Ports, session: Session, account_id: int, taken: Import, read: Read
) -> bool:
    now, page = ports.clock.now(), read.page
    moved = replace(taken, cursor=page.cursor, next_at=now, attempts=0)
    after = moved if page.more else None
    if not move_on(session, account_id=account_id, before=taken, after=after):
        log.warning("catalogue.lease_lost", account_id=account_id)
        return False
    if read.places is not None:
        account = session.get_one(ChannelAccount, account_id)
        if keep_places(account, read.places):
            plan_all(session, account_id=account_id, now=now)
    keep_page(session, account_id=account_id, page=page, now=now)
    if not page.more:
        end_import(
            session,
            account_id=account_id,
            began_at=taken.began_at,
            now=now,
            channels=ports.channels,
        )
    return True


def _put_back(ports: Ports, account_id: int, taken: Import, error: Exception) -> None:
    """Try the same page again later; a place that is gone begins anew."""
    now = ports.clock.now()
    verdict = judge(
        error,
        attempts=min(taken.attempts, 8),  # it waits longer and longer and is never given up
        first_at=now,
        now=now,
        random=ports.random,
    )
    if verdict.is_mistake:
        log.error("catalogue.failed", account_id=account_id, exc_info=error)
    cursor = "" if isinstance(error, CursorExpired) else taken.cursor
    again = replace(taken, cursor=cursor, next_at=verdict.next_try_at)

    def work(session: Session) -> None:
        move_on(session, account_id=account_id, before=taken, after=again)
        if verdict.answer in {Answer.PAUSE, Answer.RECONNECT}:
            note_on_account(
                session, account_id=account_id, error=error, verdict=verdict, now=now
            )

    ports.database.run(work)
