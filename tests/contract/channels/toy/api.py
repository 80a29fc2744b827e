"""The toy's API: one call each, paced, ending in a model or in the contract's error."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from connectors.errors import Conflict, RateLimited
from connectors.http import Http, Query
from connectors.pacing import NO_WAIT, Pacer
from connectors.statuses import unreadable
from connectors.transport import Answer

BUCKET, SIZE, PER = "calls", 60, timedelta(minutes=1)
CONFLICT = 409

Read = TypeVar("Read", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class Api:
    """Calls to one stall."""

    http: Http
    key: str
    token: str
    pacer: Pacer

    def get(self, path: str, *, into: type[Read], query: Query | None = None) -> Read:
        """Ask for something."""
        self._wait_our_turn()
        answer = self.http.get(path, query=query or {}, headers=self._headers())
        return _read(answer, into=into, write=False)

    def post(self, path: str, payload: Mapping[str, object], *, into: type[Read]) -> Read:
        """Make something there.

        :raises Conflict: the stall's state forbids it.
        """
        self._wait_our_turn()
        answer = self.http.post_json(
            path, payload=payload, headers=self._headers(), write=True, also={CONFLICT}
        )
        if answer.status == CONFLICT:
            raise Conflict("the stall says that this cannot be done to the order now")
        return _read(answer, into=into, write=True)

    def put(self, path: str, payload: Mapping[str, object], *, into: type[Read]) -> Read:
        """Put something in the place of what is there."""
        self._wait_our_turn()
        answer = self.http.put_json(path, payload=payload, headers=self._headers())
        return _read(answer, into=into, write=True)

    def _wait_our_turn(self) -> None:
        """Take one call from the bucket all workers share.

        :raises RateLimited: it is empty; nothing was called.
        """
        wait = self.pacer.take(BUCKET, cost=1, size=SIZE, per=PER)
        if wait > NO_WAIT:
            raise RateLimited(
                "the stall was called as often as it allows", retry_after=wait
            )

    def _headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.token}", "X-Toy-Key": self.key}


def _read(answer: Answer, *, into: type[Read], write: bool) -> Read:
    try:
        return into.model_validate_json(answer.body)
    except ValidationError:
        what = "the stall's answer cannot be read"
        # "from None": the words of pydantic quote the answer.
        raise unreadable(what, write=write, answer=answer) from None
