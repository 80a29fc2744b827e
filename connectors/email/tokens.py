"""How a token for a mailbox is renewed (OAuth, RFC 6749 section 6), and where."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from connectors.errors import AuthExpired, ChannelError, NotFound, Rejected
from connectors.http import Http, origin_problem
from connectors.protocol import Connection, Token
from connectors.statuses import unreadable
from connectors.transport import Answer, Transport

GOOGLE = "https://oauth2.googleapis.com/token"
MICROSOFT = "https://login.microsoftonline.com/common/oauth2/v2.0/token"

ENDPOINTS: Mapping[str, str] = {
    "gmail.com": GOOGLE,
    "googlemail.com": GOOGLE,
    "office365.com": MICROSOFT,
    "outlook.com": MICROSOFT,
}
"""Where tokens are renewed, by the last two labels of the mail server's name."""

USUAL_LIFE = timedelta(hours=1)

_REFUSALS = frozenset({400, 401, 403})
_REASONS: Mapping[str, str] = {
    "invalid_grant": "the permission was taken back or is over: make a new refresh token",
    "invalid_client": "the client ID or client secret is not right: copy both again",
}
_NO_TOKEN = "the mail provider gives no token: make a new refresh token"  # noqa: S105


class _Granted(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    access_token: str = Field(min_length=1)
    refresh_token: str = ""
    expires_in: int = Field(default=int(USUAL_LIFE.total_seconds()), gt=0, le=10**9)


class _Refused(BaseModel):
    error: str = ""


def endpoint_of(connection: Connection) -> str:
    """Return where an account's tokens are renewed: as typed, or known by its mail server."""
    settings = connection.settings
    if typed := settings.get("oauth_url", "").strip():
        return typed
    host = settings.get("imap_host", "") or settings.get("smtp_host", "")
    return ENDPOINTS.get(".".join(host.strip().lower().split(".")[-2:]), "")


def token_problem(connection: Connection) -> Mapping[str, str]:
    """Say, by field, what keeps an account's tokens from being renewed; nothing if they may."""
    address = endpoint_of(connection)
    if not address:
        if not connection.credentials.get("refresh_token"):
            return {}
        return {"settings.oauth_url": "Give the address at which this token is renewed."}
    try:
        parts = urlsplit(address)
    except ValueError:
        return {"settings.oauth_url": "This is not an address."}
    if parts.query or parts.fragment or not parts.path.strip("/"):
        return {
            "settings.oauth_url": "This address ends with the path of a token endpoint."
        }
    origin = f"{parts.scheme}://{parts.netloc}"
    problem = origin_problem(origin, allow_loopback=connection.allow_loopback)
    return {"settings.oauth_url": f"{problem[0].upper()}{problem[1:]}."} if problem else {}


def renew(
    connection: Connection, *, title: str, transport: Transport | None, now: datetime
) -> Token:
    """Trade the newest refresh token we have for a fresh access token.

    Google gives no new refresh token, Microsoft does: what is not replaced is kept.

    :raises AuthExpired: the refresh token is over, taken back, or of another app.
    """
    kept, given = connection.token, connection.credentials
    refresh = (kept.refresh if kept else "") or given.get("refresh_token", "")
    if not refresh:
        raise AuthExpired("there is no refresh token: give one")
    parts = urlsplit(endpoint_of(connection))
    http = Http(
        title=title,
        origin=f"{parts.scheme}://{parts.netloc}",
        allow_loopback=connection.allow_loopback,
        transport=transport,
    )
    fields = {
        "grant_type": "refresh_token",
        "client_id": given.get("client_id", ""),
        "client_secret": given.get("client_secret", ""),
        "refresh_token": refresh,
    }
    sent = {name: value for name, value in fields.items() if value}
    return _token(_ask(http, parts.path, sent), refresh=refresh, now=now)


def _ask(http: Http, path: str, fields: Mapping[str, str]) -> Answer:
    try:
        return http.post_form(path, fields=fields, also=_REFUSALS)
    except NotFound as e:
        raise Rejected("there is no token endpoint at this address") from e


def _token(answer: Answer, *, refresh: str, now: datetime) -> Token:
    if answer.status in _REFUSALS:
        raise _refusal(answer)
    try:
        granted = _Granted.model_validate_json(answer.body)
    except ValidationError:
        # "from None": the words of pydantic quote the answer, which holds a token.
        what = "the mail provider's token cannot be read"
        raise unreadable(what, write=False, answer=answer) from None
    return Token(
        value=granted.access_token,
        expires_at=now + timedelta(seconds=granted.expires_in),
        refresh=granted.refresh_token or refresh,
    )


def _refusal(answer: Answer) -> ChannelError:
    try:
        reason = _Refused.model_validate_json(answer.body).error
    except ValidationError:
        reason = ""
    return AuthExpired(_REASONS.get(reason, _NO_TOKEN))
