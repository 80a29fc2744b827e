"""The hub's JSON API as a program outside uses it: a token, and keys that make repeats safe."""

import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import TypeVar
from uuid import uuid4

import requests
from pydantic import BaseModel

Shape = TypeVar("Shape", bound=BaseModel)

ANSWER_SECONDS = 15
WAIT_SECONDS = 0.25
MOST_ROWS = 200
"""The longest page a list gives."""


class Refused(Exception):
    """The hub answered, and the answer is no; the words say why."""


class Away(Exception):
    """The hub did not answer for as long as we were willing to wait."""


class Api:
    """One caller. A call that gets no answer is made again, a POST under the same key."""

    def __init__(self, url: str, *, token: str, patience: float = 30) -> None:
        self._base = f"{url}/api/v1"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._patience = patience
        self._session = requests.Session()

    def get(self, path: str, *, into: type[Shape], **query: str | int) -> Shape:
        """Ask for something.

        :raises Refused: the hub says no.
        :raises Away: the hub does not answer.
        """
        asked = {name: str(value) for name, value in query.items()}
        return into.model_validate_json(self._call("GET", path, query=asked).content)

    def post(self, path: str, body: Mapping[str, object] | None = None) -> bytes:
        """Have something done. This function will have it done once, however often it asks.

        :raises Refused: the hub says no.
        :raises Away: the hub does not answer; whether it was done is not known.
        """
        return self._call("POST", path, body=body, key=uuid4().hex).content

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        key: str = "",
    ) -> requests.Response:
        give_up = time.monotonic() + self._patience
        while True:
            answer = self._once(method, path, query=query, body=body, key=key)
            if answer is not None and answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
                if answer.ok:
                    return answer
                raise Refused(f"{answer.status_code} {answer.text[:500]}")
            if time.monotonic() > give_up:
                raise Away(f"no answer to {method} {path}")
            time.sleep(WAIT_SECONDS)

    def _once(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None,
        body: Mapping[str, object] | None,
        key: str,
    ) -> requests.Response | None:
        headers = {**self._headers, "Idempotency-Key": key} if key else self._headers
        try:
            return self._session.request(
                method,
                self._base + path,
                params=query,
                json=body,
                headers=headers,
                timeout=ANSWER_SECONDS,
            )
        except requests.RequestException:
            return None
