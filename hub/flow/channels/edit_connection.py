"""Changing what was typed for a connection, long after it was made: tried first, then saved.

The channel is called between `drafted` and `save_edit`, with no transaction open.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.errors import ChannelError, NotLetInYet, Retryable
from connectors.protocol import (
    AuthorisedByPerson,
    ChecksUp,
    Connection,
    Finding,
    Health,
    Registration,
    RenewsToken,
    Token,
)
from hub.flow.channels.channels import keep_token, open_connection, seal_credentials
from hub.flow.refusal import Invalid, Refusal, SomebodyWasFirst
from hub.models.claims.streams import begin_anew
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import record
from hub.models.vault import Vault

AWAY = "Nothing was saved: the channel cannot be asked now. Try again in a few minutes."
SHUT = "Nothing was saved: the channel does not let us in with this."


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a person typed anew; what they left empty among the secrets stays as it is."""

    name: str
    settings: Mapping[str, str]
    """Every setting the form asks for: an empty one is taken away."""
    credentials: Mapping[str, str]
    forgotten: Collection[str]
    """Names of credentials to be taken away."""
    webhook_secrets: Sequence[str]
    """They go in front of the old ones, which are believed on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a connection would be, beside what it was when somebody began to change it."""

    name: str
    connection: Connection
    changed: tuple[str, ...]
    """Names of the settings that differ."""
    has_new_secrets: bool
    was_let_in: bool
    """Whether there was a token, which new credentials put an end to."""
    needs_trial: bool
    """Whether the channel can say if it is right: not of a name, or of what it signs with."""
    was_settings: Mapping[str, object]
    was_sealed: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of trying a draft."""

    health: Health
    token: Token | None = None
    """A token that was fetched for it, to be kept with it."""


class NotTried(Refusal):
    """It could not be tried, or the channel does not let us in with it."""

    def __init__(
        self, message: str, *, why: str, for_owner: bool, is_first: bool = False
    ) -> None:
        super().__init__(message)
        self.why = why
        """The channel's own words."""
        self.for_owner = for_owner
        """Whether letting us in on the channel's own page may be what is lacking."""
        self.is_first = is_first
        """Whether nobody was let in by this connection yet: there is nothing to lose."""


def drafted(
    account: ChannelAccount,
    typed: Typed,
    *,
    vault: Vault,
    registration: Registration,
    allow_loopback: bool,
) -> Draft:
    """Put what was typed in place of what was, and check it. Calls nobody.

    :raises Invalid: a setting or credential cannot be right.
    """
    old = open_connection(account, vault=vault, allow_loopback=allow_loopback)
    settings = {**old.settings, **typed.settings}
    kept = {
        key: value for key, value in old.credentials.items() if key not in typed.forgotten
    }
    credentials = {**kept, **typed.credentials}
    is_same = credentials == dict(old.credentials)
    new = replace(
        old,
        settings={key: value for key, value in settings.items() if value},
        credentials=credentials,
        webhook_secrets=tuple(
            dict.fromkeys([*typed.webhook_secrets, *old.webhook_secrets])
        ),
        token=old.token if is_same else None,
    )
    for field, problem in registration.check(new).items():
        raise Invalid(problem, field=field)
    name, changed = typed.name or account.name, _changed(old.settings, new.settings)
    is_beside = name != account.name or new.webhook_secrets != old.webhook_secrets
    return Draft(
        name=name,
        connection=new,
        changed=changed,
        needs_trial=bool(changed) or not is_same or not is_beside,
        was_let_in=old.token is not None,
        has_new_secrets=not is_same or new.webhook_secrets != old.webhook_secrets,
        was_settings=dict(account.settings),
        was_sealed=account.credentials,
    )


def tried(draft: Draft, *, registration: Registration, now: datetime) -> Trial:
    """Ask the channel whether it lets us in with a draft. Opens no transaction.

    :raises NotTried: it does not, or cannot be asked now.
    """
    channel = registration.connect(draft.connection)
    for_owner = isinstance(channel, AuthorisedByPerson)
    try:
        token = _fetched(draft.connection, registration, now=now)
        if token is not None:
            channel = registration.connect(replace(draft.connection, token=token))
        health = channel.check_up(now=now) if isinstance(channel, ChecksUp) else Health()
    except Retryable as error:
        raise NotTried(AWAY, why=str(error), for_owner=for_owner) from error
    except ChannelError as error:
        is_first = isinstance(error, NotLetInYet) and not draft.was_let_in
        raise NotTried(
            SHUT, why=str(error), for_owner=for_owner, is_first=is_first
        ) from error
    if shut := _shut(health):
        raise NotTried(SHUT, why=shut.words, for_owner=for_owner)
    return Trial(health=health, token=token)


