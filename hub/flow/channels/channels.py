"""Connecting a shop, and turning it off, to rehearsal (shadow) or live."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.protocol import Connection, Registration, Token
from connectors.spec import Capability
from hub.domain.channels.switches import Mode, effective
from hub.flow.refusal import Invalid, Missing, Refusal
from hub.flow.replan import mark
from hub.models.meaning.listing_stock import items_sold
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import History, record
from hub.models.vault import Vault

MODES = ("off", "shadow", "live")
MANUAL = "manual"


@dataclass(frozen=True, slots=True, kw_only=True)
class Switched:
    """What the mode and the switches of an account were before they were changed, and when."""

    at: datetime
    mode: str
    switches: Mapping[str, object]


def connect(
    session: Session,
    *,
    vault: Vault,
    registration: Registration,
    name: str,
    connection: Connection,
    who: str,
    now: datetime,
) -> ChannelAccount:
    """Add a channel account, in shadow: its orders are read, nothing is written there yet.

    :raises Invalid: a setting or credential cannot be right.
    :raises Refusal: the name is taken.
    """
    for field, problem in registration.check(connection).items():
        raise Invalid(problem, field=field)
    channel = registration.spec.key
    taken = select(ChannelAccount.id).filter_by(channel=channel, name=name)
    if session.scalar(taken) is not None:
        raise Refusal(f"A {channel} connection is already called “{name}”.", field="name")
    account = ChannelAccount(
        key=token_urlsafe(18),
        channel=channel,
        name=name,
        mode="shadow",
        settings=dict(connection.settings),
        reread_at=now,
        created_at=now,
    )
    session.add(account)
    session.flush()
    seal_credentials(
        account,
        vault=vault,
        credentials=connection.credentials,
        webhook_secrets=connection.webhook_secrets,
    )
    record(
        session,
        at=now,
        who=who,
        subject="channel",
        subject_id=account.id,
        what="channel.connected",
        to_state="shadow",
    )
    return account


def manual_account(session: Session, *, now: datetime) -> ChannelAccount:
    """Return the account hand-typed and API orders belong to, making it the first time."""
    known = session.scalar(select(ChannelAccount).filter_by(channel=MANUAL))
    if known is not None:
        return known
    account = ChannelAccount(
        key=token_urlsafe(18), channel=MANUAL, name=MANUAL, mode="live", created_at=now
    )
    session.add(account)
    session.flush()
    return account


def change_switches(
    session: Session,
    *,
    account_id: int,
    mode: str | None = None,
    capabilities: Mapping[str, bool | str] | None = None,
    who: str,
    now: datetime,
) -> ChannelAccount:
    """Set the mode of an account and the switches of single capabilities: off, shadow or live.

    What was only recorded in shadow stays recorded: going live does not send the past. But what a
    channel should have in stock is true today: it is stated anew when that goes live.

    :raises Missing: there is no such account.
    :raises Invalid: there is no such mode.
    """
    account = session.get(ChannelAccount, account_id, with_for_update=True)
    if account is None:
        raise Missing("There is no such channel.")
    _check_modes(mode, capabilities or {})
    new = {**account.capabilities, **(capabilities or {})}
    _set(session, account, mode=mode or account.mode, switches=new, who=who, now=now)
    return account


def switches_before(session: Session, *, account_id: int) -> Switched | None:
    """Return what an account's switches were before they were last changed, and when that was."""
    newest = (
        select(History)
        .where(History.subject == "channel", History.subject_id == account_id)
        .where(History.what.in_(("channel.mode", "channel.switch")))
        .order_by(History.id.desc())
        .limit(1)
    )
    found = session.scalar(newest)
    switches = found.detail.get("switches") if found else None
    if found is None or not isinstance(switches, dict):
        return None
    return Switched(at=found.at, mode=str(found.detail["mode"]), switches=switches)


def switch_back(session: Session, *, account_id: int, who: str, now: datetime) -> None:
    """Put an account's mode and switches back as they were before they were last changed.

    What was sent meanwhile stays sent.

    :raises Missing: there is no such account.
    :raises Refusal: nobody ever changed them.
    """
    account = session.get(ChannelAccount, account_id, with_for_update=True)
    if account is None:
        raise Missing("There is no such channel.")
    before = switches_before(session, account_id=account_id)
    if before is None:
        raise Refusal("Nobody changed these switches yet.")
    _set(
        session,
        account,
        mode=before.mode,
        switches=before.switches,
        who=who,
        now=now,
    )


