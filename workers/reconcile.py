"""Compares each connection with its shop once an hour: orders, parcels and stock.

The differences are written down and healed by what the hub does anyway: orders are read, stock is
told again, and what only a person can mend is shown and asked for.
"""

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from connectors.errors import AuthExpired
from connectors.protocol import ChangePage, Channel, PollsOrders, ReadsStock
from connectors.spec import Capability
from hub.domain.channels.switches import Mode
from hub.flow.channels.switches import mode_of
from hub.flow.intake import reconcile as flow
from hub.flow.telling.push import tell_after_all
from hub.models.claims.at_work import connected
from hub.models.records.channels import ChannelAccount
from hub.pacing import Lane
from hub.ports import Ports
from mapping.effects import StockRef
from workers.budget import Budget
from workers.complaints import note_on_account
from workers.retry import Answer, judge
from workers.shops import Shops

log = structlog.get_logger()


def reconcile_due(ports: Ports) -> int:
    """Compare every connection that is due. This function will return how many it compared."""
    shops, budget, done = Shops(ports, lane=Lane.BACKGROUND), Budget(ports), 0
    for account_id in _due(ports):
        if budget.is_spent:
            break
        if _take(ports, account_id):
            done += _attend(ports, shops, account_id, budget)
    if done:
        for kind in ("read_messages", "plan", "push"):
            ports.wake.wake(kind)
    return done


def is_due(ports: Ports) -> bool:
    """Say whether any connection is to be compared now, without taking a lock."""
    return bool(_due(ports))


def _due(ports: Ports) -> list[int]:
    with ports.database.reading() as session:
        return due_comparisons(ports, session, connected(session))


def due_comparisons(
    ports: Ports, _session: Session, accounts: Sequence[ChannelAccount]
) -> list[int]:
    """Return which of these connected accounts are to be compared now."""
    return flow.accounts_due(accounts, now=ports.clock.now())


def _take(ports: Ports, account_id: int) -> bool:
    now = ports.clock.now()
    return ports.database.run(
        lambda session: flow.take_turn(session, account_id=account_id, now=now)
    )


def _attend(ports: Ports, shops: Shops, account_id: int, budget: Budget) -> bool:
    try:
        _compare_orders(ports, shops, account_id, budget)
        _compare_stock(ports, shops, account_id, budget)
        ports.database.run(
            lambda session: _mend(session, account_id, now=ports.clock.now())
        )
    except Exception as error:  # noqa: BLE001 - the table decides what each error means
        _put_back(ports, account_id, error)
        shops.forget(account_id)
        return False
    return True


def _mend(session: Session, account_id: int, *, now: datetime) -> None:
    flow.ask_again(session, account_id=account_id, now=now)
    tell_after_all(session, account_id=account_id, now=now)


# Orders ---------------------------------------------------------------------------------------


def _compare_orders(ports: Ports, shops: Shops, account_id: int, budget: Budget) -> None:
    """List what was placed lately, whatever the lists of changes showed us."""
    until, cursor, has_more = ports.clock.now(), "", True
    with ports.database.reading() as session:
        account = session.get_one(ChannelAccount, account_id)
        is_off = mode_of(account, Capability.ORDERS_POLL, ports.channels) is Mode.OFF
        since = flow.listed_since(account, now=until)
    if is_off:
        return
    while has_more and not budget.is_spent:
        page = _ask_heads(ports, shops, account_id, since, until, cursor=cursor)
        _keep_heads(ports, account_id, page)
        has_more, cursor = page.more and page.cursor != cursor, page.cursor


def _ask_heads(  # noqa: PLR0917 - the ends of the time looked at belong together
    ports: Ports,
    shops: Shops,
    account_id: int,
    since: datetime,
    until: datetime,
    *,
    cursor: str,
) -> ChangePage:
    channel = shops.caller(account_id)
    if not isinstance(channel, PollsOrders):
        return ChangePage(changes=(), cursor=cursor, more=False)
    ports.failpoint("reconcile.before_call")
    try:
        return channel.history(
            since=since, until=until, cursor=cursor, limit=channel.spec.max_page
        )
    except AuthExpired as error:
        raise shops.after_refusal(account_id, error) from error


def _keep_heads(ports: Ports, account_id: int, page: ChangePage) -> None:
    ports.database.run(
        lambda session: flow.keep_heads(
            session, account_id=account_id, page=page, now=ports.clock.now()
        )
    )


# Stock ----------------------------------------------------------------------------------------


def _compare_stock(ports: Ports, shops: Shops, account_id: int, budget: Budget) -> None:
    """See what is shown of everything we could tell the stock of, in rehearsal too."""
    with ports.database.reading() as session:
        account = session.get_one(ChannelAccount, account_id)
        if mode_of(account, Capability.STOCK, ports.channels) is Mode.OFF:
            return
    after: int | None = 0
    while after is not None and not budget.is_spent:
        channel = shops.caller(account_id)
        with ports.database.reading() as session:
            refs, after = flow.stock_batch(
                session, account_id=account_id, after=after,
                limit=channel.spec.max_page,
            )  # fmt: skip
        if not refs:
            return
        asked_at = ports.clock.now()
        shown = _ask_stock(ports, shops, channel, account_id, list(refs))
        by_id = {refs[ref]: shown[ref] for ref in shown}
        _keep_stock(ports, account_id, by_id, asked_at=asked_at)


def _ask_stock(
    ports: Ports, shops: Shops, channel: Channel, account_id: int, refs: list[StockRef]
) -> dict[StockRef, int | None]:
    if not isinstance(channel, ReadsStock):
        return {}
    ports.failpoint("reconcile.before_call")
    try:
        found = channel.stock(refs)
    except AuthExpired as error:
        raise shops.after_refusal(account_id, error) from error
    return {ref: found[ref] for ref in refs if ref in found}


def _keep_stock(
    ports: Ports, account_id: int, shown: dict[int, int | None], *, asked_at: datetime
) -> None:
    def work(session: Session) -> int:
        now = ports.clock.now()
        return flow.keep_stock(
            session,
            account_id=account_id,
            shown=shown,
            asked_at=asked_at,
            today=now.astimezone(ports.settings.zone).date(),
            now=now,
            channels=ports.channels,
        )

    ports.database.run(work)


def _put_back(ports: Ports, account_id: int, error: Exception) -> None:
    """Come again before the hour is over: soon after a moment's trouble, later after a refusal."""
    now = ports.clock.now()
    verdict = judge(error, attempts=3, first_at=now, now=now, random=ports.random)
    if verdict.is_mistake:
        log.error("reconcile.failed", account_id=account_id, exc_info=error)

    def work(session: Session) -> None:
        flow.come_again(session, account_id=account_id, at=verdict.next_try_at)
        # A pause is not for the whole account: what is live does not wait for a comparison.
        if verdict.answer is Answer.RECONNECT:
            note_on_account(
                session, account_id=account_id, error=error, verdict=verdict, now=now
            )

    ports.database.run(work)