def save_edit(
    session: Session,
    draft: Draft,
    *,
    vault: Vault,
    registration: Registration,
    account_id: int,
    trial: Trial | None,
    who: str,
    now: datetime,
) -> None:
    """Keep a draft that was tried; None when it is the owner who must let us in first.

    :raises SomebodyWasFirst: it was changed meanwhile.
    :raises Refusal: it opens another shop, one that is connected already, or the name is taken.
    """
    account = session.get_one(ChannelAccount, account_id, with_for_update=True)
    if (
        dict(account.settings) != draft.was_settings
        or account.credentials != draft.was_sealed
    ):
        raise SomebodyWasFirst("Somebody changed this connection meanwhile: look again.")
    _check_name(session, account, draft.name)
    if trial is not None:
        _check_shop(session, account, trial.health.shop_ref, trial.health.shop_name)
    _tell(session, account, draft, registration=registration, who=who, now=now)
    _write(session, account, draft, vault=vault, registration=registration, now=now)
    if trial is not None:
        account.needs_reconnect, account.problem = False, ""
        if trial.token is not None:
            keep_token(account, trial.token, vault=vault, now=now)


def _tell(
    session: Session,
    account: ChannelAccount,
    draft: Draft,
    *,
    registration: Registration,
    who: str,
    now: datetime,
) -> None:
    """Write down what changes; of secrets only that there are new ones."""
    tell = partial(
        record, session, at=now, who=who, subject="channel", subject_id=account.id
    )
    if draft.name != account.name:
        tell(what="channel.named", from_state=account.name, to_state=draft.name)
    if draft.changed:
        fields = registration.spec.fields
        labels = [each.label for each in fields if each.name in draft.changed]
        tell(what="channel.edited", detail={"labels": labels})
    if draft.has_new_secrets:
        tell(what="channel.reconnected")


def _write(
    session: Session,
    account: ChannelAccount,
    draft: Draft,
    *,
    vault: Vault,
    registration: Registration,
    now: datetime,
) -> None:
    new = draft.connection
    account.name, account.settings = draft.name, dict(new.settings)
    account.paused_until = account.check_at = None
    if draft.has_new_secrets:
        seal_credentials(
            account,
            vault=vault,
            credentials=new.credentials,
            webhook_secrets=new.webhook_secrets,
        )
    if new.token is None:
        account.token = account.token_expires_at = account.token_lease_until = None
    places = {f"settings.{name}" for name in registration.spec.read_from}
    if places & set(draft.changed):
        begin_anew(session, account_id=account.id, now=now)


def _changed(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    names = sorted({*old, *new})
    return tuple(
        f"settings.{name}" for name in names if old.get(name, "") != new.get(name, "")
    )


def _fetched(
    connection: Connection, registration: Registration, *, now: datetime
) -> Token | None:
    """Fetch a token where the new credentials must first be traded for one."""
    channel = registration.connect(connection)
    needs_one = connection.token is None and "access_token" not in connection.credentials
    if not needs_one or not isinstance(channel, RenewsToken):
        return None
    return channel.renew(now=now)


def _shut(health: Health) -> Finding | None:
    """Return what keeps us out, if we are kept out."""
    shut = next((one for one in health.findings if one.is_shut), None)
    if shut is None and health.findings and not health.shop_ref:
        return health.findings[0]
    return shut


def _check_name(session: Session, account: ChannelAccount, name: str) -> None:
    taken = select(ChannelAccount.id).filter_by(channel=account.channel, name=name)
    if session.scalar(taken.where(ChannelAccount.id != account.id)) is not None:
        raise Refusal(
            f"A {account.channel} connection is already called “{name}”.", field="name"
        )


def _check_shop(
    session: Session, account: ChannelAccount, shop_ref: str, shop_name: str
) -> None:
    """Keep a connection with its shop: orders, listings and stock here are that shop's."""
    if not shop_ref:
        return
    name = shop_name or shop_ref
    if account.shop_ref and account.shop_ref != shop_ref:
        raise Refusal(
            f"These credentials open another shop ({name}), not {account.shop_name}. Nothing "
            "was saved: connect the other shop by itself, and turn this one off if it is over."
        )
    same = select(ChannelAccount.name).filter_by(channel=account.channel, shop_ref=shop_ref)
    known = session.scalar(same.where(ChannelAccount.id != account.id).limit(1))
    if known is not None:
        raise Refusal(f"This shop ({name}) is connected already, as “{known}”.")
