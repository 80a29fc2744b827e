"""Who is at the browser: the secret in its cookie, and the session that belongs to it."""

from secrets import token_urlsafe

from flask import Response, g, request

from hub.flow.people.sessions import LONGEST, LoggedIn, find_session, note_seen
from hub.ports import Ports
from hub.web.guard.headers import is_https

SESSION, VISITOR = "hornada", "hornada-visitor"
LONGEST_SECRET = 200


def person() -> LoggedIn | None:
    """Return who is logged in, as `look_who` found."""
    found: LoggedIn | None = g.get("person")
    return found


def me() -> LoggedIn:
    """Return who is logged in, where only people who are come this far."""
    known = person()
    if known is None:
        raise RuntimeError("this page was opened to people who are not logged in")
    return known


def look_who(ports: Ports) -> None:
    """Find out who sent the request. A page that only refreshes itself is no sign of life."""
    g.person = None
    secret = sent_secret(ports)
    if not secret:
        return
    now = ports.clock.now()
    with ports.database.reading() as session:
        found = find_session(session, secret=secret, now=now)
    g.person = found
    if found and found.is_seen_late and "HX-Request" not in request.headers:
        session_id = found.session_id
        ports.database.run(
            lambda session: note_seen(session, session_id=session_id, now=now)
        )


def sent_secret(ports: Ports) -> str:
    """Return the secret the browser sent; empty for none, or what can be none of ours."""
    secret = request.cookies.get(cookie_name(ports, SESSION), "")
    return secret if len(secret) <= LONGEST_SECRET else ""


def keep_session(response: Response, *, ports: Ports, secret: str) -> None:
    """Give the browser the secret of a session that has just begun."""
    _set(response, ports, SESSION, secret, max_age=int(LONGEST.total_seconds()))


def end_session(response: Response, *, ports: Ports) -> None:
    """Take the secret from the browser."""
    _set(response, ports, SESSION, "", max_age=0)


def visitor() -> str:
    """Return the secret of somebody who is not logged in; `keep_visitor` gives it to them."""
    if "visitor" not in g:
        g.visitor = token_urlsafe(32)
    return str(g.visitor)


def recall_visitor(ports: Ports) -> None:
    """Read the secret the browser of somebody not logged in already has."""
    held = request.cookies.get(cookie_name(ports, VISITOR), "")
    if held and len(held) <= LONGEST_SECRET:
        g.visitor = held


def keep_visitor(response: Response, *, ports: Ports) -> None:
    """Give the browser the visitor's secret, if a page was made that rests on it."""
    name = cookie_name(ports, VISITOR)
    if "visitor" in g and request.cookies.get(name) != visitor():
        _set(response, ports, VISITOR, visitor(), max_age=None)


def cookie_name(ports: Ports, name: str) -> str:
    """Name a cookie so that, behind TLS, no other host can plant one (`__Host-`)."""
    return f"__Host-{name}" if is_https(ports.settings) else name


def _set(
    response: Response, ports: Ports, name: str, value: str, *, max_age: int | None
) -> None:
    response.set_cookie(
        cookie_name(ports, name),
        value,
        max_age=max_age,
        path="/",
        secure=is_https(ports.settings),
        httponly=True,
        samesite="Lax",
    )
