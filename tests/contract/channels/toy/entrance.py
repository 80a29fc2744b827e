"""How the toy lets us in: its owner agrees on a page, and each token fetches the next one."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlencode

from pydantic import ValidationError

from connectors.errors import AuthExpired, SignatureInvalid
from connectors.http import Http
from connectors.protocol import Connection, Token
from connectors.statuses import unreadable
from tests.contract.channels.toy.reading import Node

PAGE = "https://stall.example/authorise"
REFUSALS = frozenset({400, 401})


class _Granted(Node):
    token: str
    refresh: str
    seconds: int
    rights: frozenset[str]
    shop: str


def page(told: Connection, *, redirect_uri: str, state: str, verifier: str) -> str:
    """Make the address of the page where the owner agrees."""
    asked = {
        "app": told.credentials.get("key", ""),
        "shop": told.settings.get("shop", ""),
        "back": redirect_uri,
        "state": state,
        "challenge": challenge_of(verifier),
    }
    return f"{PAGE}?{urlencode(asked)}"


def challenge_of(verifier: str) -> str:
    """Return what proves the verifier later, as RFC 7636 makes it (S256)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")


def finish(
    http: Http,
    told: Connection,
    *,
    verifier: str,
    answer: Mapping[str, str],
    now: datetime,
) -> Token:
    """Trade what the page sent back for a token.

    :raises SignatureInvalid: it is another stall's.
    :raises AuthExpired: the owner refused, or the code is used.
    """
    if answer.get("shop") != told.settings.get("shop"):
        raise SignatureInvalid("the answer is another stall's")
    if "code" not in answer:
        raise AuthExpired("the owner of the stall did not agree")
    fields = {"code": answer["code"], "challenge": challenge_of(verifier)}
    return _granted(http, told, {"grant": "code", **fields}, now=now)


def renew(http: Http, told: Connection, *, now: datetime) -> Token:
    """Fetch the next token with what came with the last one.

    :raises AuthExpired: that is used up.
    """
    kept = told.token.refresh if told.token else ""
    refresh = kept or told.credentials.get("refresh", "")
    if not refresh:
        raise AuthExpired("nothing fetches a new token: connect again")
    return _granted(http, told, {"grant": "refresh", "refresh": refresh}, now=now)


def _granted(
    http: Http, told: Connection, fields: Mapping[str, str], *, now: datetime
) -> Token:
    app = {"app": told.credentials.get("key", "")}
    answer = http.post_form("/oauth/token", fields={**app, **fields}, also=REFUSALS)
    if answer.status in REFUSALS:
        raise AuthExpired("the stall gives no token for this: connect again")
    try:
        said = _Granted.model_validate_json(answer.body)
    except ValidationError:
        # "from None": the words of pydantic quote the answer, which holds a token.
        what = "the stall's token cannot be read"
        raise unreadable(what, write=False, answer=answer) from None
    return Token(
        value=said.token,
        refresh=said.refresh,
        expires_at=now + timedelta(seconds=said.seconds),
        scopes=said.rights,
    )
