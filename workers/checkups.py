"""Asks each shop once an hour how our connection to it is, and mends what it tells us."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from connectors.errors import AuthExpired, ChannelError, PermissionDenied, Rejected
from connectors.protocol import (
    Channel,
    ChecksUp,
    Finding,
    Health,
    ProvisionsWebhooks,
    WebhookAudit,
)
from connectors.spec import Capability
from hub.domain.channels.switches import Mode
from hub.flow.channels.switches import mode_of
from hub.flow.reading import checkups
from hub.flow.reading.checkups import webhook_address
from hub.models.claims.at_work import connected
from hub.models.records.channels import ChannelAccount
from hub.pacing import Lane
from hub.ports import Ports
from workers.budget import Budget
from workers.shops import Shops

log = structlog.get_logger()

_CLOSED = (AuthExpired, PermissionDenied, Rejected)
"""What a person mends; it is written down where they look."""


def check_up_due(ports: Ports) -> int:
    """Look at every account whose time has come. This function will return at how many."""
    shops, budget, done = Shops(ports, lane=Lane.BACKGROUND), Budget(ports), 0
    for account_id in _due(ports):
        if budget.is_spent:
            break
        until = _take(ports, account_id)
        if until is None:
            continue
        try:
            _look(ports, shops, account_id, until=until)
            done += 1
        except ChannelError as error:
            # The lease stays: it is tried again when that is over.
            log.info("check_up.put_off", account_id=account_id, error=str(error))
        except (OperationalError, InterfaceError):
            raise  # the database is away: that is no single account's
        except Exception:
            log.exception("check_up.failed", account_id=account_id)
    return done


def is_due(ports: Ports) -> bool:
    """Say whether any account is to be looked at, without taking a lock."""
    return bool(_due(ports))


def _due(ports: Ports) -> list[int]:
    with ports.database.reading() as session:
        return due_checkups(ports, session, connected(session))


def due_checkups(
    ports: Ports, _session: Session, accounts: Sequence[ChannelAccount]
) -> list[int]:
    """Return which of these connected accounts are to be looked at now."""
    now = ports.clock.now()
    return checkups.accounts_due(accounts, channels=ports.channels.keys(), now=now)


def _take(ports: Ports, account_id: int) -> datetime | None:
    now = ports.clock.now()
    return ports.database.run(
        lambda session: checkups.take(session, account_id=account_id, now=now)
    )


def _look(ports: Ports, shops: Shops, account_id: int, *, until: datetime) -> None:
    if not isinstance(shops.reader(account_id), ChecksUp | ProvisionsWebhooks):
        health = Health()
    else:
        health = _examine(ports, shops, account_id)
    ports.database.run(
        lambda session: checkups.keep(
            session,
            account_id=account_id,
            health=health,
            until=until,
            now=ports.clock.now(),
        )
    )
    if health.shop_ref:
        _webhooks(ports, shops, account_id, is_at=health.shop_ref)


def _examine(ports: Ports, shops: Shops, account_id: int) -> Health:
    """Ask the shop, and with a fresh token where it does not take ours."""
    try:
        health = _ask(ports, shops.caller(account_id))
    except _CLOSED as error:
        words = f"The shop does not let us in: {error}"
        way_out = "Reconnect it on its page."
        return Health(findings=(Finding(code="no_access", words=words, way_out=way_out),))
    if health.shop_ref:
        return health
    try:
        shops.after_refusal(account_id, AuthExpired("the shop does not let us in"))
        return _ask(ports, shops.caller(account_id))
    except _CLOSED:
        return health


def _ask(ports: Ports, channel: Channel) -> Health:
    if not isinstance(channel, ChecksUp):
        return Health()
    ports.failpoint("check_up.before_call")
    return channel.check_up(now=ports.clock.now())


def _webhooks(ports: Ports, shops: Shops, account_id: int, *, is_at: str) -> None:
    """See what the shop tells us, and mend that where it may be mended."""
    with ports.database.reading() as session:
        account = session.get_one(ChannelAccount, account_id)
    if account.shop_ref != is_at or account.needs_reconnect:
        return
    channel = shops.caller(account_id)
    if not isinstance(channel, ProvisionsWebhooks):
        return
    address = webhook_address(ports.settings.url, account)
    try:
        before = channel.audit_webhooks(address)
        after = _mended(ports, account, channel, before, address)
    except _CLOSED as error:
        log.warning("check_up.no_webhooks", account_id=account_id, error=str(error))
        return
    ports.database.run(
        lambda session: checkups.keep_webhooks(
            session,
            account_id=account_id,
            address=address,
            audit=after,
            mended=set(before.missing) - set(after.missing),
            now=ports.clock.now(),
        )
    )


def _mended(
    ports: Ports,
    account: ChannelAccount,
    channel: ProvisionsWebhooks,
    found: WebhookAudit,
    address: str,
) -> WebhookAudit:
    if not found.missing:
        return found
    if mode_of(account, Capability.WEBHOOKS, ports.channels) is not Mode.LIVE:
        return found
    return channel.ensure_webhooks(address)
