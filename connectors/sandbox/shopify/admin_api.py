"""The Admin API as a caller meets it: tokens, versions, faults, and GraphQL behind them all."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from random import Random

from connectors.sandbox.clockwork import Later
from connectors.sandbox.deliveries import Deliveries
from connectors.sandbox.faults import API_KINDS, Fault, Faults
from connectors.sandbox.messages import fresh_uuid
from connectors.sandbox.shopify.grants import AUTHORISE_PATH, Grants, Keys
from connectors.sandbox.shopify.graph.cost import Bucket
from connectors.sandbox.shopify.graph.execute import (
    Asked,
    Body,
    ask,
    refuse_all,
    run,
    throttled,
)
from connectors.sandbox.shopify.graph.shops import CANDIDATE, SUPPORTED
from connectors.sandbox.shopify.graph.visit import Visit, denied
from connectors.sandbox.shopify.shop import Shop
from connectors.sandbox.shopify.webhooks import Subscription
from connectors.sandbox.shopify.wire import TOKEN_PATH, graphql_version
from connectors.sandbox.wire import Answer, Call, Dropped, answered, json_object

_BAD_TOKEN = "[API] Invalid API key or access token (unrecognized login or wrong password)"  # noqa: S105


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A call for the log, without tokens or bodies."""

    at: datetime
    operation: str
    roots: tuple[str, ...]
    status: int
    fault: str | None


class AdminApi:
    """Answers the calls of an app to one shop."""

    def __init__(
        self,
        *,
        shop: Shop,
        keys: Keys,
        faults: Faults,
        deliveries: Deliveries[Subscription],
        bucket: Bucket,
        rng: Random,
        later: Later,
        sleep: Callable[[float], None],
    ) -> None:
        self.shop, self.keys, self.faults = shop, keys, faults
        self._deliveries, self._bucket, self._rng = deliveries, bucket, rng
        self._later, self._sleep = later, sleep
        self._grants = Grants(keys, domain=shop.domain, now=shop.now, rng=rng)
        self.seen: deque[Seen] = deque(maxlen=5_000)

    def answer(self, call: Call) -> Answer:
        """Answer one call.

        :raises Dropped: the connection is to be closed without an answer.
        """
        if call.path == TOKEN_PATH:
            return self._token(call)
        if call.path == AUTHORISE_PATH:
            return self._grants.page(call)
        version = graphql_version(call.path)
        if version is None or not _known(version):
            return answered(404, {"errors": "Not Found"})
        if call.method != "POST":
            return answered(405, {"errors": "Method Not Allowed"})
        return self._graphql(call, _served(version))

    def _token(self, call: Call) -> Answer:
        if fault := self.faults.strike(
            {"oauth"}, {"outage", "fail_before_apply", "rate_limited"}
        ):
            return _plain(fault)
        made = self._grants.token(call)
        if self.faults.strike({"oauth"}, {"drop_after_apply"}):
            raise Dropped
        return made

    def _graphql(self, call: Call, version: str) -> Answer:
        given = json_object(call.body)
        text, variables = given.get("query"), given.get("variables") or {}
        named = given.get("operationName")
        asked: Asked | Body | None = None
        if isinstance(text, str) and isinstance(variables, Mapping):
            asked = ask(text, variables, named if isinstance(named, str) else None)
        names = {asked.name, *asked.roots} if isinstance(asked, Asked) else set()
        fault = self.faults.strike(names, API_KINDS)
        headers = {
            "X-Shopify-API-Version": version,
            "X-Request-Id": fresh_uuid(self._rng),
            "X-Shopify-Shop-Id": str(self.shop.id),
        }
        made: Answer | None = None
        try:
            made = self._struck(call, asked, fault, headers)
            return made
        finally:
            self._note(asked, made.status if made else 0, fault)

    def _struck(
        self,
        call: Call,
        asked: Asked | Body | None,
        fault: Fault | None,
        headers: dict[str, str],
    ) -> Answer:
        kind = fault.kind if fault else ""
        if fault and kind in _REFUSALS:
            return _plain(fault, headers)
        if not self.keys.open_to(call.header("X-Shopify-Access-Token"), self.shop.now()):
            return answered(401, {"errors": _BAD_TOKEN}, headers)
        if asked is None:
            mistake = {"query": "Required parameter missing or invalid"}
            return answered(400, {"errors": mistake}, headers)
        if not isinstance(asked, Asked):
            return answered(200, asked, headers)
        if fault and kind == "fall_forward":
            headers = headers | {"X-Shopify-API-Version": fault.version}
        if fault and kind in _TWISTS:
            return self._twisted(asked, fault, headers)
        return answered(200, self._run(asked), headers)

    def _unapplied(self, asked: Asked, fault: Fault) -> Body | None:
        if fault.kind == "throttled":
            return throttled(asked.points, self._bucket)
        if fault.kind == "user_error" and asked.writes:
            return refuse_all(asked, fault, self._bucket)
        if fault.kind == "access_denied":
            refusal = denied(asked.roots[0], ("read_orders",))
            mistake = {"message": refusal.message, "extensions": refusal.extensions}
            return {"data": None, "errors": [mistake]}
        return None

    def _twisted(self, asked: Asked, fault: Fault, headers: dict[str, str]) -> Answer:
        kind, seconds = fault.kind, fault.seconds
        if (refusal := self._unapplied(asked, fault)) is not None:
            return answered(200, refusal, headers)
        if kind == "drop_before_apply":
            raise Dropped(seconds or 0.0)
        if kind == "apply_late":
            self._later(seconds or 1.0, partial(self._run, asked))
            raise Dropped
        if kind == "slow":
            self._sleep(seconds or 1.0)
        body = self._run(asked)
        if kind == "fail_after_apply":
            return answered(fault.status, {"errors": "Internal Server Error"}, headers)
        if kind in {"drop_after_apply", "hang_after_apply"}:
            raise Dropped((seconds or 30.0) if kind == "hang_after_apply" else 0.0)
        return answered(200, body, headers)

    def _run(self, asked: Asked) -> Body:
        visit = Visit(
            shop=self.shop,
            deliveries=self._deliveries,
            scopes=self.keys.scopes,
            client_id=self.keys.client_id,
            sees_people=self.keys.sees_people,
        )
        return run(asked, visit, self._bucket)

    def _note(self, asked: Asked | Body | None, status: int, fault: Fault | None) -> None:
        known = asked if isinstance(asked, Asked) else None
        self.seen.append(
            Seen(
                at=self.shop.now(),
                operation=known.name if known else "",
                roots=known.roots if known else (),
                status=status,
                fault=fault.kind if fault else None,
            )
        )


