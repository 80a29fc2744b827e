"""How an app gets tokens: with its id and secret, or on the page where the owner lets it in."""

import base64
import hashlib
import hmac
import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from urllib.parse import parse_qsl, urlencode, urlsplit

from connectors.sandbox.shopify.wire import fields
from connectors.sandbox.wire import Answer, Call, answered

AUTHORISE_PATH = "/admin/oauth/authorize"
DAY = timedelta(seconds=86_399)
HOUR = timedelta(minutes=60)
REFRESHABLE = timedelta(days=90)
OLD_PAIR = timedelta(days=30)
"""How long a refresh token that was traded stays good while its replacement is not used."""
CODE = timedelta(hours=1)
FOR_EVER = timedelta(days=36_500)


@dataclass(slots=True, kw_only=True)
class Pair:
    """A refresh token, and which one it replaced."""

    access: str
    ends_at: datetime
    before: str = ""


@dataclass(slots=True, kw_only=True)
class Keys:
    """Who may come in, and with which rights."""

    client_id: str
    client_secret: str = field(repr=False)
    permanent: str | None = field(repr=False)
    scopes: frozenset[str]
    sees_people: bool = True
    """Whether the app was approved for protected customer data."""
    minted: dict[str, datetime] = field(default_factory=dict, repr=False)
    pairs: dict[str, Pair] = field(default_factory=dict, repr=False)
    """Refresh tokens that are good, by themselves."""
    codes: dict[str, datetime] = field(default_factory=dict, repr=False)

    def open_to(self, token: str, now: datetime) -> bool:
        """Say whether a token is good now; to use it ends the pair it replaced."""
        is_good = token and (token == self.permanent or self.minted.get(token, now) > now)
        if is_good:
            for pair in list(self.pairs.values()):
                if pair.access == token:
                    self.pairs.pop(pair.before, None)
        return bool(is_good)

    def revoke(self) -> None:
        """Make everything handed out so far worthless."""
        self.permanent = None
        self.minted.clear()
        self.pairs.clear()
        self.codes.clear()


