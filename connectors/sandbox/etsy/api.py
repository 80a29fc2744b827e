"""Open API v3 as a caller meets it: keys, tokens, scopes, rates, faults, and what lies behind."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hmac import compare_digest
from random import Random
from urllib.parse import parse_qsl

from connectors.sandbox.clockwork import Later
from connectors.sandbox.etsy import query as q
from connectors.sandbox.etsy.bodies.receipts import Showing
from connectors.sandbox.etsy.books import Books
from connectors.sandbox.etsy.connect import CONNECT_PATH, ConnectPage
from connectors.sandbox.etsy.grants import Denied, Grants
from connectors.sandbox.etsy.operations import Operation, find
from connectors.sandbox.etsy.rates import Rates
from connectors.sandbox.etsy.records import Refused
from connectors.sandbox.etsy.visits import Rules, Visit
from connectors.sandbox.faults import Fault, Faults
from connectors.sandbox.messages import fresh_uuid
from connectors.sandbox.wire import Answer, Call, Dropped, answered, json_object

TOKEN_PATH = "/v3/public/oauth/token"  # noqa: S105 - a path, not a secret
FORM = "application/x-www-form-urlencoded"

API_KINDS = frozenset(
    {
        "apply_late",
        "drop_after_apply",
        "drop_before_apply",
        "fail_after_apply",
        "fail_before_apply",
        "forbidden",
        "garbage",
        "hang_after_apply",
        "outage",
        "rate_limited",
        "slow",
        "unauthorised",
    }
)
_EXPIRED = {"error": "invalid_token", "error_description": "access token is expired"}
_REFUSALS: Mapping[str, tuple[int, object]] = {
    "fail_before_apply": (503, {"error": "Server Error"}),
    "forbidden": (403, {"error": "Unauthorized"}),
    "outage": (503, {"error": "Service Unavailable"}),
    "rate_limited": (429, {"error": "Too Many Requests"}),
    "unauthorised": (401, _EXPIRED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A call for the log, without tokens, query or bodies."""

    at: datetime
    operation: str
    method: str
    path: str
    status: int
    fault: str | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """A call that was understood and let in."""

    operation: Operation
    visit: Visit


