"""Shopify's own page where an owner lets our app in: its address, and what it sends back.

The `shopify` package makes both from values all shops of a process share, so only its way of
writing down what is signed was taken over (`Session.calculate_hmac`).
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from connectors.errors import AuthExpired, SignatureInvalid
from connectors.shopify.client import shop_domain

AUTHORISE_PATH = "/admin/oauth/authorize"
OLDEST = timedelta(hours=1)
"""What the page sends back is believed for so long; the code in it lives no longer."""
AHEAD = timedelta(minutes=5)
"""How far the shop's clock may be before ours."""


def authorise_path(
    *, client_id: str, scopes: Iterable[str], redirect_uri: str, state: str
) -> str:
    """Make the path and query of the page that asks the owner for these scopes.

    Without `grant_options[]` the token is the app's and not the visitor's (shopify.dev,
    "Authorization code grant"). Shopify knows no PKCE here: the state and the signature guard.
    """
    asked = {
        "client_id": client_id,
        "scope": ",".join(sorted(scopes)),
        "redirect_uri": redirect_uri,
        "state": state,
    }
    return f"{AUTHORISE_PATH}?{urlencode(asked)}"


def code_of(answer: Mapping[str, str], *, secret: str, shop: str, now: datetime) -> str:
    """Prove what the page sent back and return its code.

    :raises SignatureInvalid: it is not Shopify's, too old, or another shop's.
    :raises AuthExpired: the owner did not let us in.
    """
    proof = answer.get("hmac", "").encode("utf-8", "replace")
    if not hmac.compare_digest(signed(answer, secret=secret), proof):
        raise SignatureInvalid("What came back is not signed with this app's secret.")
    if not shop or shop_domain(answer.get("shop", "")) != shop:
        raise SignatureInvalid("What came back is another shop's.")
    if not _is_fresh(answer.get("timestamp", ""), now=now):
        raise SignatureInvalid("What came back is too old: begin again.")
    if answer.get("error"):
        raise AuthExpired("the shop's owner did not let us in")
    if not answer.get("code"):
        raise AuthExpired("Shopify's page sent no code: begin again")
    return answer["code"]


def signed(answer: Mapping[str, str], *, secret: str) -> bytes:
    """Return the hex HMAC-SHA256 of a query: all but the proof, sorted, joined by `&`.

    Percent, equals and ampersand are escaped, so that no two queries are signed alike.
    """
    pairs = sorted(
        "{}={}".format(
            name.replace("%", "%25").replace("=", "%3D"), value.replace("%", "%25")
        ).replace("&", "%26")
        for name, value in answer.items()
        if name != "hmac"
    )
    words = "&".join(pairs).encode("utf-8", "surrogatepass")
    return hmac.new(secret.encode(), words, hashlib.sha256).hexdigest().encode("ascii")


def _is_fresh(timestamp: str, *, now: datetime) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    try:
        sent = datetime.fromtimestamp(int(timestamp), UTC)
    except (ValueError, OverflowError, OSError):
        return False
    return now - OLDEST <= sent <= now + AHEAD
