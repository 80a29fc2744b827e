"""The Admin GraphQL API of one shop; the only file that imports the `shopify` package.

Taken from the package: how versions, shop names and scopes are read. Not taken: its
session, which all shops of a process share, and its sending, which knows no time-outs.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TypeVar

import shopify
from pydantic import BaseModel, ValidationError
from shopify.utils import shop_url

from connectors.errors import (
    AuthExpired,
    ChannelError,
    Conflict,
    NotFound,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    Rejected,
    Retryable,
)
from connectors.http import Http
from connectors.pacing import Pacer, Unpaced
from connectors.shopify.answers import (
    Envelope,
    UserError,
    has_begun,
    has_ended,
    is_too_dear,
    wait_for,
)
from connectors.shopify.pacing import learn, take_for
from connectors.shopify.phrases import KNOWN
from connectors.statuses import request_id, unreadable
from connectors.transport import Answer

API_VERSION = "2026-10"
OLDEST_VERSION = "2026-04"
"""The first version with everything we ask for (`fulfillmentOrderReportProgress`)."""

_VERSION = re.compile(r"20\d\d-(01|04|07|10)")
_SHOP = re.compile(r"[a-z0-9][a-z0-9-]{0,60}\.myshopify\.com")


# Names ---------------------------------------------------------------------------------


def shop_domain(typed: str) -> str:
    """Return the `x.myshopify.com` that somebody meant, or nothing if it cannot be one."""
    plain = typed.strip().lower()
    if _SHOP.fullmatch(plain):  # the package would refuse a name of one letter
        return plain
    found = str(shop_url.sanitize_shop_domain(typed) or "")
    return found if _SHOP.fullmatch(found) else ""


def is_version(typed: str) -> bool:
    """Say whether a text names an API version we can speak."""
    return bool(_VERSION.fullmatch(typed)) and typed >= OLDEST_VERSION


def api_path(version: str) -> str:
    """Return the path every call of an API version begins with."""
    return str(shopify.ApiVersion.coerce_to_version(version).api_path(""))


def covered(wanted: Iterable[str], *, by: Iterable[str]) -> frozenset[str]:
    """Pick the wanted scopes that the granted ones give; to write includes to read."""
    known = shopify.ApiAccess.SCOPE_RE
    granted = shopify.ApiAccess([scope for scope in by if known.match(scope)])
    return frozenset(one for one in wanted if granted.covers(shopify.ApiAccess([one])))


@cache
def document(name: str) -> str:
    """Return the text of one of our GraphQL documents."""
    found = files("connectors.shopify") / "documents" / f"{name}.graphql"
    return found.read_text(encoding="utf-8")


Read = TypeVar("Read", bound=BaseModel)


class AdminApi(shopify.GraphQL):  # type: ignore[misc]  # the package has no types
    """The Admin GraphQL API of one shop, at one version, with one token."""

    def __init__(
        self,
        *,
        http: Http,
        version: str,
        token: str,
        prefix: str = "",
        pacer: Pacer | None = None,
    ) -> None:
        # The package's own __init__ is not called: it reads the session all shops share.
        self.version = version
        self.served_version = ""
        """The version of the last answer; another than `version` means ours is gone."""
        self.endpoint = f"{prefix}{api_path(version)}/graphql.json"
        self.headers = {"Accept": "application/json", "X-Shopify-Access-Token": token}
        self._http = http
        self._pacer = pacer or Unpaced()

    @property
    def fell_forward(self) -> bool:
        """Say whether the shop answered with another version than the one asked for."""
        return self.served_version not in {"", self.version}

    def execute(
        self,
        query: str,
        variables: Mapping[str, object] | None = None,
        operation_name: str | None = None,
        *,
        write: bool = False,
    ) -> Mapping[str, object]:
        """Run one document and return its `data`.

        Its price is learnt under `operation_name`, or without one under its own text.

        :raises RateLimited: the shop's bucket holds too little; nothing was sent.
        :raises ChannelError: the kind says what the outcome was. A write that began and
            whose end cannot be read is an OutcomeUnknown.
        """
        known_as = operation_name or query
        take_for(self._pacer, known_as)
        payload: dict[str, object] = {"query": query, "variables": dict(variables or {})}
        if operation_name:
            payload["operationName"] = operation_name
        try:
            answer = self._http.post_json(
                self.endpoint, payload=payload, headers=self.headers, write=write
            )
        except NotFound as e:
            raise AuthExpired(
                "Shopify has no shop of this name: check its address and reconnect",
                request_id=e.request_id,
            ) from e
        self.served_version = answer.headers.get("x-shopify-api-version", "")
        said = self._read(answer, write=write)
        learn(self._pacer, known_as, said.extensions.cost)
        return self._data(said, answer, write=write)

    def ask(
        self,
        name: str,
        variables: Mapping[str, object],
        *,
        into: type[Read],
        write: bool = False,
    ) -> Read:
        """Run one of our documents and return its `data` as a model.

        :raises ChannelError: as `execute` does.
        """
        data = self.execute(document(name), variables, write=write)
        try:
            return into.model_validate(data)
        except ValidationError as e:
            where = ".".join(str(part) for part in e.errors()[0]["loc"])
            # "from None": the words of pydantic quote the answer.
            raise _not_as_promised(f"{name}, at {where}", write=write) from None

    def refusal(self, errors: Sequence[UserError], *, doing: str) -> ChannelError:
        """Make the error for a mutation the shop refused with `userErrors`.

        What we sent was wrong (Rejected) only where the shop points at the tracking; a
        refused right is PermissionDenied; everything else is the order's state (Conflict).
        """
        first = errors[0]
        made: type[ChannelError] = Conflict
        if first.code in _NO_RIGHT:
            made = PermissionDenied
        elif any(part.startswith("tracking") for part in first.field or []):
            made = Rejected
        told = [first.message, first.code or "", *(first.field or [])]
        return made(_with_known(f"Shopify would not {doing}", " ".join(told)))

    def _read(self, answer: Answer, *, write: bool) -> Envelope:
        try:
            return Envelope.model_validate_json(answer.body)
        except ValidationError:
            what = "Shopify's answer cannot be read"
            raise unreadable(what, write=write, answer=answer) from None

    def _data(self, said: Envelope, answer: Answer, *, write: bool) -> Mapping[str, object]:
        if said.errors:
            raise self._failure(said, answer, write=write)
        if said.data is None:
            what = "Shopify's answer says nothing"
            raise unreadable(what, write=write, answer=answer)
        return said.data

    def _failure(self, said: Envelope, answer: Answer, *, write: bool) -> ChannelError:
        codes = {error.extensions.code for error in said.errors}
        traced = request_id(answer.headers)
        if "THROTTLED" in codes and not is_too_dear(said.extensions.cost):
            wait = wait_for(said.extensions.cost)
            words = "Shopify asks us to slow down"
            return RateLimited(words, retry_after=wait, request_id=traced)
        made: type[ChannelError] = Rejected
        words = "does not understand the question"
        if codes & _NO_RIGHT:
            made, words = PermissionDenied, "says we may not do that"
        elif codes & _ITS_OWN_FAILURE or (write and has_begun(said)):
            made = OutcomeUnknown if write else Retryable
            words = "had a failure of its own"
        if write and has_ended(said):
            made, words = OutcomeUnknown, "may have done it, and then stumbled"
        told = _with_known(f"Shopify {words}", said.errors[0].message)
        return made(told, request_id=traced)


_NO_RIGHT = {
    "ACCESS_DENIED",
    "SHOP_INACTIVE",
    "INVALID_ACCESS",
    "MARKETPLACE_APP_NOT_ELIGIBLE",
}
_ITS_OWN_FAILURE = {"INTERNAL_SERVER_ERROR", "TIMEOUT"}


def _with_known(words: str, said: str) -> str:
    """Add to our words what is known of Shopify's; they are searched and never shown."""
    return ": ".join(filter(None, (words, KNOWN.known(said))))


def _not_as_promised(where: str, *, write: bool) -> ChannelError:
    nothing = Answer(status=200, headers={}, body=b"")
    what = f"Shopify's answer is not as it promises: {where}"
    return unreadable(what, write=write, answer=nothing)