class Api:
    """Answers the calls of one app to one shop."""

    def __init__(
        self,
        *,
        books: Books,
        grants: Grants,
        keystring: str,
        shared_secret: str,
        connect: ConnectPage,
        showing: Showing,
        rules: Rules,
        rates: Rates,
        faults: Faults,
        rng: Random,
        later: Later,
        sleep: Callable[[float], None],
    ) -> None:
        self.books, self.grants, self.faults, self.rates = books, grants, faults, rates
        self.showing, self.rules = showing, rules
        self._key = f"{keystring}:{shared_secret}"
        self._connect, self._rng = connect, rng
        self._later, self._sleep = later, sleep
        self.seen: deque[Seen] = deque(maxlen=5_000)

    def answer(self, call: Call) -> Answer:
        """Answer one call.

        :raises Dropped: the connection is to be closed without an answer.
        """
        if call.path == CONNECT_PATH:
            with self.books.lock:
                return self._connect.answer(call)
        if call.path == TOKEN_PATH:
            return self._noted("token", call, self._token)
        found = find(call.method, call.path)
        if found is None:
            return self._noted("", call, partial(self._enter, None))
        return self._noted(found[0].id, call, partial(self._enter, found))

    def _noted(
        self, name: str, call: Call, act: Callable[[Call, Fault | None], Answer]
    ) -> Answer:
        names = {name, "oauth"} if name == "token" else {name}
        fault = self.faults.strike(names, API_KINDS)
        status = 0
        try:
            made = act(call, fault)
            status = made.status
            return made
        finally:
            self.seen.append(
                Seen(
                    at=self.books.now(),
                    operation=name,
                    method=call.method,
                    path=call.path,
                    status=status,
                    fault=fault.kind if fault else None,
                )
            )

    # Tokens -------------------------------------------------------------------------------

    def _token(self, call: Call, fault: Fault | None) -> Answer:
        return self._weathered(partial(self._trade, call), fault, {})

    def _trade(self, call: Call) -> Answer:
        if call.method != "POST":
            return answered(405, {"error": "Method Not Allowed"})
        if _media_type(call) != FORM:  # open-api issue 360
            mistake = "the request must be form-encoded"
            return answered(400, {"error": "invalid_request", "error_description": mistake})
        try:
            with self.books.lock:
                made = self.grants.trade(_form(call), now=self.books.now())
        except Denied as no:
            return answered(no.status, no.body)
        return answered(200, made)

    # Operations ---------------------------------------------------------------------------

    def _enter(
        self,
        found: tuple[Operation, dict[str, int]] | None,
        call: Call,
        fault: Fault | None,
    ) -> Answer:
        headers = {"x-etsy-request-uuid": fresh_uuid(self._rng)}
        if (mistake := self._bad_key(call)) is not None:
            return answered(403, {"error": mistake}, headers)
        wait = self.rates.take()
        headers |= self.rates.headers()
        if wait is not None:
            limited = headers | {"retry-after": f"{wait:.0f}"}
            return answered(429, {"error": "Too Many Requests"}, limited)
        if fault and fault.kind in _REFUSALS:
            return _refusal(fault, headers)
        if found is None:
            return answered(404, {"error": "Resource not found"}, headers)
        try:
            asked = self._let_in(*found, call)
        except Denied as no:
            return answered(no.status, no.body, headers)
        except Refused as no:
            return answered(no.status, {"error": no.message}, headers)
        return self._weathered(partial(self._run, asked, headers), fault, headers)

    def _bad_key(self, call: Call) -> str | None:
        """Etsy's words, seen with real keys in 2026 (but for the last)."""
        given = call.header("x-api-key")
        if not given:
            return "Missing x-api-key header"
        keystring, colon, secret = given.partition(":")
        if not colon or not secret:
            return "Shared secret is required in x-api-key header."
        if not keystring or ":" in secret:
            return "Invalid API key: should be in the format 'keystring:shared_secret'."
        if not compare_digest(given.encode(), self._key.encode()):
            return (
                "API key not found or not active, or incorrect shared secret for API key."
            )
        return None

    def _let_in(self, operation: Operation, ids: dict[str, int], call: Call) -> _Asked:
        if operation.scope is not None:
            self._check_scope(call, operation.scope)
        if ids.get("shop_id", self.books.shop_id) != self.books.shop_id:
            if operation.scope is None:
                raise Refused(404, f"Could not find a Shop with shop_id = {ids['shop_id']}")
            raise Refused(403, "User does not own this shop")
        takes_json = operation.id in {"createReceiptShipment", "updateListingInventory"}
        visit = Visit(
            books=self.books,
            showing=self.showing,
            rules=self.rules,
            ids=ids,
            query=q.read(call.query, operation.takes, requires=operation.requires),
            json=_json(call) if takes_json else None,
            form=_form(call) if _media_type(call) == FORM else {},
            scopes_of=self._scopes_of,
        )
        return _Asked(operation, visit)

    def _check_scope(self, call: Call, scope: str) -> None:
        kind, _, token = call.header("Authorization").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise Denied("invalid_token", "access token is missing", status=401)
        if scope not in self._scopes_of(token):
            raise Denied("insufficient_scope", "Insufficient scope", status=403)

    def _scopes_of(self, token: str) -> frozenset[str]:
        with self.books.lock:
            return self.grants.access(token, now=self.books.now()).scopes

    def _run(self, asked: _Asked, headers: Mapping[str, str]) -> Answer:
        try:
            with self.books.lock:
                return answered(200, asked.operation.run(asked.visit), headers)
        except Denied as no:
            return answered(no.status, no.body, headers)
        except Refused as no:
            return answered(no.status, {"error": no.message}, headers)

    # Weather ------------------------------------------------------------------------------

    def _weathered(
        self, act: Callable[[], Answer], fault: Fault | None, headers: Mapping[str, str]
    ) -> Answer:
        if fault is None:
            return act()
        if (early := self._unapplied(act, fault, headers)) is not None:
            return early
        if fault.kind == "slow":
            self._sleep(fault.seconds or 1.0)
        made = act()
        if fault.kind == "fail_after_apply":
            return answered(fault.status, {"error": "Server Error"}, headers)
        if fault.kind == "drop_after_apply":
            raise Dropped
        if fault.kind == "hang_after_apply":
            raise Dropped(fault.seconds or 30.0)
        return made

    def _unapplied(
        self, act: Callable[[], Answer], fault: Fault, headers: Mapping[str, str]
    ) -> Answer | None:
        if fault.kind in _REFUSALS:
            return _refusal(fault, headers)
        if fault.kind == "garbage":
            html = {**headers, "Content-Type": "text/html"}
            return Answer(status=200, body=b"<html><body>Oops</body></html>", headers=html)
        if fault.kind == "drop_before_apply":
            raise Dropped(fault.seconds or 0.0)
        if fault.kind == "apply_late":
            self._later(fault.seconds or 1.0, act)
            raise Dropped
        return None


def _refusal(fault: Fault, headers: Mapping[str, str]) -> Answer:
    status, body = _REFUSALS[fault.kind]
    sent = dict(headers)
    if fault.kind == "rate_limited" and fault.seconds is not None:
        sent["retry-after"] = f"{fault.seconds:.0f}"
    if fault.kind == "fail_before_apply":
        status = fault.status
    return answered(status, body, sent)


def _media_type(call: Call) -> str:
    return call.header("Content-Type").partition(";")[0].strip().lower()


def _form(call: Call) -> dict[str, str]:
    return dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))


def _json(call: Call) -> dict[str, object] | None:
    """Read a JSON body; None under another Content-Type, as which Etsy does not look at it."""
    if _media_type(call) != "application/json":
        return None
    given = json_object(call.body)
    if not given and call.body.strip() not in {b"", b"{}"}:
        raise Refused(400, "The request body is not a JSON object")
    return given