class Grants:
    """The token endpoint and the owner's page of one shop."""

    def __init__(
        self, keys: Keys, *, domain: str, now: Callable[[], datetime], rng: Random
    ) -> None:
        self._keys, self._domain, self._now, self._rng = keys, domain, now, rng

    def token(self, call: Call) -> Answer:
        """Hand out a token, or say why not."""
        given = fields(call)
        named = (given.get("client_id"), given.get("client_secret"))
        if named != (self._keys.client_id, self._keys.client_secret):
            return answered(400, {"error": "application_cannot_be_found"})
        if "code" in given:
            return self._for_code(given)
        how = _GRANTS.get(given.get("grant_type", ""))
        if how is None:
            return answered(400, {"error": "unsupported_grant_type"})
        if not self._keys.scopes:
            return answered(400, {"error": "app_not_installed"})
        return how(self, given)

    def _by_credentials(self, _given: Mapping[str, str]) -> Answer:
        return self._answer(self._mint(DAY), expires_in=_seconds(DAY))

    def _by_refresh(self, given: Mapping[str, str]) -> Answer:
        old = given.get("refresh_token", "")
        pair = self._keys.pairs.get(old)
        if pair is None or pair.ends_at <= self._now():
            return answered(400, {"error": "invalid_grant"})
        self._keys.pairs.pop(pair.before, None)
        # Traded before and never used: what came of that is forgotten, the old one counts.
        for name, other in list(self._keys.pairs.items()):
            if other.before == old:
                self._keys.minted.pop(other.access, None)
                del self._keys.pairs[name]
        pair.ends_at = min(pair.ends_at, self._now() + OLD_PAIR)
        return self._new_pair(before=old)

    def _for_code(self, given: Mapping[str, str]) -> Answer:
        ends = self._keys.codes.pop(given["code"], None)
        if ends is None or ends <= self._now():
            why = "The authorization code was not found or was already used"
            return answered(400, {"error": "invalid_request", "error_description": why})
        if given.get("expiring") == "1":
            return self._new_pair(before="")
        return self._answer(self._mint(FOR_EVER))

    def _new_pair(self, *, before: str) -> Answer:
        access, refresh = self._mint(HOUR), f"shprt_{self._rng.getrandbits(128):032x}"
        ends = self._now() + REFRESHABLE
        self._keys.pairs[refresh] = Pair(access=access, ends_at=ends, before=before)
        return self._answer(
            access,
            expires_in=_seconds(HOUR),
            refresh_token=refresh,
            refresh_token_expires_in=_seconds(REFRESHABLE),
        )

    def _mint(self, life: timedelta) -> str:
        token = f"shpat_{self._rng.getrandbits(128):032x}"
        self._keys.minted[token] = self._now() + life
        return token

    def _answer(self, token: str, **more: object) -> Answer:
        scope = ",".join(sorted(self._keys.scopes))
        return answered(200, {"access_token": token, "scope": scope, **more})

    # The owner's page ---------------------------------------------------------------------

    def page(self, call: Call) -> Answer:
        """Show the page (GET), or take the owner's answer to it (POST) and send them back."""
        asked = dict(parse_qsl(call.query, keep_blank_values=True))
        if problem := self._problem(asked):
            return _html(400, f"<p>{html.escape(problem)}</p>")
        if call.method == "GET":
            return _html(200, _page(self._domain, asked))
        if call.method != "POST":
            return answered(405, {"errors": "Method Not Allowed"})
        return self._send_back(asked, is_granted=fields(call).get("decision") == "grant")

    def _problem(self, asked: Mapping[str, str]) -> str:
        if asked.get("client_id") != self._keys.client_id:
            return "Oauth error application_cannot_be_found"
        parts = urlsplit(asked.get("redirect_uri", ""))
        is_home = parts.hostname in {"127.0.0.1", "localhost", "::1"}
        if parts.scheme != "https" and not (parts.scheme == "http" and is_home):
            return "Oauth error invalid_request: The redirect_uri is not whitelisted"
        if not asked.get("scope"):
            return "Oauth error invalid_scope"
        return ""

    def _send_back(self, asked: Mapping[str, str], *, is_granted: bool) -> Answer:
        now = self._now()
        said = {
            "host": base64.b64encode(f"{self._domain}/admin".encode()).decode().rstrip("="),
            "shop": self._domain,
            "state": asked.get("state", ""),
            "timestamp": str(int(now.timestamp())),
        }
        if is_granted:
            self._keys.scopes = frozenset(asked["scope"].split(","))
            said["code"] = f"{self._rng.getrandbits(128):032x}"
            self._keys.codes[said["code"]] = now + CODE
        else:
            said["error"] = "access_denied"
        words = "&".join(f"{name}={said[name]}" for name in sorted(said))
        secret = self._keys.client_secret.encode()
        proof = hmac.new(secret, words.encode(), hashlib.sha256).hexdigest()
        where = f"{asked['redirect_uri']}?{urlencode({**said, 'hmac': proof})}"
        return Answer(status=302, body=b"", headers={"Location": where})


_GRANTS: Mapping[str, Callable[[Grants, Mapping[str, str]], Answer]] = {
    "client_credentials": Grants._by_credentials,  # noqa: SLF001 - its own table
    "refresh_token": Grants._by_refresh,  # noqa: SLF001
}


def _seconds(life: timedelta) -> int:
    return int(life.total_seconds())


def _html(status: int, body: str) -> Answer:
    whole = f"<!doctype html><meta charset=utf-8><title>Sandbox</title>{body}"
    kind = {"Content-Type": "text/html; charset=utf-8"}
    return Answer(status=status, body=whole.encode(), headers=kind)


def _page(domain: str, asked: Mapping[str, str]) -> str:
    scopes = "".join(f"<li>{html.escape(one)}</li>" for one in asked["scope"].split(","))
    return (
        f"<h1>Install the app in {html.escape(domain)}?</h1><ul>{scopes}</ul><form method=post>"
        "<button name=decision value=grant>Install</button> "
        "<button name=decision value=refuse>Cancel</button></form>"
    )