_TWISTS = frozenset(
    {
        "access_denied",
        "apply_late",
        "drop_after_apply",
        "drop_before_apply",
        "fail_after_apply",
        "hang_after_apply",
        "slow",
        "throttled",
        "user_error",
    }
)
_REFUSALS: Mapping[str, tuple[int, object]] = {
    "outage": (503, {"errors": "Service Unavailable"}),
    "unauthorised": (401, {"errors": _BAD_TOKEN}),
    "payment_required": (402, {"errors": "Unavailable Shop"}),
    "forbidden": (
        403,
        {"errors": "[API] This action requires merchant approval for a scope."},
    ),
    "locked": (423, {"errors": "Locked"}),
    "rate_limited": (
        429,
        {"errors": "Exceeded the rate limit. Reduce request rates to resume."},
    ),
    "fail_before_apply": (503, {"errors": "Internal Server Error"}),
    "garbage": (200, "<html><body>Oops</body></html>"),
}


def _plain(fault: Fault, headers: Mapping[str, str] | None = None) -> Answer:
    status, body = _REFUSALS[fault.kind]
    sent = dict(headers or {})
    if fault.kind == "rate_limited" and fault.seconds is not None:
        sent["Retry-After"] = f"{fault.seconds:.1f}"
    if fault.kind == "garbage":
        sent["Content-Type"] = "text/html"
        return Answer(status=200, body=str(body).encode(), headers=sent)
    if fault.kind == "fail_before_apply":
        status = fault.status
    return answered(status, body, sent)


def _known(version: str) -> bool:
    dated = (
        len(version) == 7
        and version[:4].isdigit()
        and version[5:] in {"01", "04", "07", "10"}
    )
    return version == "unstable" or (dated and "2018-01" <= version <= CANDIDATE)


def _served(version: str) -> str:
    """Fall forward: a version no longer supported is answered by the oldest that is."""
    if version in {*SUPPORTED, CANDIDATE, "unstable"}:
        return version
    return SUPPORTED[0]
