"""Tokens that run out are fetched anew in good time, by one process at a time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from connectors.errors import AuthExpired, ChannelError, Retryable
from connectors.protocol import Channel, RenewsToken, Token
from hub.flow.channels.channels import keep_token
from hub.flow.telling.push import ask_to_reconnect
from hub.models.claims.at_work import connected
from hub.models.records.channels import ChannelAccount
from hub.ports import Ports, connection_of, open_channel

log = structlog.get_logger()

LEASE = timedelta(seconds=60)
"""Longer than any call that fetches a token."""
STILL_GOOD = timedelta(seconds=30)
"""A token with less life left than this is not used for a call."""
SOON = timedelta(seconds=5)


class TokenBusy(Retryable):
    """Somebody else is fetching the token and the old one is over."""


def is_due(ports: Ports, account: ChannelAccount, *, now: datetime) -> bool:
    """Say whether a token must be fetched: there is none, or four fifths of its life are over."""
    if account.token is None:
        return "access_token" not in connection_of(ports, account=account).credentials
    renewed, ends = account.token_renewed_at, account.token_expires_at
    if renewed is None or ends is None:
        return False
    return now >= renewed + (ends - renewed) * 4 / 5


def renew(ports: Ports, *, account: ChannelAccount, channel: RenewsToken) -> None:
    """Fetch a token and keep it, unless somebody else does or has just done so.

    The lease is a row in the database, so that all machines agree who fetches; the token is
    committed before anybody uses it.

    :raises TokenBusy: somebody else is at it, and the old token is over.
    :raises ChannelError: the channel gives none now.
    """
    if not _take_lease(ports, account):
        _wait_or_go_on(ports, account)
        return
    try:
        ports.failpoint("token.before_call")
        token = channel.renew(now=ports.clock.now())
        ports.failpoint("token.after_call")
    except ChannelError as error:
        _give_up(ports, account_id=account.id, error=error)
        raise
    ports.database.run(lambda session: _keep(ports, session, account.id, token))
    log.info("token.renewed", account_id=account.id)


def renew_due(ports: Ports) -> int:
    """Fetch every token whose time has come; an account that gives none stops the others not."""
    renewed = 0
    for account, channel in _with_tokens(ports):
        try:
            renew(ports, account=account, channel=channel)
            renewed += 1
        except ChannelError as error:
            log.warning("token.not_renewed", account_id=account.id, error=str(error))
    return renewed


def _with_tokens(ports: Ports) -> list[tuple[ChannelAccount, RenewsToken]]:
    with ports.database.reading() as session:
        due = due_tokens(ports, session, connected(session))
    made = [(account, _open(ports, account)) for account in due]
    return [
        (account, channel) for account, channel in made if isinstance(channel, RenewsToken)
    ]


def due_tokens(
    ports: Ports, _session: Session, accounts: Sequence[ChannelAccount]
) -> list[ChannelAccount]:
    """Return which of these connected accounts' tokens run out before long."""
    now = ports.clock.now()
    return [
        account
        for account in accounts
        if account.token_expires_at is not None and is_due(ports, account, now=now)
    ]


def _open(ports: Ports, account: ChannelAccount) -> Channel:
    return open_channel(ports, account=account)


def _take_lease(ports: Ports, account: ChannelAccount) -> bool:
    now = ports.clock.now()
    free = or_(
        ChannelAccount.token_lease_until.is_(None), ChannelAccount.token_lease_until <= now
    )
    # Who renewed since we looked has done our work: then this finds no row either.
    unchanged = ChannelAccount.token_renewed_at.is_not_distinct_from(
        account.token_renewed_at
    )
    taken = (
        update(ChannelAccount)
        .where(ChannelAccount.id == account.id, free, unchanged)
        .values(token_lease_until=now + LEASE)
        .returning(ChannelAccount.id)
        .execution_options(synchronize_session=False)
    )
    return ports.database.run(
        lambda session: session.execute(taken).scalar_one_or_none() is not None
    )


def _wait_or_go_on(ports: Ports, account: ChannelAccount) -> None:
    with ports.database.reading() as session:
        now_there = session.get_one(ChannelAccount, account.id)
    ends = now_there.token_expires_at
    if now_there.token is None or (ends and ends - ports.clock.now() < STILL_GOOD):
        raise TokenBusy("the channel's token is being renewed", retry_after=SOON)


def _keep(ports: Ports, session: Session, account_id: int, token: Token) -> None:
    account = session.get_one(ChannelAccount, account_id, with_for_update=True)
    keep_token(account, token, vault=ports.vault, now=ports.clock.now())
    if token.scopes:
        account.granted_scopes = [*sorted(token.scopes)]


def _give_up(ports: Ports, *, account_id: int, error: ChannelError) -> None:
    def work(session: Session) -> None:
        session.execute(
            update(ChannelAccount)
            .where(ChannelAccount.id == account_id)
            .values(token_lease_until=None)
        )
        if isinstance(error, AuthExpired):
            ask_to_reconnect(
                session, account_id=account_id, words=str(error), now=ports.clock.now()
            )

    ports.database.run(work)
