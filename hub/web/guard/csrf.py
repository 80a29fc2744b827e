"""Proves that a form comes from our own page: a token only we could write, and the origin."""

import hmac
from hashlib import sha256
from urllib.parse import urlsplit

from flask import request

from hub.settings import Settings
from hub.web.guard.api_roles import ALLOWED, PREFIX
from hub.web.guard.browser_session import person, visitor

FIELD = "csrf"
CHANGES_NOTHING = frozenset({"GET", "HEAD", "OPTIONS"})
OURS = frozenset({"same-origin", "none"})
"""Sec-Fetch-Site of what our own pages send, and of what a person types into the browser."""

EXEMPT = frozenset({"POST /webhooks/<channel>/<key>"}) | frozenset(
    f"{method} {PREFIX}{path}"
    for method, _, path in (route.partition(" ") for route in ALLOWED)
    if method not in CHANGES_NOTHING
)
"""The routes that need no token: they know their sender by a signature or a bearer token, never
by a cookie, so nobody's browser can be talked into calling them."""


class Forged(Exception):
    """The form did not come from our own page."""


def token() -> str:
    """Return the token for a form of this page."""
    known = person()
    secret = known.csrf_secret if known else visitor()
    return sha256(f"form of {secret}".encode()).hexdigest()


def check(settings: Settings) -> None:
    """Refuse the request being handled unless it is a form of ours.

    :raises Forged: it comes from another site, or without the token.
    """
    if not _is_from_here(settings):
        raise Forged
    sent = request.form.get(FIELD, "")
    if not hmac.compare_digest(sent.encode(), token().encode()):
        raise Forged


def _is_from_here(settings: Settings) -> bool:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in OURS:
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    try:
        sender = urlsplit(origin).netloc
    except ValueError:
        return False
    return bool(sender) and sender in {request.host, urlsplit(settings.url).netloc}
