"""A shop's server reduced to answers written down beforehand, in the order they are asked."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from connectors.transport import Answer


@dataclass(frozen=True)
class SentRequest:
    """What the code under test sent."""

    url: str
    content: Mapping[str, object]
    """The query, the JSON object or the form fields."""
    headers: Mapping[str, str]
    method: str = "POST"


@dataclass
class CannedTransport:
    """Answers each request with the next thing written down; an exception is raised."""

    answers: Sequence[Answer | Exception]
    sent: list[SentRequest] = field(default_factory=list)

    def get(
        self, url: str, *, query: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        return self._next(SentRequest(url, query, headers, "GET"))

    def put_json(
        self, url: str, *, payload: Mapping[str, object], headers: Mapping[str, str]
    ) -> Answer:
        return self._next(SentRequest(url, payload, headers, "PUT"))

    def post_json(
        self, url: str, *, payload: Mapping[str, object], headers: Mapping[str, str]
    ) -> Answer:
        return self._next(SentRequest(url, payload, headers))

    def post_form(
        self, url: str, *, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        return self._next(SentRequest(url, fields, headers))

    def put_form(
        self, url: str, *, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        return self._next(SentRequest(url, fields, headers, "PUT"))

    def patch_form(
        self, url: str, *, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        return self._next(SentRequest(url, fields, headers, "PATCH"))

    def _next(self, request: SentRequest) -> Answer:
        answer = self.answers[len(self.sent)]
        self.sent.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer


def answered(body: object, *, status: int = 200, **headers: str) -> Answer:
    """Write down one answer; text stays as it is, anything else becomes JSON."""
    text = body if isinstance(body, str) else json.dumps(body)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status=status, headers=named, body=text.encode())
