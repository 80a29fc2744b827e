"""What carries a request to its server and an answer back, without judging either."""

import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from json import dumps
from typing import Protocol
from urllib.parse import urlencode

import requests
from requests.exceptions import ConnectTimeout, RequestException, SSLError
from tenacity import (
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)
from urllib3.exceptions import ConnectTimeoutError as NoConnectionInTime
from urllib3.exceptions import MaxRetryError, NewConnectionError

from connectors.addresses import VettingAdapter

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
WHOLE_ANSWER_SECONDS = 30.0
"""A server that drips keeps us no longer, far below a channel's ambiguity horizon."""
LARGEST_ANSWER = 8 * 1024 * 1024
USER_AGENT = "Hornada/2026.11"

_JSON = {"Content-Type": "application/json"}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said: the status, its headers (lower-case names), the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NotSent(Exception):
    """Nothing of the request left this machine: no name, no connection, no trust."""


class AnswerLost(Exception):
    """The request was sent, or may have been, and no whole answer came."""


class Transport(Protocol):
    """What `Http` sends through: sockets, or a pretended shop in a simulation."""

    def get(
        self, url: str, *, query: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """Ask for what is at an address, with a query beside it.

        :raises NotSent: nothing was sent.
        :raises AnswerLost: it may have been sent and no whole answer came.
        """

    def post_json(
        self, url: str, *, payload: Mapping[str, object], headers: Mapping[str, str]
    ) -> Answer:
        """Post a JSON object; raises as `get` does."""

    def put_json(
        self, url: str, *, payload: Mapping[str, object], headers: Mapping[str, str]
    ) -> Answer:
        """Put a JSON object in the place of what is there; raises as `get` does."""

    def post_form(
        self, url: str, *, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """Post form fields; raises as `get` does."""

    def put_form(
        self, url: str, *, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """Put form fields in the place of what is there; raises as `get` does."""

    def patch_form(
        self, url: str, *, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """Change these fields of what is there; raises as `get` does."""


class RequestsTransport:
    """Carries requests over real sockets, trusting as little as possible.

    No redirects, no proxies or certificates from the environment, no cookies, vetted
    addresses only, and an answer may be neither endless nor slow without end.
    """

    def __init__(
        self,
        *,
        timeouts: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
        whole_answer_seconds: float = WHOLE_ANSWER_SECONDS,
        largest_answer: int = LARGEST_ANSWER,
    ) -> None:
        self._timeouts = timeouts
        self._whole_answer_seconds = whole_answer_seconds
        self._largest_answer = largest_answer
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["User-Agent"] = USER_AGENT
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, VettingAdapter())

    def get(
        self, url: str, *, query: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """Ask for what is at an address, with a query beside it."""
        asked = f"{url}?{urlencode(query)}" if query else url
        return self._carry("GET", asked, None, headers)

    def post_json(
        self, url: str, *, payload: Mapping[str, object], headers: Mapping[str, str]
    ) -> Answer:
        """Post a JSON object."""
        return self._carry("POST", url, _as_json(payload), {**headers, **_JSON})

    def put_json(
        self, url: str, *, payload: Mapping[str, object], headers: Mapping[str, str]
    ) -> Answer:
        """Put a JSON object in the place of what is there."""
        return self._carry("PUT", url, _as_json(payload), {**headers, **_JSON})

    def post_form(
        self, url: str, *, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """Post form fields."""
        body = urlencode(fields).encode()
        return self._carry("POST", url, body, {**headers, **_FORM})

    def put_form(
        self, url: str, *, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """Put form fields in the place of what is there."""
        body = urlencode(fields).encode()
        return self._carry("PUT", url, body, {**headers, **_FORM})

    def patch_form(
        self, url: str, *, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """Change these fields of what is there."""
        body = urlencode(fields).encode()
        return self._carry("PATCH", url, body, {**headers, **_FORM})

    def _carry(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        """Send it, and once more at once if the first try surely sent nothing."""
        tries = Retrying(
            stop=stop_after_attempt(2),
            wait=wait_random_exponential(multiplier=0.1, max=0.3),
            retry=retry_if_exception_type(NotSent),
            reraise=True,
        )
        return tries(self._send, method, url, body, headers)

    def _send(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        deadline = time.monotonic() + self._whole_answer_seconds
        try:
            response = self._session.request(
                method,
                url,
                data=body,
                headers=headers,
                timeout=self._timeouts,
                allow_redirects=False,
                stream=True,
            )
            with closing(response):
                read = b"".join(self._chunks(response, deadline=deadline))
        except RequestException as e:
            # "from None" because the text of what requests raises holds the whole URL.
            made = NotSent if _nothing_was_sent(e) else AnswerLost
            raise made(type(e).__name__) from None
        named = {name.lower(): value for name, value in response.headers.items()}
        return Answer(status=response.status_code, headers=named, body=read)

    def _chunks(self, response: requests.Response, *, deadline: float) -> Iterator[bytes]:
        size = 0
        for chunk in response.iter_content(64 * 1024):
            size += len(chunk)
            if size > self._largest_answer:
                raise AnswerLost("the answer is too large")
            if time.monotonic() > deadline:
                raise AnswerLost("the answer takes too long")
            yield chunk


def _as_json(payload: Mapping[str, object]) -> bytes:
    return dumps(payload, ensure_ascii=False, allow_nan=False).encode()


def _nothing_was_sent(error: RequestException) -> bool:
    """Say whether the connection itself failed; anything less sure counts as sent."""
    if isinstance(error, ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else None
    if isinstance(error, SSLError):
        return _is_bad_certificate(reason)
    return isinstance(reason, NewConnectionError | NoConnectionInTime)


def _is_bad_certificate(reason: Exception | None) -> bool:
    inner = reason.args[0] if reason is not None and reason.args else None
    return isinstance(inner, ssl.SSLCertVerificationError)
