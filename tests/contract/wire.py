"""The line between a channel under examination and its pretended shop, cut where a test wants."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from connectors.transport import Answer, AnswerLost, NotSent
from tests.contract.harness import COME_BACK, PEOPLE, Trouble

STATUSES: Mapping[Trouble, int] = {
    Trouble.FAILURE: 503,
    Trouble.BUSY: 429,
    Trouble.BUSY_UNSAID: 429,
    Trouble.REVOKED: 401,
    Trouble.FORBIDDEN: 403,
    Trouble.GONE: 404,
    Trouble.REFUSED: 422,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it went out."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def path(self) -> str:
        """The path, without the host and without the query."""
        return urlsplit(self.url).path


def is_no_get(asked: Asked) -> bool:
    """Say that whatever is not a GET changes something."""
    return asked.method != "GET"


@dataclass
class Wire:
    """A `Transport` to a pretended shop in this process; it counts, and stumbles when asked to."""

    answer: Callable[[Asked], Answer]
    is_write: Callable[[Asked], bool] = is_no_get
    betray: Callable[[], Sequence[str]] = tuple
    """What an unkind server would quote back in its errors: every secret in play."""
    asked: list[Asked] = field(default_factory=list)
    troubles: list[tuple[Trouble, bool]] = field(default_factory=list)
    before_write: list[Callable[[], None]] = field(default_factory=list)

    def get(
        self,
        url: str,
        *,
        query: Mapping[str, str],
        headers: Mapping[str, str],
    ) -> Answer:
        """Carry a GET."""
        full = f"{url}?{urlencode(query)}" if query else url
        return self._carry(Asked(method="GET", url=full, headers=headers))

    def post_json(
        self, url: str, *, payload: Mapping[str, object], headers: Mapping[str, str]
    ) -> Answer:
        """Carry a JSON object."""
        return self._json("POST", url, payload, headers)

    def put_json(
        self, url: str, *, payload: Mapping[str, object], headers: Mapping[str, str]
    ) -> Answer:
        """Carry a JSON object that replaces what is there."""
        return self._json("PUT", url, payload, headers)

    def post_form(
        self, url: str, *, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """Carry form fields."""
        return self._form("POST", url, fields, headers)

    def put_form(
        self, url: str, *, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """Carry form fields that replace what is there."""
        return self._form("PUT", url, fields, headers)

    def patch_form(
        self, url: str, *, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """Carry form fields that change those of what is there."""
        return self._form("PATCH", url, fields, headers)

    def writes(self) -> int:
        """Count the calls that would change something."""
        return sum(self.is_write(one) for one in self.asked)

    def hosts(self) -> frozenset[str]:
        """Every host a call went to."""
        return frozenset(urlsplit(one.url).netloc for one in self.asked)

    def _form(
        self,
        method: str,
        url: str,
        fields: Mapping[str, str],
        headers: Mapping[str, str],
    ) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(fields).encode()
        return self._carry(
            Asked(method=method, url=url, headers={**headers, **kind}, body=body)
        )

    def _json(
        self,
        method: str,
        url: str,
        payload: Mapping[str, object],
        headers: Mapping[str, str],
    ) -> Answer:
        kind = {"Content-Type": "application/json"}
        body = json.dumps(payload, ensure_ascii=False).encode()
        return self._carry(
            Asked(method=method, url=url, headers={**headers, **kind}, body=body)
        )

    def _carry(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        writes = self.is_write(asked)
        if writes:
            while self.before_write:
                self.before_write.pop()()
        trouble = self._trouble(writes=writes)
        if trouble is Trouble.NOT_SENT:
            raise NotSent("nothing was sent")
        if trouble is Trouble.LOST_BEFORE:
            raise AnswerLost("cut")
        if trouble is not None and trouble is not Trouble.LOST_AFTER:
            return self._stumble(trouble, asked)
        made = self.answer(asked)
        if trouble is Trouble.LOST_AFTER:
            raise AnswerLost("cut")
        return made

    def _trouble(self, *, writes: bool) -> Trouble | None:
        for position, (trouble, is_for_writes) in enumerate(self.troubles):
            if writes or not is_for_writes:
                del self.troubles[position]
                return trouble
        return None

    def _stumble(self, trouble: Trouble, asked: Asked) -> Answer:
        """Answer badly, and quote in the body what must never reach an error or a log.

        A refusal is written to be read, and a channel may say which refusal it is: but a server may
        put anything into its words, so it quotes every secret and everything of a person.
        """
        headers = {"content-type": "application/json", "x-request-id": "trace-1"}
        if trouble is Trouble.BUSY:
            headers["retry-after"] = str(int(COME_BACK.total_seconds()))
        everything = " ".join((*self.betray(), *PEOPLE))
        if trouble is Trouble.ELSEWHERE:
            headers["location"] = f"https://elsewhere.example/?q={everything}"
            return Answer(status=302, headers=headers, body=b"")
        if trouble is Trouble.GARBAGE:
            page = f"<html><body>{everything}</body></html>".encode()
            return Answer(status=200, headers={"content-type": "text/html"}, body=page)
        sent = f"{asked.url} {dict(asked.headers)} {asked.body.decode()}"
        said = f"{everything} {sent}"
        body = json.dumps({"error": said, "errors": said, "message": said}).encode()
        return Answer(status=STATUSES[trouble], headers=headers, body=body)
