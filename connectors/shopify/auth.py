"""How a shop gives us tokens: by the app's id and secret, by its owner's word, by the one before.

A token is pasted for good (apps made before 2026), or fetched every day with the app's id and
secret (client credentials, 24 hours, nothing to refresh), or traded for the code that Shopify's
own page sends back (an hour, with a refresh token that changes each time).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from connectors.errors import (
    AuthExpired,
    ChannelError,
    NotFound,
    PermissionDenied,
)
from connectors.http import Http
from connectors.protocol import Token
from connectors.statuses import error_for, unreadable
from connectors.transport import Answer

TOKEN_PATH = "/admin/oauth/access_token"  # noqa: S105
USUAL_LIFE = timedelta(hours=24)

_RECONNECT: Mapping[str, str] = {
    "app_not_installed": (
        "the app is not installed in the shop: open it in Shopify's Dev Dashboard, press "
        "Install app, choose this shop, then connect again"
    ),
    "invalid_client": (
        "Shopify does not know this client id and secret: copy both again from the app's "
        "settings in the Dev Dashboard"
    ),
    "application_cannot_be_found": (
        "Shopify does not know this client id: copy it again from the app's settings in "
        "the Dev Dashboard"
    ),
}
_NOT_PERMITTED = (
    "the app may not sign in to this shop this way: the app and the shop must belong to the "
    "same organisation in Shopify's Dev Dashboard, or the shop's owner must let it in: press "
    "Connect on the page of this connection"
)
_BEGIN_ANEW = "Shopify does not take this answer of its page (any more): begin again"
_LET_IN_AGAIN = (
    "Shopify does not renew our access any more: the shop's owner must let us in again on "
    "Shopify's page"
)
_NOT_ACCEPTED = "Shopify gives no token for this client id and secret: copy both again"
_REFUSALS = frozenset({400, 401, 403})


class _Granted(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    access_token: str = Field(min_length=1)
    scope: str = ""
    expires_in: int | None = Field(default=None, gt=0, le=10**9)
    refresh_token: str = ""
    refresh_token_expires_in: int | None = Field(default=None, gt=0, le=10**9)

    def token(self, now: datetime) -> Token:
        """Make the token, its lives counted from `now`."""
        scopes = (one.strip() for one in self.scope.split(","))
        return Token(
            value=self.access_token,
            expires_at=_after(now, self.expires_in),
            scopes=frozenset(filter(None, scopes)),
            refresh=self.refresh_token,
            refresh_expires_at=_after(now, self.refresh_token_expires_in),
        )


class _Refused(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Our app as a shop knows it, and the way to the shop."""

    http: Http
    client_id: str
    client_secret: str = field(repr=False)
    prefix: str = ""


def fetch_token(app: App, *, now: datetime) -> Token:
    """Fetch a token with the client-credentials grant.

    Asking twice is harmless, so a lost answer is Retryable.

    :raises AuthExpired: the app is not installed, or its id and secret are wrong.
    :raises PermissionDenied: the app may not sign in to this shop at all.
    """
    token = _ask(app, {"grant_type": "client_credentials"}, hints=_RECONNECT).token(now)
    return token if token.expires_at else replace(token, expires_at=now + USUAL_LIFE)


def trade_code(app: App, *, code: str, now: datetime) -> Token:
    """Trade the code Shopify's page sent back for a token that runs out, and its refresh token.

    A shop may still answer with one that never ends (shopify.dev, "Offline access tokens"). The
    code works once, so after a lost answer the owner begins anew.

    :raises Retryable: the answer was lost: begin anew.
    :raises AuthExpired: the code was used, is too old, or is not this app's.
    """
    hints = {**_RECONNECT, "invalid_request": _BEGIN_ANEW, "invalid_grant": _BEGIN_ANEW}
    return _ask(app, {"code": code, "expiring": "1"}, hints=hints).token(now)


def refresh_token(app: App, *, refresh: str, now: datetime) -> Token:
    """Trade a refresh token for the next pair.

    The old one works until the new one was used, for at most 30 days (shopify.dev changelog,
    2026-08-28), so a lost answer is Retryable and a pair that was never kept is not missed.

    :raises AuthExpired: the refresh token is over: the owner must let us in again.
    """
    fields = {"grant_type": "refresh_token", "refresh_token": refresh}
    hints = {**_RECONNECT, "invalid_request": _LET_IN_AGAIN, "invalid_grant": _LET_IN_AGAIN}
    token = _ask(app, fields, hints=hints).token(now)
    return token if token.refresh else replace(token, refresh=refresh)


def _ask(app: App, fields: Mapping[str, str], *, hints: Mapping[str, str]) -> _Granted:
    named = {"client_id": app.client_id, "client_secret": app.client_secret, **fields}
    try:
        answer = app.http.post_form(app.prefix + TOKEN_PATH, fields=named, also=_REFUSALS)
    except NotFound as e:
        what = "Shopify has no shop of this name: check its address and reconnect"
        raise AuthExpired(what, request_id=e.request_id) from e
    if answer.status in _REFUSALS:
        raise _refusal(answer, title=app.http.title, hints=hints)
    try:
        return _Granted.model_validate_json(answer.body)
    except ValidationError:
        # "from None": the words of pydantic quote the answer, which holds a token.
        what = "Shopify's token cannot be read"
        raise unreadable(what, write=False, answer=answer) from None


def _after(now: datetime, seconds: int | None) -> datetime | None:
    return None if seconds is None else now + timedelta(seconds=seconds)


def _refusal(answer: Answer, *, title: str, hints: Mapping[str, str]) -> ChannelError:
    """Say what a person must click; Shopify names the reason in `error`."""
    try:
        reason = _Refused.model_validate_json(answer.body).error
    except ValidationError:
        reason = ""
    if reason == "shop_not_permitted":
        return PermissionDenied(_NOT_PERMITTED)
    if answer.status == 403:
        return error_for(answer, title=title, write=False)
    return AuthExpired(hints.get(reason, _NOT_ACCEPTED))
