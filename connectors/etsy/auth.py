"""How an owner lets us into a shop at Etsy, and how the token is renewed (OAuth with PKCE).

The token lives an hour; what renews it lives 90 days and is a new one each time. Only the keystring
is told, never the shared secret (facts: `client_id` is the keystring alone).
"""

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode

from pydantic import Field, ValidationError

from connectors.errors import (
    AuthExpired,
    ChannelError,
    NotFound,
    Rejected,
    SignatureInvalid,
)
from connectors.etsy.client import Model
from connectors.http import Http
from connectors.protocol import Token
from connectors.statuses import unreadable
from connectors.transport import Answer

REFRESH_LIFE = timedelta(days=90)
USUAL_LIFE = timedelta(hours=1)

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)
_REFUSALS = frozenset({400, 401, 403})

_CONNECT_AGAIN = "press Connect on the page of this connection and let the app in again"
_RENEW_REASONS: Mapping[str, str] = {
    "invalid_grant": (
        "Etsy no longer accepts our permission: it was taken back, the shop's password was "
        f"changed, or it was not used for 90 days; {_CONNECT_AGAIN}"
    ),
    "invalid_client": (
        "Etsy does not know this keystring: copy it again from Etsy's page Your Apps"
    ),
}
_FINISH_REASONS: Mapping[str, str] = {
    "invalid_grant": f"the permission was used already or is too old; {_CONNECT_AGAIN}",
    "invalid_client": _RENEW_REASONS["invalid_client"],
}
_NO_TOKEN = f"Etsy gives no token; {_CONNECT_AGAIN}"


class _Granted(Model):
    access_token: str = Field(min_length=1)
    refresh_token: str = ""
    expires_in: int = Field(default=int(USUAL_LIFE.total_seconds()), gt=0, le=10**9)


class _Refused(Model):
    error: str = ""


def authorise(
    *,
    page: str,
    keystring: str,
    redirect_uri: str,
    state: str,
    verifier: str,
    scopes: Collection[str],
) -> str:
    """Make the address of the page on which the owner lets us in. Pure.

    :raises Rejected: the keystring is missing, or the verifier is not one PKCE allows.
    """
    if not keystring:
        raise Rejected("there is no keystring yet: type it first")
    if not _VERIFIER.fullmatch(verifier):
        raise Rejected("the verifier must be 43 to 128 letters, digits and -._~ (RFC 7636)")
    asked = {
        "response_type": "code",
        "client_id": keystring,
        "redirect_uri": redirect_uri,
        "scope": " ".join(sorted(scopes)),
        "state": state,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    return f"{page}?{urlencode(asked)}"


def challenge_of(verifier: str) -> str:
    """Return what is told of a verifier before it is shown (RFC 7636, S256)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def finish(
    http: Http,
    *,
    path: str,
    keystring: str,
    redirect_uri: str,
    verifier: str,
    answer: Mapping[str, str],
    now: datetime,
) -> Token:
    """Trade what the page sent back for a token.

    :raises SignatureInvalid: the answer holds no code.
    :raises AuthExpired: the owner refused, or the code is used or too old.
    """
    if answer.get("error"):
        raise AuthExpired(f"the shop's owner did not let the app in; {_CONNECT_AGAIN}")
    code = answer.get("code", "")
    if not code:
        raise SignatureInvalid("This is not the answer of Etsy's page: there is no code.")
    fields = {
        "grant_type": "authorization_code",
        "client_id": keystring,
        "redirect_uri": redirect_uri,
        "code": code,
        "code_verifier": verifier,
    }
    return _token(http, path=path, fields=fields, reasons=_FINISH_REASONS, now=now)


def renew(http: Http, *, path: str, keystring: str, refresh: str, now: datetime) -> Token:
    """Trade a refresh token for a new pair; the old one is over then.

    Etsy's token endpoint fails at random and works when asked again (etsy/open-api #549), so
    its own failures and lost answers are Retryable.

    :raises AuthExpired: the refresh token is revoked, over or already traded.
    """
    fields = {
        "grant_type": "refresh_token",
        "client_id": keystring,
        "refresh_token": refresh,
    }
    token = _token(http, path=path, fields=fields, reasons=_RENEW_REASONS, now=now)
    if token.refresh:
        return token
    return Token(
        value=token.value,
        expires_at=token.expires_at,
        refresh=refresh,
        refresh_expires_at=None,
    )


def _token(
    http: Http,
    *,
    path: str,
    fields: Mapping[str, str],
    reasons: Mapping[str, str],
    now: datetime,
) -> Token:
    try:
        answer = http.post_form(path, fields=fields, also=_REFUSALS)
    except NotFound as e:
        raise Rejected("there is no token endpoint at this address") from e
    if answer.status in _REFUSALS:
        raise _refusal(answer, reasons=reasons)
    try:
        granted = _Granted.model_validate_json(answer.body)
    except ValidationError:
        # "from None": the words of pydantic quote the answer, which holds a token.
        what = "Etsy's token cannot be read"
        raise unreadable(what, write=False, answer=answer) from None
    return Token(
        value=granted.access_token,
        expires_at=now + timedelta(seconds=granted.expires_in),
        refresh=granted.refresh_token,
        refresh_expires_at=now + REFRESH_LIFE if granted.refresh_token else None,
    )


def _refusal(answer: Answer, *, reasons: Mapping[str, str]) -> ChannelError:
    try:
        reason = _Refused.model_validate_json(answer.body).error
    except ValidationError:
        reason = ""
    return AuthExpired(reasons.get(reason, _NO_TOKEN))
