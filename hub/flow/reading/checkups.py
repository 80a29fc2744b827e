"""How each connection is: when to look, and what is kept of what was found."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, update
from sqlalchemy.orm import Session

from connectors.protocol import Finding, Health, WebhookAudit
from hub.flow.telling.push import ask_to_reconnect
from hub.models.claims.streams import read_now
from hub.models.records.channels import ChannelAccount

EVERY = timedelta(hours=1)
LEASE = timedelta(minutes=5)
"""Who looks has this long; a look that failed is tried again after it."""

SHOP_CHANGED = "shop_changed"
VERSION_SERVED = "version_served"


def ask_check_up(session: Session, account_id: int, now: datetime) -> None:
    """Have an account looked at as soon as a worker is free, also if one is at it just now."""
    session.execute(
        update(ChannelAccount)
        .where(ChannelAccount.id == account_id)
        .values(check_at=now)
        .execution_options(synchronize_session=False)
    )


def accounts_due(
    accounts: Iterable[ChannelAccount], *, channels: Collection[str], now: datetime
) -> list[int]:
    """Return the ids of the connected accounts of these channels that are to be looked at."""
    return [
        each.id
        for each in accounts
        if each.channel in channels and (each.check_at is None or each.check_at <= now)
    ]


def take(session: Session, *, account_id: int, now: datetime) -> datetime | None:
    """Take a look upon us; return until when it is ours, None if somebody else has it."""
    until = now + LEASE
    taken = (
        update(ChannelAccount)
        .where(ChannelAccount.id == account_id, *_is_due(now))
        .values(check_at=until)
        .returning(ChannelAccount.id)
        .execution_options(synchronize_session=False)
    )
    return None if session.execute(taken).scalar_one_or_none() is None else until


def keep(
    session: Session, *, account_id: int, health: Health, until: datetime, now: datetime
) -> None:
    """Write what a look found; the next is in an hour, unless one was asked for meanwhile.

    An account whose credentials turn out to open another shop than before is stopped: what its
    listings mean and what its orders are called would be another shop's.
    """
    account = session.get_one(ChannelAccount, account_id, with_for_update=True)
    account.checked_at = now
    if account.check_at == until:
        account.check_at = now + EVERY
    if health.shop_ref and account.shop_ref not in {"", health.shop_ref}:
        _stop(session, account, health, now=now)
        return
    account.findings = written(health.findings)
    if not health.shop_ref:
        return  # it could not be asked: what is known of it stays
    account.shop_ref, account.shop_name = health.shop_ref, health.shop_name
    account.cannot = [*sorted(one.value for one in health.cannot)]
    if health.granted is not None:
        account.granted_scopes = [*sorted(health.granted)]


def keep_webhooks(
    session: Session,
    *,
    account_id: int,
    address: str,
    audit: WebhookAudit,
    mended: Collection[str] = (),
    now: datetime,
) -> None:
    """Write which topics the shop sends to an address.

    `mended` are those that had to be made: what happened while they were missing was not told,
    so every list of changes of the account is read at once.
    """
    account = session.get_one(ChannelAccount, account_id, with_for_update=True)
    account.webhooks = {
        "present": list(audit.present),
        "missing": list(audit.missing),
        "refused": dict(audit.refused),
        "address": address,
    }
    if mended:
        read_now(session, account_id=account_id, now=now)


def keep_version(session: Session, *, account_id: int, found: Finding | None) -> None:
    """Write, or take away, that the channel answers with another version than asked for."""
    account = session.get_one(ChannelAccount, account_id, with_for_update=True)
    others = [one for one in account.findings if code_of(one) != VERSION_SERVED]
    account.findings = [*others, *written([found] if found else [])]


def another_version(title: str, *, served: str, asked: str) -> Finding | None:
    """Say that a channel answers with another version of its API; None when it does not."""
    if served in {"", asked}:
        return None
    return Finding(
        code=VERSION_SERVED,
        words=f"{title} answers with version {served} of its API; Hornada asked for {asked}.",
        way_out="Update Hornada, or take the version out of this connection's settings.",
    )


def version_known(account: ChannelAccount) -> str:
    """Return what is written of an answer in another version; nothing when there is no such."""
    known = (one for one in account.findings if code_of(one) == VERSION_SERVED)
    return next((str(one.get("words")) for one in known if isinstance(one, dict)), "")


def webhook_address(url: str, account: ChannelAccount) -> str:
    """Write the address, under our own, that a shop sends its messages to."""
    return f"{url}/webhooks/{account.channel}/{account.key}"


def written(findings: Iterable[Finding]) -> list[object]:
    """Write findings as they are stored."""
    return [
        {"code": one.code, "words": one.words, "way_out": one.way_out} for one in findings
    ]


def code_of(stored: object) -> str:
    """Return the code of a stored finding."""
    return str(stored.get("code", "")) if isinstance(stored, dict) else ""


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        ChannelAccount.mode != "off",
        ChannelAccount.needs_reconnect.is_(False),
        or_(ChannelAccount.check_at.is_(None), ChannelAccount.check_at <= now),
    )


def _stop(
    session: Session, account: ChannelAccount, health: Health, *, now: datetime
) -> None:
    name = health.shop_name or health.shop_ref
    words = (
        f"These credentials open another shop now ({name}), not {account.shop_name}: "
        "nothing is read or told until they open the old one again."
    )
    way_out = (
        "Reconnect it with the old shop's credentials, or connect the new shop by itself."
    )
    found = Finding(code=SHOP_CHANGED, words=words, way_out=way_out)
    account.findings = written([found])
    session.flush()
    ask_to_reconnect(session, account_id=account.id, words=words, now=now)