def _set(
    session: Session,
    account: ChannelAccount,
    *,
    mode: str,
    switches: Mapping[str, object],
    who: str,
    now: datetime,
) -> None:
    """Write the mode and all switches, with what was before in the history."""
    account.check_at = None  # what may now be done there is done at the next look
    stock = _stock_mode(account)
    was: dict[str, object] = {"mode": account.mode, "switches": {**account.capabilities}}
    if mode != account.mode:
        record(
            session, at=now, who=who, subject="channel", subject_id=account.id,
            what="channel.mode", from_state=account.mode, to_state=mode, detail=was,
        )  # fmt: skip
        account.mode = mode
    names = sorted({*switches, *account.capabilities})
    before = {name: _effective(account, name) for name in names}
    account.capabilities = {**switches}
    for name in names:
        after = _effective(account, name)
        if before[name] is not after:
            record(
                session, at=now, who=who, subject="channel", subject_id=account.id,
                what="channel.switch", from_state=before[name], to_state=after, why=name,
                detail=was,
            )  # fmt: skip
    if stock is not _stock_mode(account):
        items = items_sold(session, account_id=account.id)
        mark(session, item_ids=items, why=f"stock of {account.name} switched", now=now)


def _check_modes(mode: str | None, capabilities: Mapping[str, bool | str]) -> None:
    if mode is not None and mode not in MODES:
        raise Invalid(f"“{mode}” is not off, shadow or live.", field="mode")
    for name, wanted in capabilities.items():
        if not isinstance(wanted, bool) and wanted not in MODES:
            raise Invalid(
                f"“{wanted}” is not off, shadow or live.", field=f"capabilities.{name}"
            )


def _effective(account: ChannelAccount, capability: str) -> Mode:
    return effective(account.mode, account.capabilities, capability=capability)


def _stock_mode(account: ChannelAccount) -> Mode:
    return _effective(account, Capability.STOCK.value)


def seal_credentials(
    account: ChannelAccount,
    *,
    vault: Vault,
    credentials: Mapping[str, str],
    webhook_secrets: Sequence[str],
) -> None:
    """Put an account's credentials and webhook secrets away under the workshop's key."""
    account.credentials = vault.seal_json(
        {"credentials": dict(credentials), "webhook_secrets": list(webhook_secrets)},
        place=("channel_account", account.id, "credentials"),
    )
    account.needs_reconnect = False
    account.problem = ""


def open_connection(
    account: ChannelAccount, *, vault: Vault, allow_loopback: bool = False
) -> Connection:
    """Gather what a channel must be told to act for an account."""
    place = ("channel_account", account.id)
    sealed = (
        vault.open_json(account.credentials, place=(*place, "credentials"))
        if account.credentials
        else {}
    )
    token = (
        vault.open_json(account.token, place=(*place, "token")) if account.token else None
    )
    return Connection(
        settings={key: str(value) for key, value in account.settings.items()},
        credentials=_texts(sealed.get("credentials")),
        webhook_secrets=_list(sealed.get("webhook_secrets")),
        token=_token(token, account.token_expires_at),
        allow_loopback=allow_loopback,
    )


def keep_token(
    account: ChannelAccount, token: Token, *, vault: Vault, now: datetime
) -> None:
    """Put a token the channel handed out away before anything is done with it."""
    account.token = vault.seal_json(
        {
            "value": token.value,
            "scopes": sorted(token.scopes),
            "refresh": token.refresh,
            "refresh_expires_at": _stamp(token.refresh_expires_at),
        },
        place=("channel_account", account.id, "token"),
    )
    account.token_expires_at = token.expires_at
    account.token_renewed_at = now
    account.token_lease_until = None


def _texts(value: object) -> dict[str, str]:
    return {str(k): str(v) for k, v in value.items()} if isinstance(value, dict) else {}


def _list(value: object) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, list) else ()


def _token(
    opened: Mapping[str, object] | None, expires_at: datetime | None
) -> Token | None:
    if opened is None:
        return None
    return Token(
        value=str(opened["value"]),
        expires_at=expires_at,
        scopes=frozenset(_list(opened.get("scopes"))),
        refresh=str(opened.get("refresh") or ""),
        refresh_expires_at=_moment(opened.get("refresh_expires_at")),
    )


def _stamp(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat()


def _moment(stamped: object) -> datetime | None:
    return datetime.fromisoformat(str(stamped)) if stamped else None
