"""New credentials for a shop we know: the old ones ran out, were revoked, or lacked a scope."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from connectors.protocol import Registration
from hub.flow.channels import open_connection, seal_credentials
from hub.flow.refusal import Invalid, Missing
from hub.models.channels import ChannelAccount
from hub.models.history import record
from hub.models.vault import Vault


def reconnect(
    session: Session,
    *,
    vault: Vault,
    registrations: Mapping[str, Registration],
    account_id: int,
    credentials: Mapping[str, str],
    webhook_secrets: Sequence[str],
    allow_loopback: bool,
    who: str,
    now: datetime,
) -> None:
    """Put new credentials in place of an account's old ones; what waited is sent again.

    Webhook secrets are added in front of the old ones, which go on being believed: a shop signs
    with either while it changes over. Without new ones the old stay as they are.

    :raises Missing: there is no such account, or its channel is not here.
    :raises Invalid: a credential cannot be right.
    """
    account = session.get(ChannelAccount, account_id, with_for_update=True)
    registration = registrations.get(account.channel) if account else None
    if account is None or registration is None:
        raise Missing("There is no such channel.")
    old = open_connection(account, vault=vault, allow_loopback=allow_loopback)
    secrets = tuple(dict.fromkeys([*webhook_secrets, *old.webhook_secrets]))
    new = replace(old, credentials=credentials, webhook_secrets=secrets, token=None)
    for field, problem in registration.check(new).items():
        raise Invalid(problem, field=field)
    seal_credentials(account, vault=vault, credentials=credentials, webhook_secrets=secrets)
    account.token = account.token_expires_at = account.token_lease_until = None
    account.paused_until = None
    account.check_at = None
    record(
        session,
        at=now,
        who=who,
        subject="channel",
        subject_id=account.id,
        what="channel.reconnected",
    )
