"""A program outside that calls the hub over HTTP and wants what it asks for."""

from typing import Any

import requests

from tests.journeys.processes import wait_for

SECONDS = 30.0


class Caller:
    """Calls the JSON API with one token; an answer that is not a yes is a failure."""

    def __init__(self, url: str, *, token: str) -> None:
        self.url, self.token = url, token
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str) -> Any:  # noqa: ANN401 - foreign JSON, looked into by the tests
        """Ask for something that is there."""
        return self._call("GET", path)

    def items(self, path: str) -> list[Any]:
        """Ask for a list."""
        found: list[Any] = self.get(path)["items"]
        return found

    def post(self, path: str, body: object = None) -> Any:  # noqa: ANN401
        """Send something that is right."""
        return self._call("POST", path, {} if body is None else body)

    def patch(self, path: str, body: object) -> Any:  # noqa: ANN401
        """Change something."""
        return self._call("PATCH", path, body)

    def put(self, path: str, body: object) -> Any:  # noqa: ANN401
        """Say what something is to be."""
        return self._call("PUT", path, body)

    def wait_for(self, path: str, look: Any, *, what: str, seconds: float = SECONDS) -> Any:  # noqa: ANN401
        """Ask again and again until `look` finds something in the answer; give that."""
        return wait_for(
            lambda: look(self.get(path)),
            what=f"{what} at {path}",
            seconds=seconds,
            every=0.2,
        )

    def _call(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401
        answer = self._session.request(
            method, f"{self.url}/api/v1{path}", json=body, timeout=20
        )
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None
