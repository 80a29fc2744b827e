"""Who is calling: a bearer token, its role, and whether that role may call this route."""

import re
from dataclasses import dataclass

from flask import g, request

from hub.domain.people.roles import Role
from hub.domain.people.scopes import permits
from hub.flow.people.tokens import find_token, held_roles, is_use_worth_noting, note_use
from hub.ports import Ports
from hub.web.api.problems import Problem
from hub.web.api.scopes import scope_of
from hub.web.guard.api_roles import OPEN, may_call, route_name

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="hornada"'}
BEARER = re.compile(r"Bearer +([A-Za-z0-9_\-.~+/]{1,512}=*) *", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whose token this is."""

    token_id: int
    role: Role
    """What it may act as now: never more than whoever made it."""
    scopes: tuple[object, ...] = ()
    """What it is held to; none of them is its role alone."""

    @property
    def who(self) -> str:
        """Name them for the history."""
        return f"token:{self.token_id}"


def caller() -> Caller:
    """Return who is calling, once `let_in` let them in."""
    known: Caller = g.caller
    return known


def let_in(ports: Ports) -> None:
    """Check the token of the request being handled. This function will let nobody in by mistake.

    :raises Problem: no token (401), or one that may not do this by its role or scopes (403).
    """
    rule = request.url_rule
    if rule is None:
        return
    method = "GET" if request.method == "HEAD" else request.method
    route = route_name(method=method, rule=rule.rule)
    if route in OPEN:
        return
    g.caller = _known(ports)
    if not may_call(g.caller.role, route=route):
        raise Problem(403, "This token's role may not do that.")
    needed = scope_of(route)
    if not permits(g.caller.scopes, needed=needed):
        words = f"it needs {needed}" if needed else "no scope opens it"
        raise Problem(403, f"This token's scopes do not allow that: {words}.")


def _known(ports: Ports) -> Caller:
    sent = BEARER.fullmatch(request.headers.get("Authorization", ""))
    if sent is None:
        raise Problem(
            401, "Send a token: Authorization: Bearer <token>.", headers=CHALLENGE
        )
    now = ports.clock.now()
    with ports.database.reading() as session:
        token = find_token(session, token=sent[1], now=now)
        roles = held_roles(session, tokens=[token] if token else [])
    if token is None:
        raise Problem(
            401, "This token is unknown, has ended or was revoked.", headers=CHALLENGE
        )
    if is_use_worth_noting(token, now=now):
        ports.database.run(lambda session: note_use(session, token_id=token.id, now=now))
    return Caller(token_id=token.id, role=roles[token.id], scopes=tuple(token.scopes))
