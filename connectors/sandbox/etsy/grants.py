"""Who may come in: codes, access tokens, refresh tokens that are good once, and what they allow."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

CODE_LIFE = timedelta(minutes=10)
ACCESS_LIFE = timedelta(hours=1)
REFRESH_LIFE = timedelta(days=90)

ALL_SCOPES = frozenset(
    {
        "address_r",
        "address_w",
        "email_r",
        "listings_d",
        "listings_r",
        "listings_w",
        "profile_r",
        "profile_w",
        "shops_r",
        "shops_w",
        "transactions_r",
        "transactions_w",
    }
)


class Denied(Exception):
    """The token endpoint says no, in OAuth's words."""

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        super().__init__(error)
        self.status = status
        self.body = {"error": error, "error_description": description}


@dataclass(frozen=True, slots=True)
class Access:
    """What an access token may do, and until when."""

    scopes: frozenset[str]
    expires_at: datetime


@dataclass(slots=True)
class _Code:
    redirect_uri: str
    challenge: str
    scopes: frozenset[str]
    expires_at: datetime
    used: bool = False


@dataclass(slots=True)
class _Refresh:
    scopes: frozenset[str]
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Grants:
    """All tokens of one app in one shop. A refresh token dies when used, or `grace` later."""

    client_id: str
    user_id: int
    rng: Random
    grace: timedelta = timedelta(0)
    refreshed: int = 0
    """How often a refresh token was traded for a new pair."""
    _codes: dict[str, _Code] = field(default_factory=dict, repr=False)
    _access: dict[str, Access] = field(default_factory=dict, repr=False)
    _refresh: dict[str, _Refresh] = field(default_factory=dict, repr=False)

    def code(
        self, *, redirect_uri: str, challenge: str, scopes: frozenset[str], now: datetime
    ) -> str:
        """Make a code that is good once, for ten minutes."""
        made = self._fresh()
        self._codes[made] = _Code(redirect_uri, challenge, scopes, now + CODE_LIFE)
        return made

    def put(
        self, access: str, refresh: str, *, scopes: frozenset[str], now: datetime
    ) -> None:
        """Make a pair good that somebody chose beforehand."""
        self._access[access] = Access(scopes, now + ACCESS_LIFE)
        self._refresh[refresh] = _Refresh(scopes, now + REFRESH_LIFE)

    def issue(self, *, scopes: frozenset[str], now: datetime) -> dict[str, object]:
        """Make a fresh pair, as the token endpoint answers."""
        access = f"{self.user_id}.{self._fresh()}"
        refresh = f"{self.user_id}.{self._fresh()}"
        self.put(access, refresh, scopes=scopes, now=now)
        return {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "refresh_token": refresh,
        }

    def revoke_all(self) -> None:
        """Make everything worthless, as a seller's new password does (open-api issue 519)."""
        self._codes.clear()
        self._access.clear()
        self._refresh.clear()

    def narrow(self, scopes: frozenset[str]) -> None:
        """Let every token that is out do only this."""
        self._access = {t: Access(scopes, a.expires_at) for t, a in self._access.items()}
        for refresh in self._refresh.values():
            refresh.scopes = scopes

    def access(self, token: str, *, now: datetime) -> Access:
        """Look up an access token.

        :raises Denied: it is none, or too old.
        """
        found = self._access.get(token)
        if found is None:
            raise Denied("invalid_token", "access token is revoked or unknown", status=401)
        if found.expires_at <= now:
            raise Denied("invalid_token", "access token is expired", status=401)
        return found

    def trade(self, given: Mapping[str, str], *, now: datetime) -> dict[str, object]:
        """Trade a code or a refresh token for a pair.

        :raises Denied: it is no good.
        """
        kind = given.get("grant_type", "")
        if kind not in {"authorization_code", "refresh_token"}:
            raise Denied("unsupported_grant_type", "grant_type is not supported")
        if given.get("client_id") != self.client_id:
            raise Denied("invalid_client", "client_id is invalid", status=401)
        if kind == "refresh_token":
            return self._renew(given.get("refresh_token", ""), now)
        return self._redeem(given, now)

    def _redeem(self, given: Mapping[str, str], now: datetime) -> dict[str, object]:
        code = self._codes.get(given.get("code", ""))
        if code is None:
            raise Denied("invalid_grant", "code is invalid")
        if code.used:
            raise Denied("invalid_grant", "code has been used previously")
        if code.expires_at <= now:
            raise Denied("invalid_grant", "code is expired")
        if given.get("redirect_uri") != code.redirect_uri:
            raise Denied("invalid_grant", "redirect_uri does not match")
        verifier = given.get("code_verifier", "")
        if not 43 <= len(verifier) <= 128:
            raise Denied("invalid_request", "code_verifier must have 43 to 128 characters")
        if not hmac.compare_digest(
            challenge_of(verifier).encode(), code.challenge.encode()
        ):
            raise Denied("invalid_grant", "code_verifier is invalid")
        code.used = True
        return self.issue(scopes=code.scopes, now=now)

    def _renew(self, token: str, now: datetime) -> dict[str, object]:
        refresh = self._refresh.get(token)
        used = refresh.used_at if refresh else None
        if refresh is None or (used is not None and now >= used + self.grace):
            raise Denied("invalid_grant", "refresh_token is revoked")
        if refresh.expires_at <= now:
            raise Denied("invalid_grant", "refresh_token is expired")
        refresh.used_at = used or now
        self.refreshed += 1
        return self.issue(scopes=refresh.scopes, now=now)

    def _fresh(self) -> str:
        return f"{self.rng.getrandbits(256):064x}"


def challenge_of(verifier: str) -> str:
    """Hash a verifier as PKCE's S256 does."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
