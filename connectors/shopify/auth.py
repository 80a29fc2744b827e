"""The two ways a shop gives us a token: one pasted for good, or one fetched every day.

New apps (Shopify's Dev Dashboard, since 2026-01) only give the second: the client-credentials
grant, whose token lives 24 hours and has no refresh token.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from connectors.errors import (
    AuthExpired,
    ChannelError,
    NotFound,
    PayloadError,
    PermissionDenied,
)
from connectors.http import Http
from connectors.protocol import Token
from connectors.statuses import error_for
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
    "same organisation in Shopify's Dev Dashboard"
)
_NOT_ACCEPTED = "Shopify gives no token for this client id and secret: copy both again"
_REFUSALS = frozenset({400, 401, 403})


class _Granted(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    access_token: str = Field(min_length=1)
    scope: str = ""
    expires_in: int = Field(default=int(USUAL_LIFE.total_seconds()), gt=0, le=10**9)


class _Refused(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    error: str = ""


def fetch_token(
    http: Http, *, prefix: str = "", client_id: str, client_secret: str, now: datetime
) -> Token:
    """Fetch a token with the client-credentials grant.

    Asking twice is harmless, so a lost answer is Retryable.

    :raises AuthExpired: the app is not installed, or its id and secret are wrong.
    :raises PermissionDenied: the app may not sign in to this shop at all.
    """
    fields = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": client_secret,
    }
    try:
        answer = http.post_form(prefix + TOKEN_PATH, fields=fields, also=_REFUSALS)
    except NotFound as e:
        what = "Shopify has no shop of this name: check its address and reconnect"
        raise AuthExpired(what, request_id=e.request_id) from e
    if answer.status in _REFUSALS:
        raise _refusal(answer, title=http.title)
    try:
        granted = _Granted.model_validate_json(answer.body)
    except ValidationError:
        # "from None": the words of pydantic quote the answer, which holds a token.
        raise PayloadError("Shopify's token cannot be read") from None
    return Token(
        value=granted.access_token,
        expires_at=now + timedelta(seconds=granted.expires_in),
        scopes=frozenset(one for part in granted.scope.split(",") if (one := part.strip())),
    )


def _refusal(answer: Answer, *, title: str) -> ChannelError:
    """Say what a person must click; Shopify names the reason in `error`."""
    try:
        reason = _Refused.model_validate_json(answer.body).error
    except ValidationError:
        reason = ""
    if reason == "shop_not_permitted":
        return PermissionDenied(_NOT_PERMITTED)
    if answer.status == 403:
        return error_for(answer, title=title, write=False)
    return AuthExpired(_RECONNECT.get(reason, _NOT_ACCEPTED))
