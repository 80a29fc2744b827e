"""Being let into a shop on the shop's own page: a person sets out, comes back, and a token is kept.

The channel is called between `come_back` and `let_in`, with no transaction open: what came back is
used up first, so that nobody can send it twice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from connectors.protocol import Token
from hub.flow.channels.channels import keep_token
from hub.flow.refusal import Missing, Refusal
from hub.models.records.channels import ChannelAccount, OAuthAttempt
from hub.models.records.history import record
from hub.models.vault import Place, Vault

LASTS = timedelta(minutes=30)
"""How long somebody may stay on the shop's page."""
SECRET_BYTES = 48
"""64 letters and digits: as many as a verifier may have (RFC 7636: 43 to 128)."""


class NotOurs(Refusal):
    """What came back fits no way out of ours: used, too old, another person's, or made up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOut:
    """Two fresh secrets for one way to the shop's page and back."""

    state: str
    verifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBack:
    """A way out that ended where it should."""

    account_id: int
    verifier: str
    redirect_uri: str


def set_out(
    session: Session,
    *,
    vault: Vault,
    account_id: int,
    redirect_uri: str,
    who: str,
    now: datetime,
) -> SetOut:
    """Note that somebody goes to the shop's page, and return the secrets they take along.

    :raises Missing: there is no such account.
    """
    if session.get(ChannelAccount, account_id) is None:
        raise Missing("There is no such channel.")
    session.execute(delete(OAuthAttempt).where(OAuthAttempt.expires_at < now))
    secrets = SetOut(state=token_urlsafe(32), verifier=token_urlsafe(SECRET_BYTES))
    attempt = OAuthAttempt(
        account_id=account_id,
        state_hash=_hash(secrets.state),
        redirect_uri=redirect_uri,
        who=who,
        created_at=now,
        expires_at=now + LASTS,
    )
    session.add(attempt)
    session.flush()
    attempt.verifier = vault.seal(secrets.verifier.encode(), place=_place(attempt))
    return secrets


def come_back(
    session: Session, *, vault: Vault, state: str, who: str, now: datetime
) -> CameBack:
    """Use up the way out that `state` names; commit before anything is done with it.

    :raises NotOurs: there is none, or it is used, too old or somebody else's.
    """
    attempt = session.scalar(
        select(OAuthAttempt).filter_by(state_hash=_hash(state)).with_for_update()
    )
    if (
        attempt is None
        or attempt.verifier is None
        or attempt.who != who
        or attempt.expires_at <= now
    ):
        raise NotOurs(
            "This page was left open too long, or used before: press Connect again."
        )
    verifier = vault.open(attempt.verifier, place=_place(attempt)).decode()
    attempt.verifier, attempt.used_at = None, now
    return CameBack(
        account_id=attempt.account_id,
        verifier=verifier,
        redirect_uri=attempt.redirect_uri,
    )


def let_in(
    session: Session,
    *,
    vault: Vault,
    account_id: int,
    token: Token,
    who: str,
    now: datetime,
) -> None:
    """Keep the token a shop gave us, and end whatever kept the connection."""
    account = session.get_one(ChannelAccount, account_id, with_for_update=True)
    keep_token(account, token, vault=vault, now=now)
    if token.scopes:
        account.granted_scopes = [*sorted(token.scopes)]
    account.needs_reconnect, account.problem = False, ""
    account.paused_until = account.check_at = None
    # What was found while we were shut out is no longer so: it is looked at anew.
    account.findings = []
    record(
        session,
        at=now,
        who=who,
        subject="channel",
        subject_id=account_id,
        what="channel.authorised",
    )


def _hash(state: str) -> str:
    return sha256(state.encode("utf-8", "replace")).hexdigest()


def _place(attempt: OAuthAttempt) -> Place:
    return ("oauth_attempt", attempt.id, "verifier")
